import { AxeBuilder } from '@axe-core/playwright'
import { describe, expect, it } from 'vitest'
import type { SyncStatus } from '#shared/contract/http-sync.ts'
import type { ServerReport } from '#shared/contract/ipc-sync.ts'
import { fail } from '#shared/domain/failure.ts'
import { peers } from '../peers.ts'
import { FakeHost } from './fake-host.ts'
import { snapshot, summary, detail, person } from './sample-data.ts'
import { setUpScreens } from './set-up-screens.ts'

const open = setUpScreens()

function status(change: Partial<SyncStatus> = {}): SyncStatus {
  const now = Date.now()
  return {
    running: true,
    intervalMs: 30_000,
    cleanupIntervalMs: 300_000,
    lastSync: now - 12_000,
    nextSync: now + 18_000,
    lastCleanup: now - 200_000,
    rooms: 12,
    drift: 3,
    errors: 0,
    lastError: null,
    lastWebhook: now - 4_000,
    webhooksMissing: false,
    ...change,
  }
}
const report: ServerReport = {
  usage: {
    commandsToday: 5_873,
    bytesThisMonth: 41_200_000,
    budgets: { commandsPerDay: 7_000, bytesPerMonth: 150_000_000 },
    warnings: [],
  },
  matches: { activeMatchesCount: 4, queueLength: 1, roomStatesCount: 12, roomParticipantsCount: 61 },
}

function hostWith(sync: SyncStatus | null, change: Parameters<typeof snapshot>[1] = {}): FakeHost {
  const host = new FakeHost(snapshot([summary('lobby')], { sync, ...change }))
  host.answer('read_server', () => ({ ok: true, value: report }))
  return host
}

describe.skipIf(peers.chromium === null)('the sync server', () => {
  it('S1.7 the indicator says when the last sweep was, and leads to all about it', async () => {
    const page = await open(hostWith(status()))
    const indicator = page.getByTestId('sync-indicator')
    await indicator.getByText('Synced 10 s ago').waitFor()
    await indicator.click()
    const facts = page.getByTestId('sync-facts')
    await facts.getByText('running, every 30 s').waitFor()
    await facts.getByText('Put right since its start').waitFor()
    await page.getByTestId('budget-commands').getByText('5,873 of 7,000').waitFor()
    await page.getByTestId('budget-bytes').getByText('41.2 MB of 150 MB').waitFor()
    expect(page.url()).toMatch(/#\/sync$/)
  })

  it.each([
    ['stopped', { running: false }, 'Sync stopped'],
    ['failing', { errors: 2, lastError: 'LiveKit does not answer' }, 'Sync fails'],
    ['webhooksMissing', { webhooksMissing: true }, 'No webhooks'],
  ] as const)('S1.7 the indicator warns: %s', async (state, change, words) => {
    const host = hostWith(status())
    const page = await open(host, { path: '/sync' })
    await page.locator('[data-testid="sync-indicator"][data-state="swept"]').waitFor()
    await host.push({ name: 'sync_changed', payload: status(change) })
    const indicator = page.locator(`[data-testid="sync-indicator"][data-state="${state}"]`)
    await indicator.waitFor()
    expect(await indicator.textContent()).toBe(words)
    if (state === 'webhooksMissing') await page.getByTestId('webhooks-missing').waitFor()
    if (state === 'failing') await page.getByText('LiveKit does not answer').waitFor()
  })

  it('S1.4 an admin sweeps, cleans and stops by hand, and reads what came of it', async () => {
    const host = hostWith(status())
    host.answer('control_sync', () => ({ ok: true, value: { synced: 12, cleaned: 0, drift: 2 } }))
    const page = await open(host, { path: '/sync' })
    await page.getByTestId('sync-full-sync').click()
    expect((await host.nextCall('control_sync')).payload).toEqual({ action: 'full-sync' })
    await page.getByTestId('sync-outcome').getByText('Full sync: 12 rooms compared, 2 put right, nothing to clean up.').waitFor()
    host.answer('control_sync', () => fail('unavailable', 'LiveKit does not answer'))
    await page.getByTestId('sync-sync').click()
    await page.getByTestId('sync-outcome').getByText('Sync now: LiveKit does not answer').waitFor()
    await host.push({ name: 'sync_changed', payload: status({ running: false }) })
    await page.getByTestId('sync-start-service').waitFor()
  })

  it('D7 who may not control it is told so', async () => {
    const page = await open(hostWith(status(), { operator: { name: 'vi', role: 'viewer' } }), { path: '/sync' })
    await page.getByText('Your role (viewer) may not do this.').waitFor()
    expect(await page.getByTestId('sync-sync').isDisabled()).toBe(true)
  })

  it('says so when nothing is known, and when the budget can not be read', async () => {
    const host = hostWith(null)
    host.answer('read_server', () => fail('unavailable', 'the sync server could not be asked'))
    const page = await open(host, { path: '/sync' })
    await page.getByTestId('sync-unknown').waitFor()
    await page.getByTestId('server-refused').getByText('the sync server could not be asked').waitFor()
    expect(await page.getByTestId('sync-indicator').count()).toBe(0)
  })

  it('X7 a room names the other operators who look at it', async () => {
    const host = hostWith(status())
    const lobby = summary('lobby')
    host.details.set('lobby', { ...detail(lobby, [person('bo')]), viewers: ['ana'] })
    const page = await open(host, { path: '/room/lobby' })
    await page.getByTestId('room-counts').waitFor()
    expect(await page.getByTestId('room-viewers').count()).toBe(0)
    await host.push({ name: 'viewers_changed', payload: { room: 'lobby', operators: ['ana', 'mo', 'zoe'] } })
    await page.getByTestId('room-viewers').getByText('also looking: mo, zoe').waitFor()
  })

  it.each(['dark', 'light'] as const)('axe finds nothing, %s', async (scheme) => {
    const page = await open(hostWith(status({ webhooksMissing: true, errors: 1, lastError: 'LiveKit does not answer' })), {
      path: '/sync',
      scheme,
    })
    await page.getByTestId('budget-commands').waitFor()
    const { violations } = await new AxeBuilder({ page }).analyze()
    expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([])
    if (process.env['SHOTS']) await page.screenshot({ path: `${process.env['SHOTS']}/sync-${scheme}.png` })
  })
})
