import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { FakeHost } from './fake-host.ts'
import { detail, mark, person, snapshot, summary } from './sample-data.ts'
import { peers } from '../peers.ts'
import { setUpScreens } from './set-up-screens.ts'

const open = setUpScreens()

const MINUTE = 60_000
const bad = () => mark('bad_connections', 61_000, '2 people have a poor or lost connection')
const banned = () => mark('banned_attempt', 20_000, 'a banned person tried to come in')
const newer = () => mark('of_a_newer_server', 5 * MINUTE, 'the recording has stopped by itself')
const speaking = [{ identity: 'bo', name: 'Bo', level: 0.8 }]

const rooms = () => [
  summary('calm', { online: 90, speaking }),
  summary('bad', { online: 5, attention: [bad()] }),
  summary('worse', { online: 2, attention: [bad(), banned(), newer()] }),
  summary('unheard-of', { online: 3, attention: [newer()] }),
]
const namesOf = (page: Page, testid: string) =>
  page.getByTestId(testid).evaluateAll((all) => all.map((one) => one.getAttribute('data-room')))

describe.skipIf(peers.chromium === null)('attention on the wall', () => {
  it('the most severe mark comes first, in words on the tile and with its age; the others are counted', async () => {
    const page = await open(new FakeHost(snapshot(rooms())))
    await page.getByTestId('room-tile').first().waitFor()
    expect(await namesOf(page, 'room-tile')).toEqual(['worse', 'bad', 'unheard-of', 'calm'])
    const worse = page.locator('[data-room="worse"]').getByTestId('attention')
    expect((await worse.innerText()).replaceAll(/\s+/g, ' ')).toMatch(/^Banned attempt 2\d s \+2/)
    expect(await worse.getAttribute('data-tone')).toBe('bad')
    const unknown = page.locator('[data-room="unheard-of"]').getByTestId('attention')
    expect(await unknown.innerText()).toContain('the recording has stopped by itself')
    expect(await unknown.getAttribute('data-tone')).toBe('warn')
    expect(await page.locator('[data-room="calm"]').getByTestId('attention').count()).toBe(0)
  })

  it('why and since when is there for the pointer with UTC, for the screen reader, and for the keyboard until Escape', async () => {
    const page = await open(new FakeHost(snapshot(rooms())))
    const tile = page.locator('[data-room="worse"]')
    const title = (await tile.getByTestId('attention').getAttribute('title')) ?? ''
    expect(title.split('\n')).toHaveLength(3)
    expect(title).toMatch(/^a banned person tried to come in, since 2\d s ago \(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC\)\n2 people have/)
    await page.getByRole('link', { name: /Wants attention: a banned person tried to come in, since 2\d s ago; 2 people have/ }).waitFor()
    await page.keyboard.press('ArrowRight')
    const tip = page.getByTestId('focused-marks')
    await tip.getByText('the recording has stopped by itself, since 5 min ago').waitFor()
    await page.keyboard.press('Escape')
    await tip.waitFor({ state: 'detached' })
    await page.locator('[data-room="worse"]:focus').waitFor()
    await page.keyboard.press('End')
    await page.locator('[data-room="calm"]:focus').waitFor()
    expect(await tip.count()).toBe(0)
  })

  it('only rooms with a mark are shown when that is asked for; it says how many there are, and remembers', async () => {
    const host = new FakeHost(snapshot(rooms()))
    const page = await open(host)
    const filter = page.getByTestId('attention-filter')
    await filter.getByText('Wants attention 3').waitFor()
    await filter.click()
    await page.locator('[data-room="calm"]').waitFor({ state: 'detached' })
    expect(await page.getByTestId('room-count').innerText()).toBe('3 of 4')
    await page.reload()
    await page.getByTestId('room-tile').first().waitFor()
    expect(await filter.getAttribute('aria-pressed')).toBe('true')
    expect(await namesOf(page, 'room-tile')).toEqual(['worse', 'bad', 'unheard-of'])
    await host.push({ name: 'rooms_changed', payload: { changed: [summary('calm', { attention: [bad()] })], removed: [] } })
    await page.locator('[data-room="calm"]').waitFor()
    await host.push({ name: 'rooms_reset', payload: [summary('calm')] })
    const none = page.getByTestId('wall-no-attention')
    await none.getByText('No room wants attention').waitFor()
    await none.getByRole('button').click()
    await page.locator('[data-room="calm"]').waitFor()
    expect(await filter.getAttribute('aria-pressed')).toBe('false')
  })

  it('a room that loses its mark under the hand stays until it is let go', async () => {
    const host = new FakeHost(snapshot(rooms()))
    const page = await open(host)
    await page.getByTestId('attention-filter').click()
    await page.locator('[data-room="bad"]').hover()
    await host.push({ name: 'rooms_changed', payload: { changed: [summary('bad')], removed: [] } })
    await page.locator('[data-testid="waiting"][data-count="1"]').waitFor()
    expect(await page.locator('[data-room="bad"]').count()).toBe(1)
    await page.getByTestId('search').hover()
    await page.locator('[data-room="bad"]').waitFor({ state: 'detached' })
  })

  it('a breach that comes is read aloud once; what was so before is not', async () => {
    const host = new FakeHost(snapshot(rooms()))
    const page = await open(host)
    await page.getByTestId('room-tile').first().waitFor()
    const told = page.getByTestId('announcements')
    expect(await told.textContent()).toBe('')
    await host.push({ name: 'rooms_changed', payload: { changed: [summary('calm', { attention: [bad()] })], removed: [] } })
    await page.locator('[data-room="calm"]').getByTestId('attention').waitFor()
    expect(await told.textContent()).toBe('')
    await host.push({ name: 'rooms_changed', payload: { changed: [summary('calm', { attention: [banned()] })], removed: [] } })
    await told.getByText('calm: a banned person tried to come in').waitFor({ state: 'attached' })
  })

  it('a tile keeps its height whatever its marks say', async () => {
    const wide = 'w'.repeat(300)
    const page = await open(
      new FakeHost(snapshot([summary('x'.repeat(200), { attention: [mark('new', 1, wide), newer()], online: 10_000, total: 99_999 })])),
    )
    const tile = page.getByTestId('room-tile')
    expect((await tile.boundingBox())?.height).toBe(118)
    expect(await tile.evaluate((one) => one.scrollWidth <= one.clientWidth && one.scrollHeight <= one.clientHeight)).toBe(true)
  })

  it('the room’s page lists its marks with why and since when', async () => {
    const [, , worse] = rooms()
    if (worse === undefined) throw new Error('no room')
    const host = new FakeHost(snapshot([worse]))
    host.details.set('worse', detail(worse, [person('bo')]))
    const page = await open(host, { path: '/room/worse' })
    const marks = page.getByTestId('room-marks').getByTestId('mark')
    await expect.poll(() => marks.count()).toBe(3)
    expect(await marks.first().innerText()).toMatch(/^a banned person tried to come in, since 2\d s ago$/)
    expect(await marks.first().getAttribute('title')).toMatch(/UTC$/)
    await host.push({ name: 'rooms_changed', payload: { changed: [{ ...worse, attention: [] }], removed: [] } })
    await page.getByTestId('room-marks').waitFor({ state: 'detached' })
  })
})

