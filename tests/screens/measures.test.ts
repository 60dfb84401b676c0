import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { defaultSettings, type Enforcement } from '#shared/contract/http-settings.ts'
import type { SessionSnapshot } from '#shared/contract/ipc-session.ts'
import { actionSchema } from '#shared/domain/action.ts'
import { fail } from '#shared/domain/failure.ts'
import type { Measure } from '#shared/domain/measure.ts'
import { peers } from '../peers.ts'
import { FakeHost } from './fake-host.ts'
import { event, snapshot, summary } from './sample-data.ts'
import { manyMeasures, measure } from './sample-records.ts'
import { setUpScreens } from './set-up-screens.ts'

const open = setUpScreens()
const HOUR = 3_600_000

/** A host where that is in force, and carries out every action. */
function hostWith(measures: readonly Measure[], change: Partial<SessionSnapshot> = {}, enforcement: Enforcement = 'on'): FakeHost {
  const host = new FakeHost(snapshot([summary('lobby')], change))
  answerWith(host, measures)
  host.answer('read_settings', () => ({ ok: true, value: { ...defaultSettings, enforcement, revision: 1 } }))
  host.answer('act', (payload) => ({ ok: true, value: { ok: true, actionId: actionSchema.parse(payload).actionId, at: 1, targets: [] } }))
  return host
}
function answerWith(host: FakeHost, measures: readonly Measure[]): void {
  host.answer('list_measures', () => ({ ok: true, value: { measures: [...measures] } }))
}
const row = (page: Page, id: string) => page.locator(`[data-testid="measure"][data-id="${id}"]`)
async function nextAction(host: FakeHost) {
  return actionSchema.parse((await host.nextCall('act')).payload)
}

