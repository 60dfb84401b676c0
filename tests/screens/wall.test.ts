import { describe, expect, it } from 'vitest'
import { FakeHost } from './fake-host.ts'
import { snapshot, summary, wallOfTwelve } from './sample-data.ts'
import { peers } from '../peers.ts'
import { setUpScreens } from './set-up-screens.ts'

const open = setUpScreens()
const rooms = wallOfTwelve()

describe.skipIf(peers.chromium === null)('the wall', () => {
  it('D2 shows every room with its people, who speaks, and the worst connection', async () => {
    const page = await open(new FakeHost(snapshot(rooms)))
    const tiles = page.getByTestId('room-tile')
    await tiles.first().waitFor()
    await expect.poll(() => tiles.count()).toBe(12)
    const worst = page.locator('[data-room="support-eu-2"]')
    expect(await worst.innerText()).toContain('1 lost')
    expect(await worst.getByTestId('tile-online').innerText()).toBe('2')
    expect(await worst.getByTestId('tile-speakers').innerText()).toContain('Bo Lindqvist')
    expect(await page.locator('[data-room="lobby"]').innerText()).toContain('Not observed')
    expect(await tiles.first().getAttribute('data-room')).toBe('support-eu-2')
  })

  it('10,000 rooms draw fewer than 200 tiles, at the top and at the end', async () => {
    const many = Array.from({ length: 10_000 }, (_, index) => summary(`room ${index}`, { online: 10_000 - index, worstQuality: null }))
    const page = await open(new FakeHost(snapshot(many)))
    const tiles = page.getByTestId('room-tile')
    await tiles.first().waitFor()
    expect(await tiles.count()).toBeLessThan(200)
    await tiles.first().focus()
    await page.keyboard.press('End')
    await page.locator('[data-room="room 9999"]:focus').waitFor()
    expect(await tiles.count()).toBeLessThan(200)
  })

  it('says that no room is live and what to do', async () => {
    const page = await open(new FakeHost(snapshot([])))
    expect(await page.getByTestId('wall-empty').innerText()).toContain('No room is live on this LiveKit server')
  })

  it('is a skeleton while the rooms are not known, and says nothing of zero', async () => {
    const page = await open(new FakeHost(snapshot(null, { connection: { state: 'connecting', since: Date.now(), why: null } })))
    await page.getByTestId('wall-skeleton').waitFor()
    expect(await page.getByTestId('room-count').count()).toBe(0)
    expect(await page.getByTestId('connection').getAttribute('data-state')).toBe('connecting')
  })

  it('a filter that lets nothing through is not an empty server, and can be cleared', async () => {
    const page = await open(new FakeHost(snapshot(rooms)))
    await page.getByTestId('room-tile').first().waitFor()
    await page.keyboard.press('/')
    await page.keyboard.type('no such room')
    await page.getByTestId('wall-filtered-empty').waitFor()
    await page.getByTestId('wall-filtered-empty').getByRole('button').click()
    await page.getByTestId('room-tile').first().waitFor()
    await page.getByTestId('search').fill('SUPPORT')
    await page.locator('[data-room="lobby"]').waitFor({ state: 'detached' })
    expect(await page.getByTestId('room-count').innerText()).toBe('2 of 12')
    await page.reload()
    await page.getByTestId('room-tile').first().waitFor()
    await expect.poll(() => page.getByTestId('room-tile').count()).toBe(2)
  })

  it.each(['degraded', 'reconnecting', 'offline'] as const)(
    'S4.6 %s: the rooms stay, marked, and the indicator says why',
    async (state) => {
      const host = new FakeHost(snapshot(rooms))
      const page = await open(host)
      await page.getByTestId('room-tile').first().waitFor()
      await host.push({ name: 'connection_changed', payload: { state, since: Date.now(), why: 'the sync server is away' } })
      await page.locator(`[data-testid="connection"][data-state="${state}"]`).waitFor()
      expect(await page.getByTestId('stale').innerText()).toBe('Not live: the sync server is away. What is shown may be old.')
      await expect.poll(() => page.getByTestId('room-tile').count()).toBe(12)
      await page.getByTestId('connection').click()
      await page.getByTestId('connection-details').getByText('the sync server is away').waitFor()
    },
  )

  it('nothing moves under the hand: changes wait, are counted, and "." applies them', async () => {
    const host = new FakeHost(snapshot(rooms))
    const page = await open(host)
    const tiles = page.getByTestId('room-tile')
    await tiles.first().hover()
    await host.push({
      name: 'rooms_changed',
      payload: { changed: [summary('lobby', { worstQuality: { quality: 'lost', count: 9 }, online: 50 })], removed: ['standup'] },
    })
    await page.locator('[data-testid="waiting"][data-count="2"]').waitFor()
    expect(await tiles.first().getAttribute('data-room')).toBe('support-eu-2')
    await page.locator('[data-room="standup"][data-ended="true"]').waitFor()
    await page.keyboard.press('.')
    await page.locator('[data-room="standup"]').waitFor({ state: 'detached' })
    expect(await page.getByTestId('waiting').count()).toBe(0)
    expect(await tiles.nth(1).getAttribute('data-room')).toBe('lobby')
  })

  it.each(['/', '/room/lobby', '/log', '/settings'])(
    '%s reflows at 400 per cent zoom: nothing lies beside the window, and the page scrolls down',
    async (path) => {
      const page = await open(new FakeHost(snapshot(rooms)), { path, width: 360, height: 225 })
      await page.getByTestId('connection').waitFor()
      expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true)
      const hidden = await page
        .locator('main')
        .evaluate((main) => [main.scrollWidth - main.clientWidth, main.querySelector('h1')?.clientHeight])
      expect(hidden[0]).toBe(0)
      expect(hidden[1]).toBeGreaterThan(0)
    },
  )

  it('the focus is not lost when the tile that has it leaves, and the order is let go of with it', async () => {
    const host = new FakeHost(snapshot(rooms))
    const page = await open(host)
    await page.locator('[data-room="standup"]').focus()
    await host.push({ name: 'rooms_changed', payload: { changed: [], removed: ['standup'] } })
    await page.locator('[data-room="standup"][data-ended="true"]').waitFor()
    await page.keyboard.press('.')
    await page.locator('[data-room="standup"]').waitFor({ state: 'detached' })
    await page.locator('[data-testid="room-tile"]:focus').waitFor()
    await page.getByTestId('search').focus()
    await host.push({ name: 'rooms_changed', payload: { changed: [], removed: ['lobby'] } })
    await page.locator('[data-room="lobby"]').waitFor({ state: 'detached' })
    expect(await page.getByTestId('waiting').count()).toBe(0)
  })

  it('keys work after the order was chosen with the pointer', async () => {
    const page = await open(new FakeHost(snapshot(rooms)))
    await page.getByText('Newest', { exact: true }).click()
    await page.keyboard.press('/')
    expect(await page.getByTestId('search').evaluate((search) => search === document.activeElement)).toBe(true)
  })

  it('arrow keys move between tiles, Enter opens, back comes back', async () => {
    const page = await open(new FakeHost(snapshot(rooms)))
    await page.getByTestId('room-tile').first().waitFor()
    // From nowhere the first arrow goes to the first tile.
    await page.keyboard.press('ArrowRight')
    await page.locator('[data-testid="room-tile"]:focus').waitFor()
    await page.keyboard.press('ArrowRight')
    await page.locator('[data-room="late night radio"]:focus').waitFor()
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: 'late night radio' }).waitFor()
    // The tile is gone with its page; the content has the focus.
    await page.locator('main:focus').waitFor()
    expect(page.url()).toMatch(/#\/room\/late%20night%20radio$/)
    await page.goBack()
    await page.getByTestId('room-tile').first().waitFor()
  })

  it.each(['<img src=x onerror="window.hacked=1">', 'غرفة الدعم الفني', '🎧🎧🎧', '__proto__', 'a/b%2F?#c', 'x'.repeat(200)])(
    'a room named %j is shown as text, fits its tile, and opens',
    async (name) => {
      const page = await open(new FakeHost(snapshot([summary(name)])))
      const tile = page.getByTestId('room-tile')
      expect(await tile.innerText()).toContain(name)
      const box = await tile.boundingBox()
      expect(box?.height).toBe(118)
      expect(await page.locator('img').count()).toBe(0)
      await tile.click()
      await page.locator('h1').getByText(name, { exact: true }).waitFor()
      expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true)
    },
  )
})