describe.skipIf(peers.chromium === null)('how old the signals are', () => {
  it('who spoke a while ago does not look as if they spoke now, and their connections alarm nobody', async () => {
    const now = Date.now()
    const worstQuality = { quality: 'lost', count: 1 } as const
    const page = await open(
      new FakeHost(
        snapshot([
          summary('fresh', { observedAt: now, speaking, worstQuality }),
          summary('old', { observedAt: now - 42_000, speaking, worstQuality }),
          summary('silent', { observedAt: now - 3 * MINUTE }),
          summary('unobserved', { observedAt: null }),
        ]),
      ),
    )
    const tile = (room: string) => page.locator(`[data-room="${room}"]`)
    await tile('fresh').getByTestId('tile-speakers').waitFor()
    expect(await tile('fresh').locator('[data-speaking="true"]').count()).toBe(1)
    expect(await tile('fresh').getByTestId('signals-age').innerText()).toContain('signals')
    expect(await tile('fresh').getAttribute('data-trouble')).toBe('bad')
    expect(await tile('old').getByTestId('tile-speakers').innerText()).toMatch(/spoke 4\d s ago/)
    expect(await tile('old').locator('[data-speaking="true"]').count()).toBe(0)
    expect(await tile('old').getAttribute('data-trouble')).toBe('none')
    expect(await tile('old').locator('[data-quality="lost"]').getAttribute('data-old')).toBe('true')
    expect(await tile('silent').innerText()).toContain('Nobody spoke 3 min ago')
    expect(await tile('unobserved').innerText()).toContain('Not observed')
  })

  it('signals that nobody renews grow old on the screen, on the wall and in the room', async () => {
    const host = new FakeHost(snapshot([summary('lobby', { observedAt: Date.now(), speaking })]))
    host.details.set('lobby', detail(summary('lobby'), [person('bo', { name: 'Bo' }), person('ana')]))
    const page = await open(host, { clock: true })
    await page.locator('[data-speaking="true"]').waitFor()
    await page.clock.fastForward(16_000)
    await page.getByText('spoke 15 s ago').waitFor()
    await page.getByTestId('room-tile').click()
    const bo = page.locator('[data-identity="bo"]')
    await bo.waitFor()
    const at = await page.evaluate(() => Date.now())
    const quality = [{ identity: 'bo', quality: 'poor' as const }]
    await host.push({ name: 'presence_changed', payload: { room: 'lobby', at, speaking: [{ identity: 'bo', level: 0.5 }], quality } })
    await page.locator('[data-identity="bo"][data-speaking="true"][data-spoke="false"]').waitFor()
    expect(await page.getByTestId('signals').getAttribute('data-old')).toBe('false')
    await page.clock.fastForward(20_000)
    await page.locator('[data-identity="bo"][data-speaking="false"][data-spoke="true"]').waitFor()
    expect(await bo.innerText()).toContain('spoke 20 s ago')
    expect(await bo.locator('[data-quality="poor"]').getAttribute('data-old')).toBe('true')
    expect(await page.getByTestId('signals').innerText()).toBe('Signals: 20 s old')
  })
})

