import { AxeBuilder } from '@axe-core/playwright'
import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import type { AuditEntry } from '#shared/contract/http-audit.ts'
import type { SessionSnapshot } from '#shared/contract/ipc-session.ts'
import { fail } from '#shared/domain/failure.ts'
import { peers } from '../peers.ts'
import { FakeHost } from './fake-host.ts'
import { event, snapshot, summary } from './sample-data.ts'
import { entry, manyEntries } from './sample-records.ts'
import { setUpScreens } from './set-up-screens.ts'

const open = setUpScreens()

function hostWith(entries: readonly AuditEntry[], change: Partial<SessionSnapshot> = {}, next?: string): FakeHost {
  const host = new FakeHost(snapshot([summary('lobby')], change))
  answerWith(host, entries, next)
  return host
}
function answerWith(host: FakeHost, entries: readonly AuditEntry[], next?: string): void {
  host.answer('search_audit', () => ({ ok: true, value: { entries: [...entries], ...(next === undefined ? {} : { next }) } }))
}
const row = (page: Page, seq: number) => page.locator(`[data-testid="audit-entry"][data-seq="${seq}"]`)
const searches = (host: FakeHost) => host.calls.filter(({ name }) => name === 'search_audit')

describe.skipIf(peers.chromium === null)('the log of actions', () => {
  it('D6 tells who did what to whom, where, why, and what came of it in words', async () => {
    const page = await open(hostWith(manyEntries()), { path: '/log' })
    await page.getByText('Actions', { exact: true }).click()
    const rows = page.getByTestId('audit-entry')
    await rows.first().waitFor()
    const banned = await row(page, 999).innerText()
    for (const part of ['ana', 'Banned', 'user-0007', 'lobby', 'Kept shouting', 'Done']) expect(banned).toContain(part)
    for (const [seq, word] of [
      [998, 'Partly'],
      [997, 'Failed'],
      [996, 'Refused'],
      [995, 'Running'],
      [994, 'Unknown'],
    ] as const)
      expect(await row(page, seq).innerText()).toContain(word)
    expect(await row(page, 998).innerText()).toContain('user-0001, user-0002 and 32 others')
    expect(page.url()).toMatch(/#\/log\/actions$/)
  })

  it('another profile has another log: nothing of the last one stays in it', async () => {
    const host = hostWith([entry(999)])
    const page = await open(host, { path: '/log/actions' })
    await row(page, 999).waitFor()
    answerWith(host, [entry(1_200)])
    const profile = { id: 'other', kind: 'team', name: 'Other', address: 'https://other.example', selected: true } as const
    const connecting = { state: 'connecting', since: Date.now(), why: null } as const
    await host.push({ name: 'session_reset', payload: snapshot([], { profile, connection: connecting }) })
    await host.push({ name: 'connection_changed', payload: { state: 'live', since: Date.now(), why: null } })
    await row(page, 1_200).waitFor()
    expect(await row(page, 999).count()).toBe(0)
  })

  it('a row opens to each result, and to texts as the texts they are', async () => {
    const page = await open(hostWith(manyEntries()), { path: '/log/actions' })
    await row(page, 998).getByTestId('audit-toggle').press('Enter')
    const details = row(page, 998).getByTestId('audit-details')
    await details.getByText('failed: participant gone').waitFor()
    await details.getByText('an erased person').waitFor()
    await row(page, 993).getByTestId('audit-toggle').press('Enter')
    expect(await row(page, 993).getByTestId('audit-details').innerText()).toContain('<img src=x onerror=alert(1)>')
    expect(await page.locator('main img').count()).toBe(0)
  })

  it('is filtered on the server, and older ones are loaded when asked for', async () => {
    const host = hostWith([entry(9), entry(8)], {}, '8')
    const page = await open(host, { path: '/log/actions' })
    await row(page, 9).waitFor()
    answerWith(host, [entry(7)])
    await page.getByTestId('audit-more').click()
    await row(page, 7).waitFor()
    await page.getByText('All 3 are here.').waitFor()
    expect(searches(host).at(-1)?.payload).toEqual({ after: '8' })
    await page.getByTestId('audit-operator').fill('mo')
    await page.getByRole('combobox', { name: 'Result' }).click()
    await page.getByRole('option', { name: 'Failed' }).click()
    answerWith(host, [])
    await page.getByTestId('audit-empty').getByText('No action matches these filters').waitFor()
    expect(searches(host).at(-1)?.payload).toEqual({ operator: 'mo', result: 'failed' })
  })

  it('nothing moves under the hand: new ones wait behind a mark, and what was running is brought up to date', async () => {
    const host = hostWith([entry(9, { result: 'running', endedAt: null })])
    const page = await open(host, { path: '/log/actions' })
    await row(page, 9).getByText('Running').waitFor()
    answerWith(host, [entry(11), entry(10), entry(9)])
    await host.push({ name: 'feed_appended', payload: [event('participant_removed', 'lobby', { actionId: 'a', operator: 'mo' })] })
    await page.getByTestId('waiting').getByText('2 new').waitFor()
    await row(page, 9).getByText('Done').waitFor()
    expect(await page.getByTestId('audit-entry').count()).toBe(1)
    await page.keyboard.press('.')
    await row(page, 11).waitFor()
    expect(await page.getByTestId('audit-entry').count()).toBe(3)
  })

  it.each([
    ['CSV', 'csv'],
    ['JSON', 'json'],
  ] as const)('exports what the filter lets through as %s', async (name, format) => {
    const host = hostWith(manyEntries())
    host.answer('export_audit', () => ({ ok: true, value: { name: `usher-audit.${format}`, text: `text in ${format} 🎧` } }))
    const page = await open(host, { path: '/log/actions' })
    await page.getByTestId('audit-room').fill('lobby')
    await page.getByTestId('audit-export').click()
    const download = page.waitForEvent('download')
    await page.getByRole('menuitem', { name: `As ${name}` }).click()
    const file = await download
    expect(file.suggestedFilename()).toBe(`usher-audit.${format}`)
    expect(await readFile(await file.path(), 'utf8')).toBe(`text in ${format} 🎧`)
    await page.getByTestId('audit-told').getByText(`Saved as usher-audit.${format}.`).waitFor()
    host.answer('export_audit', () => fail('unsupported', 'the export is larger than 50 MB'))
    await page.getByTestId('audit-export').click()
    await page.getByRole('menuitem', { name: `As ${name}` }).click()
    await page.getByTestId('audit-told').getByText('Not exported: the export is larger than 50 MB').waitFor()
  })

  it('an admin has the chain checked, and a broken one is told with its row', async () => {
    const host = hostWith(manyEntries())
    host.answer('check_audit', () => ({ ok: true, value: { ok: true, rows: 12, newestHash: 'abc', brokenAt: null, why: null } }))
    const page = await open(host, { path: '/log/actions' })
    await page.getByTestId('audit-check').click()
    await page.getByTestId('audit-told').getByText('The chain is whole: 12 rows').waitFor()
    host.answer('check_audit', () => ({
      ok: true,
      value: { ok: false, rows: 12, newestHash: 'abc', brokenAt: 7, why: 'its text was changed' },
    }))
    await page.getByTestId('audit-check').click()
    const told = page.getByTestId('audit-told')
    await told.getByText('The chain is broken at row 7: its text was changed').waitFor()
    expect(await told.getAttribute('data-ok')).toBe('false')
  })

  it.each([
    ['moderator', true],
    ['support', false],
  ] as const)('D7 for a %s the view is there: %s', async (role, isThere) => {
    const page = await open(hostWith(manyEntries(), { operator: { name: 'x', role } }), { path: '/log/actions' })
    await page.getByRole('heading', { name: 'Log' }).waitFor()
    expect(await page.getByText('Actions', { exact: true }).count()).toBe(isThere ? 1 : 0)
    expect(await page.getByTestId('audit-check').count()).toBe(0)
  })

  it('a refusal says what failed, and trying again helps', async () => {
    const host = hostWith([])
    host.answer('search_audit', () => fail('unavailable', 'the database does not answer'))
    const page = await open(host, { path: '/log/actions' })
    await page.getByTestId('audit-refused').getByText('the database does not answer').waitFor()
    answerWith(host, [])
    await page.getByRole('button', { name: 'Try again' }).click()
    expect(await page.getByTestId('audit-empty').innerText()).toContain('No operator has done anything yet')
  })

  it.each([
    ['dark', true],
    ['light', true],
    ['dark', false],
  ] as const)('axe finds nothing, %s, full: %s', async (scheme, isFull) => {
    const page = await open(hostWith(isFull ? manyEntries() : []), { path: '/log/actions', scheme })
    await page
      .getByTestId(isFull ? 'audit-entry' : 'audit-empty')
      .first()
      .waitFor()
    if (isFull) await row(page, 998).getByTestId('audit-toggle').click()
    const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze()
    expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([])
  })
})