describe.skipIf(peers.chromium === null)('the session’s start', () => {
  it('a host that refuses is told, and tried again', async () => {
    const host = new FakeHost(null)
    host.answer('start_session', () => ({ ok: false, code: 'unavailable', message: 'The host closed the connection.' }))
    const page = await open(host)
    expect(await page.getByTestId('start-failed').innerText()).toContain('The host closed the connection.')
    expect(await page.getByTestId('connection').getAttribute('data-state')).toBe('offline')
    host.answer('start_session', () => ({ ok: true, value: snapshot(rooms) }))
    await page.getByRole('button', { name: 'Try again' }).click()
    await page.getByTestId('room-tile').first().waitFor()
  })

  it('a host that never answers is told', async () => {
    const page = await open(new FakeHost(null), { clock: true })
    await page.getByTestId('connection').waitFor()
    await page.clock.fastForward(7_000)
    await page.getByTestId('start-slow').waitFor()
    expect(await page.getByTestId('connection').getAttribute('data-state')).toBe('connecting')
  })

  it('session_reset replaces everything and opens the open room again', async () => {
    const host = new FakeHost(snapshot(rooms))
    const page = await open(host, { path: '/room/lobby' })
    await host.nextCall('open_room')
    await host.push({ name: 'session_reset', payload: snapshot([summary('only one')]) })
    expect((await host.nextCall('open_room')).payload).toEqual({ room: 'lobby' })
    await page.getByRole('link', { name: 'All rooms' }).click()
    await page.locator('[data-room="only one"]').waitFor()
    await expect.poll(() => page.getByTestId('room-tile').count()).toBe(1)
    expect((await host.nextCall('leave_room')).payload).toEqual({ room: 'lobby' })
  })
})