describe.skipIf(peers.chromium === null)('the wall as rows', () => {
  async function openRows(host: FakeHost, options: Parameters<typeof open>[1] = {}): Promise<Page> {
    const page = await open(host, options)
    await page.getByTestId('room-tile').first().waitFor()
    await page.getByText('Rows', { exact: true }).locator('xpath=ancestor::label').click()
    await page.getByTestId('room-row').first().waitFor()
    return page
  }

  it('says the same as the tiles, in the same order, and is remembered', async () => {
    const page = await openRows(new FakeHost(snapshot(rooms())))
    expect(await namesOf(page, 'room-row')).toEqual(['worse', 'bad', 'unheard-of', 'calm'])
    const row = page.locator('[data-room="worse"]')
    expect((await row.getByTestId('attention').innerText()).replaceAll(/\s+/g, ' ')).toContain('Banned attempt')
    expect(await row.getByTestId('tile-online').innerText()).toBe('2')
    expect(await page.locator('[data-room="calm"]').getByTestId('tile-speakers').innerText()).toContain('Bo')
    await page.reload()
    await page.getByTestId('room-row').first().waitFor()
    expect(await page.getByTestId('room-tile').count()).toBe(0)
  })

  it('a column’s head sorts, as the toolbar does', async () => {
    const page = await openRows(new FakeHost(snapshot(rooms())))
    await page.getByRole('button', { name: 'Room', exact: true }).click()
    await expect.poll(() => namesOf(page, 'room-row')).toEqual(['bad', 'calm', 'unheard-of', 'worse'])
    expect(await page.getByRole('radio', { name: 'Name' }).isChecked()).toBe(true)
  })

  it('10,000 rooms draw fewer than 100 rows; keys move, Enter opens', async () => {
    const many = Array.from({ length: 10_000 }, (_, index) => summary(`room ${index}`, { online: 10_000 - index, worstQuality: null }))
    const page = await openRows(new FakeHost(snapshot(many)))
    const rows = page.getByTestId('room-row')
    expect(await rows.count()).toBeLessThan(100)
    await rows.first().focus()
    await page.keyboard.press('ArrowDown')
    await page.locator('[data-room="room 1"]:focus').waitFor()
    await page.keyboard.press('End')
    await page.locator('[data-room="room 9999"]:focus').waitFor()
    expect(await rows.count()).toBeLessThan(100)
    await page.keyboard.press('Home')
    await page.locator('[data-room="room 0"]:focus').waitFor()
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: 'room 0' }).waitFor()
  })

  it('the heads stay over the rows and cover none that has the focus', async () => {
    const many = Array.from({ length: 100 }, (_, index) => summary(`room ${index}`, { online: 100 - index }))
    const page = await openRows(new FakeHost(snapshot(many)))
    const heads = await page.getByRole('group', { name: 'Sort by' }).boundingBox()
    await page.getByTestId('room-row').first().focus()
    await page.keyboard.press('End')
    for (let index = 98; index > 55; index -= 1) {
      await page.locator(`[data-room="room ${index + 1}"]:focus`).waitFor()
      await page.keyboard.press('ArrowUp')
      const row = page.locator(`[data-room="room ${index}"]:focus`)
      expect((await row.boundingBox())?.y).toBeGreaterThanOrEqual((heads?.y ?? Infinity) + (heads?.height ?? 0))
    }
  })

  it('nothing moves under the hand, and "." applies what waits', async () => {
    const host = new FakeHost(snapshot(rooms()))
    const page = await openRows(host)
    await page.getByTestId('room-row').first().hover()
    await host.push({
      name: 'rooms_changed',
      payload: { changed: [summary('calm', { attention: [banned(), bad(), newer(), newer()] })], removed: ['bad'] },
    })
    await page.locator('[data-testid="waiting"][data-count="2"]').waitFor()
    await page.locator('[data-room="bad"][data-ended="true"]').getByTestId('attention').waitFor()
    await page.keyboard.press('.')
    await expect.poll(() => namesOf(page, 'room-row')).toEqual(['calm', 'worse', 'unheard-of'])
  })

  it.each(['<img src=x onerror="window.hacked=1">', 'غرفة الدعم الفني', '🎧🎧🎧', 'x'.repeat(200)])(
    'a room named %j fits its row, at 400 per cent zoom too',
    async (name) => {
      const page = await openRows(new FakeHost(snapshot([summary(name, { attention: [bad(), mark('new', 1, 'w'.repeat(300))] })])))
      const row = page.getByTestId('room-row')
      expect(await row.innerText()).toContain(name)
      expect((await row.boundingBox())?.height).toBe(34)
      expect(await page.locator('img').count()).toBe(0)
      await page.setViewportSize({ width: 360, height: 225 })
      expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true)
      expect(await page.locator('main').evaluate((main) => main.scrollWidth - main.clientWidth)).toBe(0)
    },
  )

  it.each(['dark', 'light'] as const)('axe finds nothing, %s', async (scheme) => {
    const some = [...rooms(), summary('old', { observedAt: Date.now() - 42_000, speaking })]
    const page = await openRows(new FakeHost(snapshot(some)), { scheme })
    await page.getByTestId('room-row').first().focus()
    const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze()
    expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([])
  })
})
