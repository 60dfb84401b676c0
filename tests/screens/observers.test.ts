import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import type { ObserverStatus } from '#shared/contract/observer-status.ts'
import type { RoomSummary } from '#shared/domain/room.ts'
import { peers } from '../peers.ts'
import { FakeHost } from './fake-host.ts'
import { snapshot, summary, wallOfTwelve } from './sample-data.ts'
import { setUpScreens } from './set-up-screens.ts'

const open = setUpScreens()

const all: ObserverStatus = { slots: 300, observed: 12, rooms: 12, turnMs: 0, withoutMedia: 0, trouble: null }
const turns: ObserverStatus = { slots: 100, observed: 98, rooms: 1000, turnMs: 132_000, withoutMedia: 0, trouble: null }
const off: ObserverStatus = { slots: 0, observed: 0, rooms: 0, turnMs: 0, withoutMedia: 0, trouble: null }

function hostWith(observers: ObserverStatus | null, rooms: readonly RoomSummary[] | null): FakeHost {
  const profile = { id: 't', kind: 'team', name: 'Team', address: 'https://usher', selected: true } as const
  return new FakeHost(snapshot(rooms, { observers, profile }))
}

/** A thousand rooms of which a hundred are observed now, some were never, and some are empty. */
function thousand(): RoomSummary[] {
  const now = Date.now()
  return Array.from({ length: 1000 }, (_, index) =>
    summary(`room ${String(index).padStart(4, '0')}`, {
      online: index >= 970 ? 0 : 3,
      observedAt: index < 100 ? now - 2000 : index >= 950 ? null : now - 20_000 - index * 100,
    }),
  )
}

async function counts(page: Page): Promise<(string | null)[]> {
  const kinds = ['now', 'earlier', 'never', 'empty'].map((kind) => page.getByTestId(`observed-${kind}`).locator('b').textContent())
  return Promise.all(kinds)
}

describe.skipIf(peers.chromium === null)('the observers', () => {
  it('X2 all rooms are observed: how many, with which slots, and each leads to its room', async () => {
    const host = hostWith(
      all,
      wallOfTwelve().map((room) => ({ ...room, observedAt: Date.now() })),
    )
    const page = await open(host, { path: '/sync' })
    const facts = page.getByTestId('observer-facts')
    await facts.getByText('12 of 12 rooms').waitFor()
    await facts.getByText('12 of 300').waitFor()
    await facts.getByText('in no room').waitFor()
    expect(await counts(page)).toEqual(['12', '0', '0', '0'])
    await page.getByTestId('observed-room').getByText('language café').click()
    await page.waitForURL(/#\/room\/language%20caf%C3%A9$/)
  })

  it('X2 rooms take turns: within which time, and which were looked at longest ago or never', async () => {
    const page = await open(hostWith(turns, thousand()), { path: '/sync' })
    await page.getByText('100 slots for 1,000 rooms: each is looked at within 3 min.').waitFor()
    await page.getByText('A higher OBSERVE_ROOMS').waitFor()
    expect(await counts(page)).toEqual(['100', '850', '20', '30'])
    await page.getByTestId('observed-earlier').click()
    const lines = page.getByTestId('observed-room')
    await lines.getByText('room 0949').waitFor()
    expect(await lines.first().getAttribute('data-room')).toBe('room 0949')
    expect(await lines.first().textContent()).toContain('1 min ago')
    // Only what is visible is drawn.
    expect(await lines.count()).toBeLessThan(30)
    await page.getByTestId('observed-never').click()
    await lines.getByText('room 0950').waitFor()
    expect(await lines.first().getAttribute('aria-setsize')).toBe('20')
  })

  it('the list stays as it is while the pointer is on it', async () => {
    const host = hostWith(all, [summary('a'), summary('b'), summary('c')])
    const page = await open(host, { path: '/sync' })
    const lines = page.getByTestId('observed-room')
    await lines.getByText('a', { exact: true }).hover()
    await host.push({ name: 'rooms_changed', payload: { changed: [], removed: ['a'] } })
    const waiting = page.getByText('1 change waits')
    await waiting.waitFor()
    expect(await lines.first().textContent()).toContain('ended')
    // What waits, and how to have it by key.
    await page.keyboard.press('.')
    await waiting.waitFor({ state: 'detached' })
    expect(await lines.first().getAttribute('data-room')).toBe('b')
  })

  it('a server that observes nothing says so, and what turns it on', async () => {
    const rooms = wallOfTwelve().map((room) => ({ ...room, observedAt: null }))
    const host = hostWith(off, rooms)
    const page = await open(host, { path: '/sync' })
    const note = page.getByTestId('observers-off')
    await note.getByText('Its OBSERVE_ROOMS is 0.').waitFor()
    await note.getByText('Until then the wall tells neither').waitFor()
    expect(await page.getByTestId('observed-now').count()).toBe(0)
    // Another server of the service may observe them.
    await host.push({ name: 'rooms_changed', payload: { changed: [summary('lobby')], removed: [] } })
    await page.getByTestId('observed-room').getByText('lobby').waitFor()
    await note.getByText('Other servers').waitFor()
  })

  it.each([
    [
      'media',
      { withoutMedia: 3, trouble: 'the media connection failed' },
      ['In 3 rooms the quality', 'the media connection failed.', 'media ports'],
    ],
    [
      'shut',
      { observed: 0, trouble: 'LiveKit lets nobody in now (503)' },
      ['No more rooms', 'LiveKit lets nobody in now (503).', 'tried again'],
    ],
  ] as const)('trouble is told with what to do: %s', async (kind, change, words) => {
    const host = hostWith(all, wallOfTwelve())
    const page = await open(host, { path: '/sync' })
    await page.getByTestId('observer-facts').waitFor()
    expect(await page.getByTestId('observer-trouble').count()).toBe(0)
    await host.push({ name: 'observers_changed', payload: { ...all, ...change } })
    const trouble = page.locator(`[data-testid="observer-trouble"][data-kind="${kind}"]`)
    for (const part of words) await trouble.getByText(part).waitFor()
  })

  it('an older server does not tell, and nothing is shown', async () => {
    const page = await open(hostWith(null, wallOfTwelve()), { path: '/sync' })
    await page.getByTestId('sync-unknown').waitFor()
    expect(await page.getByTestId('observers').count()).toBe(0)
  })

  it.each([
    ['full', 'dark', turns, 1440],
    ['full', 'light', { ...turns, withoutMedia: 3, trouble: 'the media connection failed' }, 1440],
    ['narrow', 'dark', turns, 400],
    ['off', 'light', off, 1440],
    ['empty', 'dark', { ...all, observed: 0, rooms: 0 }, 1440],
  ] as const)('axe finds nothing: %s, %s', async (what, scheme, status, width) => {
    const rooms = { full: thousand(), narrow: thousand(), empty: [], off: [summary('lobby', { observedAt: null })] }[what]
    const page = await open(hostWith(status, rooms), { path: '/sync', scheme, width })
    await page.getByTestId('observers').scrollIntoViewIfNeeded()
    const { violations } = await new AxeBuilder({ page }).analyze()
    expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([])
    if (process.env['SHOTS']) await page.screenshot({ path: `${process.env['SHOTS']}/observers-${what}-${scheme}.png` })
  })
})
