import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { defaultSettings, settingsChangeSchema, type ServiceSettings } from '#shared/contract/http-settings.ts'
import type { SessionSnapshot } from '#shared/contract/ipc-session.ts'
import { defaultAttention, type AttentionSettings } from '#shared/domain/attention.ts'
import { fail } from '#shared/domain/failure.ts'
import { FakeHost } from './fake-host.ts'
import { snapshot, summary } from './sample-data.ts'
import { peers } from '../peers.ts'
import { setUpScreens } from './set-up-screens.ts'

const open = setUpScreens()

const twoLines: AttentionSettings['patterns'] = [
  { rooms: 'support-*', thresholds: { bad_connections: { on: true, quality: 'lost', people: 1, seconds: 5 } } },
  { rooms: 'x'.repeat(200), thresholds: {} },
]
function settings(revision: number, change: Partial<AttentionSettings> = {}): ServiceSettings {
  return { ...defaultSettings, revision, attention: { ...defaultAttention, ...change } }
}
/** A host that has these settings, and takes every change. */
function hostWith(held: ServiceSettings, change: Partial<SessionSnapshot> = {}): FakeHost {
  const host = new FakeHost(snapshot([summary('lobby')], change))
  host.answer('read_settings', () => ({ ok: true, value: held }))
  host.answer('change_settings', (payload) => {
    const { attention = held.attention } = settingsChangeSchema.parse(payload)
    return { ok: true, value: { ...held, attention, revision: held.revision + 1 } }
  })
  return host
}
async function openRules(host: FakeHost, options: Parameters<typeof open>[1] = {}): Promise<Page> {
  const page = await open(host, { path: '/settings', ...options })
  await page.getByTestId('attention-rules').getByText('All rooms', { exact: true }).waitFor()
  return page
}
async function nextChange(host: FakeHost) {
  return settingsChangeSchema.parse((await host.nextCall('change_settings')).payload)
}
const rule = (page: Page, name: string) => page.locator(`[data-testid="rule"][data-rule="${name}"]`).first()

