import { AxeBuilder } from '@axe-core/playwright'
import { describe, expect, it } from 'vitest'
import type { SessionSnapshot } from '#shared/contract/ipc-session.ts'
import { fail } from '#shared/domain/failure.ts'
import { peers } from '../peers.ts'
import { FakeHost } from './fake-host.ts'
import { detail, snapshot, summary } from './sample-data.ts'
import { manyEntries, roomSession, wholeSession } from './sample-records.ts'
import { setUpScreens } from './set-up-screens.ts'

const open = setUpScreens()

function makeHost(change: Partial<SessionSnapshot> = {}, live: readonly string[] = []): FakeHost {
  const host = new FakeHost(
    snapshot(
      live.map((room) => summary(room)),
      change,
    ),
  )
  host.details.set('lobby', detail(summary('lobby', { sid: '' }), []))
  host.answer('list_measures', () => ({ ok: true, value: { measures: [] } }))
  host.answer('list_sessions', () => ({
    ok: true,
    value: { sessions: [roomSession('RM_1'), roomSession('RM_0', { talkMs: null, observedMs: 0 })] },
  }))
  host.answer('read_room_session', () => ({ ok: true, value: wholeSession() }))
  host.answer('search_audit', () => ({ ok: true, value: { entries: manyEntries().slice(0, 2) } }))
  return host
}

describe.skipIf(peers.chromium === null)('a past room', () => {
  it('S2.6 a room that is not live shows its sessions, and one of them leads to all about it', async () => {
    const page = await open(makeHost(), { path: '/room/lobby' })
    const sessions = page.getByTestId('room-past').getByTestId('session')
    await sessions.nth(1).waitFor()
    expect(await sessions.nth(0).innerText()).toContain('50 % of it observed')
    expect(await sessions.nth(1).innerText()).toContain('not observed')
    await sessions.nth(0).getByRole('link').click()
    await page.getByTestId('whole-session').waitFor()
    expect(page.url()).toMatch(/#\/room\/lobby\/sessions\/RM_1$/)
  })

  it('a live room leads to its past', async () => {
    const host = makeHost({}, ['lobby'])
    host.details.set('lobby', detail(summary('lobby'), []))
    const page = await open(host, { path: '/room/lobby' })
    await page.getByTestId('past-link').click()
    await page.getByTestId('past-sessions').waitFor()
    expect(page.url()).toMatch(/#\/room\/lobby\/sessions$/)
  })

  it('who was there when, who spoke when, and where nobody observed, as a timeline and as a table', async () => {
    const page = await open(makeHost(), { path: '/room/lobby/sessions/RM_1' })
    const lines = page.getByTestId('timeline-line')
    await lines.first().waitFor()
    expect(await lines.count()).toBe(14)
    expect(await lines.first().getByTestId('stay-bar').count()).toBe(2)
    expect(await lines.first().getByTestId('stay-bar').first().getAttribute('aria-label')).toMatch(
      /^Bo Lindqvist: .* to .*, 20 min, spoke 9 min$/,
    )
    expect(await lines.first().getByTestId('speech').first().getAttribute('d')).toContain('M')
    expect(await lines.first().getByTestId('observed').last().getAttribute('d')).toBe('')
    expect(await page.getByTestId('population').getAttribute('aria-label')).toMatch(/^At most 9, at /)
    await page.getByText('Table', { exact: true }).click()
    const table = page.getByTestId('stays-table')
    await table.waitFor()
    expect(await table.getByRole('row').count()).toBe(16)
    expect(await table.innerText()).toContain('not observed')
  })

  it('what was done is asked for that room and time', async () => {
    const host = makeHost()
    const page = await open(host, { path: '/room/lobby/sessions/RM_1' })
    await page.getByTestId('audit-entry').nth(1).waitFor()
    const { startedAt, endedAt } = roomSession('RM_1')
    expect((await host.nextCall('search_audit')).payload).toEqual({
      room: 'lobby',
      from: startedAt,
      to: (endedAt ?? 0) + 5_000,
      limit: 500,
    })
  })

  it('D7 support sees who was there, and is told why not what was done; a viewer sees neither', async () => {
    const host = makeHost({ operator: { name: 'sam', role: 'support' } })
    const page = await open(host, { path: '/room/lobby/sessions/RM_1' })
    await page.getByText('Your role (support) may not read what was done.').waitFor()
    expect(host.calls.filter(({ name }) => name === 'search_audit')).toEqual([])
    await host.push({ name: 'operator_changed', payload: { name: 'vi', role: 'viewer' } })
    await page.getByTestId('sessions-not-allowed').waitFor()
  })

  it('five thousand stays are drawn as far as they are seen', async () => {
    const host = makeHost()
    host.answer('read_room_session', () => ({ ok: true, value: wholeSession(5_000) }))
    const page = await open(host, { path: '/room/lobby/sessions/RM_1' })
    await page.getByTestId('timeline-line').first().waitFor()
    expect(await page.getByTestId('timeline-line').count()).toBeLessThan(60)
  })

  it('a session that is not on record any more is told of', async () => {
    const host = makeHost()
    host.answer('read_room_session', () => fail('not_found', 'no session of that id is on record'))
    const page = await open(host, { path: '/room/lobby/sessions/RM_9' })
    expect(await page.getByTestId('session-refused').innerText()).toContain('no session of that id is on record')
  })

  it.each([
    ['dark', 'timeline'],
    ['light', 'table'],
  ] as const)('axe finds nothing, %s, as a %s', async (scheme, view) => {
    const page = await open(makeHost(), { path: '/room/lobby/sessions/RM_1', scheme })
    await page.getByTestId('timeline-line').first().waitFor()
    if (view === 'table') await page.getByText('Table', { exact: true }).click()
    const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze()
    expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([])
  })
})