describe.skipIf(peers.chromium === null)('in force', () => {
  it('X1 lists what holds: what, whom, where, why, who, and the time left, which counts down', async () => {
    const page = await open(hostWith(manyMeasures()), { path: '/in-force' })
    const first = await row(page, 'm1').innerText()
    for (const part of ['Ban', 'user-0007', 'lobby', 'Kept shouting after two warnings', 'ana']) expect(first).toContain(part)
    const left = row(page, 'm1').getByTestId('measure-left')
    const before = await left.innerText()
    expect(before).toMatch(/^\d:\d\d:\d\d left/)
    await page.waitForFunction(
      (was) => document.querySelector('[data-testid="measure-left"]')?.textContent !== was,
      await left.textContent(),
    )
    expect(await row(page, 'm3').innerText()).toContain('Everybody but host-1, host-2, host-3, 2 more, role HOST, SPEAKER')
    expect(await row(page, 'm4').innerText()).toContain('<b>Over</b> for this week')
    await page.getByTestId('measure-count').getByText('5', { exact: true }).waitFor()
  })

  it('shows who changed what, version by version', async () => {
    const page = await open(hostWith(manyMeasures()), { path: '/in-force' })
    await row(page, 'm1').getByTestId('measure-toggle').click()
    const versions = row(page, 'm1').getByTestId('versions').locator('li')
    expect(await versions.count()).toBe(2)
    expect(await versions.first().innerText()).toContain('He was back with the same at once')
    expect(await versions.last().innerText()).toContain('ana')
  })

  it('is filtered by any word, and says so where nothing is left', async () => {
    const page = await open(hostWith(manyMeasures()), { path: '/in-force' })
    await row(page, 'm1').waitFor()
    const filter = page.getByLabel('Filter by person, room, reason')
    await filter.fill('town')
    await page.getByTestId('measure-count').getByText('1 of 5').waitFor()
    await filter.fill('nothing like that')
    await page.getByText('No measure matches this filter.').waitFor()
    expect(await page.getByTestId('measure').count()).toBe(0)
  })

  it('is extended by keys alone, with a reason, against the version that was seen', async () => {
    const host = hostWith([measure('m1', { revision: 4 })])
    const page = await open(host, { path: '/in-force' })
    const change = row(page, 'm1').getByRole('button', { name: 'Change until when: Ban · user-0007 · lobby' })
    await change.focus()
    await page.keyboard.press('Enter')
    const form = page.getByTestId('change-form')
    await form.getByTestId('change-reason').and(page.locator(':focus')).waitFor()
    await page.keyboard.press('Enter')
    await form.getByText('A reason is needed.').waitFor()
    await form.getByText('Choose a time in the future.').waitFor()
    await form.getByTestId('until-plusDay').press('Enter')
    await form.getByTestId('change-reason').fill('Again')
    await page.keyboard.press('Enter')
    const action = await nextAction(host)
    expect(action).toMatchObject({ type: 'edit_measure', measureId: 'm1', revision: 4, reason: 'Again' })
    expect('until' in action ? (action.until ?? 0) - Date.now() : 0).toBeGreaterThan(25 * HOUR)
    await form.waitFor({ state: 'detached' })
    await change.and(page.locator(':focus')).waitFor()
  })

  it.each(['go-on', 'leave'] as const)('where somebody else was faster it shows both versions: %s', async (choice) => {
    const host = hostWith([measure('m1', { revision: 1 })])
    host.answer('act', (payload) => ({
      ok: true,
      value: { ...fail('conflict', 'bo has changed it meanwhile', 'changed_meanwhile'), actionId: actionSchema.parse(payload).actionId },
    }))
    const page = await open(host, { path: '/in-force' })
    await row(page, 'm1').getByTestId('measure-change').click()
    await page.getByTestId('until-untilLifted').click()
    await page.getByTestId('change-reason').fill('For good')
    const changes = [{ revision: 2, at: Date.now(), by: 'bo', until: Date.now() + 5 * HOUR, reason: 'Five hours are enough' }]
    answerWith(host, [measure('m1', { revision: 2, changes, until: Date.now() + 5 * HOUR })])
    await page.getByTestId('change-confirm').click()
    expect(await nextAction(host)).toMatchObject({ revision: 1, until: null })
    const outrun = page.getByTestId('outrun')
    await outrun.getByText('bo made it').waitFor()
    expect(await outrun.getByTestId('outrun-theirs').innerText()).toContain('Five hours are enough')
    expect(await outrun.getByTestId('outrun-yours').innerText()).toBe('until lifted')
    await outrun.getByTestId('outrun-leave').and(page.locator(':focus')).waitFor()
    host.answer('act', (payload) => ({ ok: true, value: { ok: true, actionId: actionSchema.parse(payload).actionId, at: 1, targets: [] } }))
    await outrun.getByTestId(`outrun-${choice}`).click()
    await outrun.waitFor({ state: 'detached' })
    if (choice === 'go-on') expect(await nextAction(host)).toMatchObject({ revision: 2, until: null, reason: 'For good' })
    else expect(host.calls.filter(({ name }) => name === 'act')).toEqual([])
  })

  it('where what somebody else made of it can not be read it says so, and reads it once more', async () => {
    const host = hostWith([measure('m1', { revision: 1 })])
    host.answer('act', (payload) => ({
      ok: true,
      value: { ...fail('conflict', 'bo has changed it meanwhile', 'changed_meanwhile'), actionId: actionSchema.parse(payload).actionId },
    }))
    const page = await open(host, { path: '/in-force' })
    await row(page, 'm1').getByTestId('measure-change').click()
    await page.getByTestId('until-untilLifted').click()
    await page.getByTestId('change-reason').fill('For good')
    host.answer('list_measures', () => fail('unavailable', 'the database does not answer'))
    await page.getByTestId('change-confirm').click()
    const outrun = page.getByTestId('outrun')
    await outrun.getByText('the database does not answer').waitFor()
    answerWith(host, [measure('m1', { revision: 2 })])
    await outrun.getByRole('button', { name: 'Try again' }).click()
    await expect.poll(() => outrun.getByTestId('outrun-theirs').innerText()).toContain('Kept shouting')
  })

  it('where it is over meanwhile there is nothing left to change', async () => {
    const host = hostWith([measure('m1')])
    host.answer('act', (payload) => ({
      ok: true,
      value: { ...fail('conflict', 'bo has lifted it', 'changed_meanwhile'), actionId: actionSchema.parse(payload).actionId },
    }))
    const page = await open(host, { path: '/in-force' })
    await row(page, 'm1').getByTestId('measure-change').click()
    await page.getByTestId('until-plusHour').click()
    await page.getByTestId('change-reason').fill('More')
    answerWith(host, [])
    await page.getByTestId('change-confirm').click()
    await page.getByTestId('outrun').getByText('It is not in force any more: there is nothing left to change.').waitFor()
    expect(await page.getByTestId('outrun-go-on').count()).toBe(0)
  })

  it('lifting asks once and says what it will do; a failure stays in the dialog', async () => {
    const host = hostWith(manyMeasures())
    host.answer('act', (payload) => ({
      ok: true,
      value: { ...fail('unavailable', 'LiveKit does not answer', 'unreachable'), actionId: actionSchema.parse(payload).actionId },
    }))
    const page = await open(host, { path: '/in-force' })
    await row(page, 'm3').getByTestId('measure-lift').click()
    await page.getByTestId('lift-form').getByText('Everybody in the room may use these again at once').waitFor()
    expect(host.calls.filter(({ name }) => name === 'act')).toEqual([])
    await page.getByTestId('lift-confirm').click()
    expect(await nextAction(host)).toMatchObject({ type: 'lift', measureId: 'm3' })
    await page.getByTestId('lift-problem').getByText('Not lifted: LiveKit does not answer').waitFor()
  })

  it('reasons given before are offered, also where nobody must give one', async () => {
    const host = hostWith(manyMeasures())
    const page = await open(host, { path: '/in-force' })
    await row(page, 'm1').getByTestId('measure-change').click()
    await page.getByTestId('until-plusDay').click()
    await page.getByTestId('change-reason').fill('Again and again')
    await page.keyboard.press('Enter')
    await page.getByTestId('change-form').waitFor({ state: 'detached' })
    await row(page, 'm2').getByTestId('measure-lift').click()
    await page.getByTestId('lift-form').getByRole('button', { name: 'Again and again' }).click()
    await page.getByTestId('lift-confirm').click()
    await nextAction(host)
    expect(await nextAction(host)).toMatchObject({ type: 'lift', measureId: 'm2', reason: 'Again and again' })
  })

  it('the focus goes to the list when what was lifted leaves it', async () => {
    const host = hostWith([measure('m1'), measure('m2')])
    const page = await open(host, { path: '/in-force' })
    await row(page, 'm1').getByTestId('measure-lift').click()
    await page.getByTestId('lift-confirm').click()
    await page.getByTestId('lift-form').waitFor({ state: 'detached' })
    answerWith(host, [measure('m2')])
    await host.push({ name: 'feed_appended', payload: [event('measure_lifted', 'lobby', { measureId: 'm1' })] })
    await row(page, 'm1').waitFor({ state: 'detached' })
    await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe('Measures')
  })

  it('with another profile the page is another one: nothing of the last, and no dialog about it', async () => {
    const host = hostWith([measure('m1')])
    const page = await open(host, { path: '/in-force' })
    await row(page, 'm1').getByTestId('measure-lift').click()
    await page.getByTestId('lift-form').waitFor()
    host.answer('list_measures', () => new Promise(() => {}))
    const profile = { id: 'other', kind: 'team', name: 'Other', address: 'https://other.example', selected: true } as const
    await host.push({ name: 'session_reset', payload: snapshot([], { profile }) })
    await page.getByTestId('measures-skeleton').waitFor()
    expect(await page.getByTestId('measure').count()).toBe(0)
    expect(await page.getByTestId('lift-form').count()).toBe(0)
  })

  it('is read again when the feed tells of a measure, and not for anything else', async () => {
    const host = hostWith([measure('m1')])
    const page = await open(host, { path: '/in-force' })
    await row(page, 'm1').waitFor()
    answerWith(host, [measure('m2'), measure('m1')])
    await host.push({
      name: 'feed_appended',
      payload: [event('participant_joined', 'lobby'), event('measure_imposed', 'lobby', { measureId: 'm2' })],
    })
    await row(page, 'm2').waitFor()
    expect(host.calls.filter(({ name }) => name === 'list_measures')).toHaveLength(2)
  })

  it('what runs out leaves the list by itself', async () => {
    const page = await open(hostWith([measure('m1', { until: Date.now() + 2_500 }), measure('m2')]), { path: '/in-force' })
    await row(page, 'm1').waitFor()
    await row(page, 'm1').waitFor({ state: 'detached' })
    expect(await row(page, 'm2').count()).toBe(1)
  })

  it('D7 support sees buttons on its own measures only, and learns how long it may impose them', async () => {
    const own = measure('m2', { kind: 'deny_sources', sources: ['camera'], by: 'sam' })
    const page = await open(hostWith([measure('m1'), own], { operator: { name: 'sam', role: 'support' } }), { path: '/in-force' })
    await row(page, 'm2').getByTestId('measure-lift').waitFor()
    expect(await row(page, 'm1').getByTestId('measure-lift').count()).toBe(0)
    await row(page, 'm2').getByTestId('measure-change').click()
    await page.getByTestId('until-plusDay').click()
    await page.getByText('the role support may do that for an hour at the most').waitFor()
  })

  it('D7 a viewer finds no way here, and is told why there is nothing', async () => {
    const page = await open(hostWith([], { operator: { name: 'vi', role: 'viewer' } }), { path: '/in-force' })
    await page.getByTestId('measures-not-allowed').waitFor()
    const rail = await page.getByRole('navigation').innerText()
    expect(rail).toContain('Rooms')
    expect(rail).not.toContain('In force')
    expect(rail).not.toContain('People')
  })

  it('while the link is down the list stays, and its buttons say why they can not be used', async () => {
    const host = hostWith([measure('m1')])
    const page = await open(host, { path: '/in-force' })
    await row(page, 'm1').waitFor()
    await host.push({ name: 'connection_changed', payload: { state: 'reconnecting', since: Date.now(), why: 'closed' } })
    await page.getByTestId('stale').waitFor()
    const lift = row(page, 'm1').getByTestId('measure-lift')
    expect(await lift.getAttribute('aria-disabled')).toBe('true')
    expect(await lift.getAttribute('aria-label')).toContain('The link to the sync server is down')
    await lift.click({ force: true })
    expect(await page.getByTestId('lift-form').count()).toBe(0)
  })

  it.each(['dry-run', 'off'] as const)('says so where nothing is enforced: %s', async (enforcement) => {
    const page = await open(hostWith([measure('m1')], {}, enforcement), { path: '/in-force' })
    await page.getByTestId('not-enforced').waitFor()
    expect(await page.getByTestId('not-enforced').getByRole('link').getAttribute('href')).toBe('#/settings')
  })

  it('a refusal says what failed, and trying again helps', async () => {
    const host = hostWith([])
    host.answer('list_measures', () => fail('unavailable', 'the database does not answer'))
    const page = await open(host, { path: '/in-force' })
    await page.getByTestId('measures-refused').getByText('the database does not answer').waitFor()
    answerWith(host, [])
    await page.getByRole('button', { name: 'Try again' }).click()
    await page.getByTestId('measures-empty').waitFor()
    expect(await page.getByTestId('measures-refused').count()).toBe(0)
  })

  it.each([
    ['dark', true],
    ['light', true],
    ['light', false],
  ] as const)('axe finds nothing, %s, full: %s', async (scheme, isFull) => {
    const page = await open(hostWith(isFull ? manyMeasures() : [], {}, 'off'), { path: '/in-force', scheme })
    await page.getByTestId('not-enforced').waitFor()
    if (isFull) {
      await row(page, 'm1').getByTestId('measure-toggle').click()
      expect(await violations(page)).toEqual([])
      await row(page, 'm5').getByTestId('measure-change').click()
      await page.getByTestId('change-form').waitFor()
    }
    expect(await violations(page)).toEqual([])
  })
})

async function violations(page: Page) {
  const found = await new AxeBuilder({ page }).setLegacyMode().analyze()
  return found.violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])
}