describe.skipIf(peers.chromium === null)('the attention rules', () => {
  it('an admin changes a threshold and a switch, and saves both against the revision that was read', async () => {
    const host = hostWith(settings(7))
    const page = await openRules(host)
    const save = page.getByTestId('rules-save')
    expect(await save.getAttribute('aria-disabled')).toBe('true')
    await page.getByLabel('Bad connections: people').fill('4')
    await page.getByRole('combobox', { name: 'Bad connections: quality' }).click()
    await page.getByRole('option', { name: 'lost', exact: true }).click()
    await page.getByRole('switch', { name: 'Alone for long' }).click()
    await page.getByText('Not saved yet').waitFor()
    await save.click()
    const { attention, revision } = await nextChange(host)
    expect(revision).toBe(7)
    expect(attention).toEqual({
      patterns: [],
      thresholds: {
        ...defaultAttention.thresholds,
        bad_connections: { on: true, quality: 'lost', people: 4, seconds: 15 },
        alone: { on: true, seconds: 900 },
      },
    })
    await page.getByTestId('rules-outcome').getByText('Saved.').waitFor()
    // The button that was pressed keeps the focus, and says that there is nothing more to save.
    await save.and(page.locator(':focus[aria-disabled="true"]')).waitFor()
    await page.getByLabel('Alone for long: seconds').fill('60')
    await save.click()
    expect((await nextChange(host)).revision).toBe(8)
  })

  it('discarding brings back what the server has', async () => {
    const page = await openRules(hostWith(settings(1, { patterns: twoLines })))
    await page.getByLabel('Alone for long: seconds').fill('5')
    await page.getByTestId('room-line').first().getByRole('button', { name: 'Remove the line for support-*' }).click()
    await page.getByTestId('add-line').and(page.locator(':focus')).waitFor()
    await page.getByTestId('rules-discard').click()
    expect(await page.getByLabel('Alone for long: seconds').inputValue()).toBe('900 s')
    expect(await page.getByTestId('room-line').count()).toBe(2)
    expect(await page.getByTestId('rules-save').getAttribute('aria-disabled')).toBe('true')
  })

  it('what is wrong stands beside its field, and nothing is sent until it is right', async () => {
    const host = hostWith(settings(1))
    const page = await openRules(host)
    const seconds = page.getByLabel('Alone for long: seconds')
    await seconds.fill('0')
    await rule(page, 'alone').getByText('1 to 86,400').waitFor()
    expect(await seconds.getAttribute('aria-invalid')).toBe('true')
    await page.getByTestId('rules-save').click()
    await page.getByTestId('rules-outcome').getByText('Some fields are not right yet.').waitFor()
    await seconds.and(page.locator(':focus')).waitFor()
    expect(host.calls.filter((call) => call.name === 'change_settings')).toEqual([])
    await seconds.fill('120')
    await rule(page, 'alone').getByText('(2 min)').waitFor()
    await page.getByTestId('rules-save').click()
    expect((await nextChange(host)).attention?.thresholds.alone.seconds).toBe(120)
  })

  it('lines for some rooms are added with rules of their own, and moved by keys', async () => {
    const host = hostWith(settings(1, { patterns: twoLines }))
    const page = await openRules(host)
    await page.getByTestId('add-line').click()
    await page.getByTestId('room-line').last().locator('input:focus').waitFor()
    await page.keyboard.type('vip-*')
    const line = page.locator('[data-testid="room-line"][data-rooms="vip-*"]')
    await line.getByTestId('add-rule').click()
    await page.getByRole('menuitem', { name: 'Alone for long' }).click()
    await line.getByLabel('Alone for long: seconds').fill('30')
    const up = line.getByRole('button', { name: 'Move vip-* up' })
    await up.focus()
    await page.keyboard.press('Enter')
    await up.and(page.locator(':focus')).waitFor()
    await page.keyboard.press('Enter')
    await page.locator('[data-testid="room-line"]').first().and(line).waitFor()
    const down = line.getByRole('button', { name: 'Move vip-* down' })
    await down.focus()
    await page.keyboard.press('Enter')
    await page.locator('[data-testid="room-line"]').nth(1).and(line).waitFor()
    await down.and(page.locator(':focus')).waitFor()
    await up.click()
    await page.getByTestId('rules-save').click()
    expect((await nextChange(host)).attention?.patterns).toEqual([
      { rooms: 'vip-*', thresholds: { alone: { on: false, seconds: 30 } } },
      ...twoLines,
    ])
    await line.getByRole('button', { name: 'Alone for long: as for all rooms' }).click()
    await line.getByText('No rule differs').waitFor()
  })

  it.each(['theirs', 'ours'] as const)('where somebody else was faster it says what differs; %s is chosen', async (whose) => {
    const theirs = settings(9, { patterns: twoLines })
    const host = hostWith(settings(3))
    host.answer('change_settings', () => fail('conflict', 'mo has changed the settings meanwhile: look at them again', 'changed_meanwhile'))
    const page = await openRules(host)
    await page.getByLabel('Alone for long: seconds').fill('30')
    host.answer('read_settings', () => ({ ok: true, value: theirs }))
    await page.getByTestId('rules-save').click()
    const conflict = page.getByTestId('rules-conflict')
    expect(await conflict.innerText()).toContain(
      'mo has changed the settings meanwhile: look at them again. Yours are not saved. Theirs differ in: Other rules for some rooms.',
    )
    expect((await nextChange(host)).revision).toBe(3)
    const bar = page.getByTestId('rules-bar').and(page.locator(':focus'))
    await bar.waitFor()
    expect(await page.getByLabel('Alone for long: seconds').inputValue()).toBe('30 s')
    await page.getByTestId(`rules-${whose}`).click()
    await conflict.waitFor({ state: 'detached' })
    await bar.waitFor()
    if (whose === 'theirs') {
      expect(await page.getByLabel('Alone for long: seconds').inputValue()).toBe('900 s')
      expect(await page.getByTestId('room-line').count()).toBe(2)
    } else {
      await page.getByTestId('rules-save').click()
      expect(await nextChange(host)).toMatchObject({ revision: 9, attention: { patterns: [], thresholds: { alone: { seconds: 30 } } } })
    }
  })

  it('D7 who may not change them reads them as sentences', async () => {
    const page = await openRules(hostWith(settings(1, { patterns: twoLines }), { operator: { name: 'mo', role: 'moderator' } }))
    await page.getByTestId('rules-blocked').getByText('Your role (moderator) may read the rules, not change them.').waitFor()
    expect(await rule(page, 'bad_connections').innerText()).toContain('1 person or more with a poor or lost connection for 15 s')
    expect(await rule(page, 'banned_attempt').innerText()).toContain('Marked for 10 min after')
    expect(await page.getByTestId('attention-rules').locator('input, button').count()).toBe(0)
  })

  it('while the link is down a draft stays, and nothing of it can be changed or saved', async () => {
    const host = hostWith(settings(1))
    const page = await openRules(host)
    await page.getByLabel('Alone for long: seconds').fill('30')
    await host.push({ name: 'connection_changed', payload: { state: 'reconnecting', since: Date.now(), why: 'closed' } })
    await page.getByTestId('rules-blocked').getByText('The link to the sync server is down').waitFor()
    expect(await page.getByLabel('Alone for long: seconds').isDisabled()).toBe(true)
    await page.getByTestId('rules-save').click({ force: true })
    expect(host.calls.filter((call) => call.name === 'change_settings')).toEqual([])
    await host.push({ name: 'connection_changed', payload: { state: 'live', since: Date.now(), why: null } })
    await page.getByTestId('rules-blocked').waitFor({ state: 'detached' })
    expect(await page.getByLabel('Alone for long: seconds').inputValue()).toBe('30 s')
    await page.getByTestId('rules-save').click()
    expect((await nextChange(host)).attention?.thresholds.alone.seconds).toBe(30)
  })

  it('a refusal is told, when reading and when saving', async () => {
    const host = hostWith(settings(1))
    host.answer('read_settings', () => fail('unavailable', 'the sync server could not be asked for its settings'))
    const page = await open(host, { path: '/settings' })
    await page.getByTestId('rules-refused').getByText('could not be asked for its settings').waitFor()
    host.answer('read_settings', () => ({ ok: true, value: settings(1) }))
    host.answer('change_settings', () => fail('forbidden', 'only an admin changes the settings'))
    await page.getByRole('button', { name: 'Read again' }).click()
    await page.getByLabel('Alone for long: seconds').fill('30')
    await page.getByTestId('rules-save').click()
    await page.getByTestId('rules-outcome').getByText('only an admin changes the settings').waitFor()
    expect(await page.getByLabel('Alone for long: seconds').inputValue()).toBe('30 s')
  })

  it.each([
    ['dark', 'admin'],
    ['light', 'admin'],
    ['light', 'viewer'],
  ] as const)('axe finds nothing, %s, %s, and it reflows at 400 per cent zoom', async (scheme, role) => {
    const page = await openRules(hostWith(settings(1, { patterns: twoLines }), { operator: { name: 'ana', role } }), { scheme })
    if (role === 'admin') {
      await page.getByLabel('Alone for long: seconds').fill('0')
      await page.getByTestId('add-line').click()
      await page.getByText('Not saved yet').waitFor()
    }
    const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze()
    expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([])
    await page.setViewportSize({ width: 360, height: 225 })
    expect(await page.locator('main').evaluate((main) => main.scrollWidth - main.clientWidth)).toBe(0)
    expect(await page.getByRole('group', { name: 'Settings' }).evaluate((one) => one.scrollWidth - one.clientWidth)).toBe(0)
  })
})
