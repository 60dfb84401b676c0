import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { actionSchema, type Action, type PendingAction } from '#shared/domain/action.ts'
import type { Participant } from '#shared/domain/participant.ts'
import type { RoomUpdate } from '#shared/domain/room.ts'
import type { SessionSnapshot } from '#shared/contract/ipc-session.ts'
import { FakeHost } from './fake-host.ts'
import { findViolations } from './find-violations.ts'
import { crowd, detail, event, person, snapshot, summary } from './sample-data.ts'
import type { OpenOptions } from './screens.ts'
import { peers } from '../peers.ts'
import { setUpScreens } from './set-up-screens.ts'

const open = setUpScreens()

const lobby = summary('lobby')

async function openLobby(
  people: readonly Participant[],
  change: Partial<SessionSnapshot> = {},
  options: OpenOptions = {},
): Promise<{ page: Page; host: FakeHost }> {
  const host = new FakeHost(snapshot([lobby], change))
  host.details.set('lobby', detail(lobby, people))
  // A host that takes an action up and answers by a push, as the real one does.
  host.answer('act', () => new Promise(() => {}))
  const page = await open(host, { ...options, path: '/room/lobby' })
  await page.getByTestId('participant-row').first().waitFor()
  return { page, host }
}
const row = (page: Page, identity: string) => page.locator(`[data-testid="participant-row"][data-identity="${identity}"]`)
const update = (revision: number, change: Partial<RoomUpdate>): RoomUpdate => ({
  room: 'lobby',
  revision,
  changed: [],
  removed: [],
  online: 2,
  total: 2,
  ...change,
})

async function nextAction(host: FakeHost): Promise<Action> {
  return actionSchema.parse((await host.nextCall('act')).payload)
}
function settled(action: Action, outcome: PendingAction['outcome']): PendingAction {
  return { action, startedAt: Date.now(), outcome }
}
const ana = person('ana', { name: 'Ana' })
const bo = person('bo', { name: 'Bo' })

describe.skipIf(peers.chromium === null)('the people of a room', () => {
  it('S2.5 a row tells speaking, microphone, camera, quality and role', async () => {
    const { page, host } = await openLobby([
      ana,
      person('bo', { role: 'HOST', tracks: [{ sid: 'TR', source: 'microphone', muted: true }] }),
      person('cy', { tracks: [] }),
    ])
    await host.push({
      name: 'presence_changed',
      payload: {
        room: 'lobby',
        at: Date.now(),
        speaking: [{ identity: 'ana', level: 0.6 }],
        quality: [
          { identity: 'ana', quality: 'excellent' },
          { identity: 'bo', quality: 'lost' },
        ],
      },
    })
    await page.locator('[data-identity="ana"][data-speaking="true"][data-quality="excellent"][data-audio="on"][data-video="on"]').waitFor()
    await page.locator('[data-identity="bo"][data-speaking="false"][data-quality="lost"][data-audio="muted"][data-video="off"]').waitFor()
    await page.locator('[data-identity="cy"][data-quality="unknown"]').waitFor()
    expect(await row(page, 'bo').innerText()).toContain('HOST')
    expect(await row(page, 'cy').innerText()).toContain('no tracks')
    expect(await page.getByTestId('room-life').getAttribute('data-life')).toBe('live')
    expect(await page.getByTestId('signals').getAttribute('data-source')).toBe('server')
  })

  it('40 people are all there, and scroll', async () => {
    const { page } = await openLobby(crowd(40))
    expect(await page.getByTestId('room-counts').innerText()).toBe('40 online / 40 total')
    await page.getByRole('grid').focus()
    await page.keyboard.press('End')
    await page.locator('[data-testid="participant-row"][aria-rowindex="41"][aria-selected="true"]').waitFor()
  })

  it('5,000 people draw fewer than 100 rows, and the filter finds one', async () => {
    const { page } = await openLobby(crowd(5_000))
    const rows = page.getByTestId('participant-row')
    expect(await rows.count()).toBeLessThan(100)
    await page.getByRole('grid').focus()
    await page.keyboard.press('End')
    await page.locator('[aria-rowindex="5001"][aria-selected="true"]').waitFor()
    expect(await rows.count()).toBeLessThan(100)
    await page.getByTestId('people-filter').fill('user-4711')
    await row(page, 'user-4711').waitFor()
    await expect.poll(() => rows.count()).toBe(1)
  })

  it('who leaves goes to those who are not online; who joins appears', async () => {
    const { page, host } = await openLobby([ana, bo])
    await host.push({
      name: 'room_changed',
      payload: update(2, { changed: [{ ...bo, isOnline: false, leftAt: Date.now() }, person('cy')] }),
    })
    await row(page, 'cy').waitFor()
    await row(page, 'bo').waitFor({ state: 'detached' })
    await page.getByTestId('away').locator('summary').click()
    await page.locator('[data-away="bo"]').waitFor()
    await expect.poll(() => page.getByTestId('participant-row').count()).toBe(2)
  })

  it('nothing moves under the hand: who speaks goes up only when the hand lets go', async () => {
    const { page, host } = await openLobby([ana, bo])
    const first = page.getByTestId('participant-row').first()
    await row(page, 'ana').hover()
    await host.push({
      name: 'presence_changed',
      payload: { room: 'lobby', at: Date.now(), speaking: [{ identity: 'bo', level: 0.9 }], quality: [] },
    })
    await page.locator('[data-testid="waiting"][data-count="1"]').waitFor()
    expect(await first.getAttribute('data-identity')).toBe('ana')
    await page.getByTestId('people-filter').hover()
    await page.getByTestId('waiting').waitFor({ state: 'detached' })
    expect(await first.getAttribute('data-identity')).toBe('bo')
  })

  it('after a gap the room is asked for again', async () => {
    const { page, host } = await openLobby([ana, bo])
    await host.nextCall('open_room')
    host.details.set('lobby', { ...detail(lobby, [ana, person('cy')]), revision: 9 })
    await host.push({ name: 'room_changed', payload: update(9, {}) })
    expect((await host.nextCall('open_room')).payload).toEqual({ room: 'lobby' })
    await row(page, 'cy').waitFor()
    expect(await row(page, 'bo').count()).toBe(0)
  })

  it('a room that ends says so and keeps its people', async () => {
    const { page, host } = await openLobby([ana])
    await host.push(
      { name: 'room_changed', payload: update(2, { changed: [{ ...ana, isOnline: false, leftAt: Date.now() }], online: 0, total: 1 }) },
      { name: 'rooms_changed', payload: { changed: [], removed: ['lobby'] } },
    )
    await page.locator('[data-testid="room-life"][data-life="ended"]').waitFor()
    expect(await page.getByTestId('away').locator('summary').innerText()).toBe('Left: 1')
    await page.locator('[data-away="ana"]').waitFor()
  })

  it.each(['<img src=x onerror="window.hacked=1">', 'سارة علي', '👩‍🚀🎧', '__proto__', 'x'.repeat(200)])(
    'a person called %j is text, and the row keeps its height',
    async (name) => {
      const { page } = await openLobby([person(name, { name }), person('ana')])
      const named = page.locator('[data-testid="participant-row"]').filter({ hasText: name })
      expect(await named.first().getAttribute('data-identity')).toBe(name)
      expect((await named.first().boundingBox())?.height).toBe(44)
      expect(await page.locator('img').count()).toBe(0)
      expect(await page.evaluate(() => 'hacked' in window)).toBe(false)
      expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true)
    },
  )

  it('livekit-client is not loaded before a room can be observed', async () => {
    const { page } = await openLobby([ana])
    const scripts = await page.evaluate(() =>
      performance
        .getEntriesByType('resource')
        .map((entry) => entry.name)
        .filter((name) => name.endsWith('.js')),
    )
    expect(scripts.length).toBeGreaterThan(0)
    expect(scripts.filter((name) => name.includes('livekit'))).toEqual([])
  })
})

describe.skipIf(peers.chromium === null)('D3 actions', () => {
  it('mute sends the action at once, shows it as pending, then why it failed, with Retry', async () => {
    const { page, host } = await openLobby([ana, bo], {}, { clock: true })
    await row(page, 'bo').getByTestId('mute').click()
    const action = await nextAction(host)
    expect(action).toMatchObject({
      type: 'mute',
      room: 'lobby',
      identity: 'bo',
      sources: ['microphone'],
      expect: { participantSid: 'PA_bo', roomSid: lobby.sid },
    })
    await page.locator('[data-identity="bo"][data-pending="pending"][data-audio="on"]').waitFor()
    await host.push({
      name: 'pending_changed',
      payload: settled(action, {
        state: 'failed',
        at: Date.now(),
        code: 'unavailable',
        detail: 'unreachable',
        message: 'LiveKit did not answer.',
      }),
    })
    await page.locator('[data-identity="bo"][data-pending="failed"]').waitFor()
    expect(await row(page, 'bo').getByTestId('outcome').innerText()).toContain('LiveKit did not answer.')
    await page.locator('.mantine-Notification-root').getByText('LiveKit did not answer.').waitFor()
    expect(await page.getByTestId('announcements').innerText()).toContain('Mute failed: Bo')
    await row(page, 'bo').getByTestId('retry').click()
    const again = await nextAction(host)
    expect(again).toEqual({ ...action, actionId: again.actionId })
    expect(again.actionId).not.toBe(action.actionId)
    await host.push({ name: 'pending_changed', payload: settled(again, { state: 'done', at: Date.now() }) })
    await page.locator('[data-identity="bo"][data-pending="done"]').waitFor()
    await page.clock.fastForward(3_000)
    await page.locator('[data-identity="bo"][data-pending="none"]').waitFor()
  })

  it('a request that is refused fails in the row, and can be dismissed', async () => {
    const { page, host } = await openLobby([bo])
    host.answer('act', () => ({ ok: false, code: 'forbidden', message: 'Your role may not mute.' }))
    await row(page, 'bo').getByTestId('mute').click()
    await page.locator('[data-identity="bo"][data-pending="failed"]').waitFor()
    expect(await row(page, 'bo').getByTestId('retry').count()).toBe(0)
    await row(page, 'bo').getByTestId('dismiss').click()
    await page.locator('[data-identity="bo"][data-pending="none"]').waitFor()
  })

  it('keys act on the selected row: v stops the video, m mutes', async () => {
    const { page, host } = await openLobby([ana, bo])
    await row(page, 'bo').waitFor()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowDown')
    await page.locator('[data-identity="bo"][aria-selected="true"]').waitFor()
    await page.keyboard.press('v')
    expect(await nextAction(host)).toMatchObject({ type: 'mute', identity: 'bo', sources: ['camera'] })
    await page.keyboard.press('m')
    expect(await nextAction(host)).toMatchObject({ type: 'mute', identity: 'bo', sources: ['microphone'] })
  })

  it('a key that can do nothing says why', async () => {
    const { page, host } = await openLobby([person('mia', { tracks: [] })])
    await row(page, 'mia').click()
    await page.keyboard.press('m')
    await page.locator('.mantine-Notification-root').filter({ hasText: /\S/ }).waitFor()
    expect(host.calls.filter((call) => call.name === 'act')).toEqual([])
  })

  it('remove asks first: the reason has the focus and is required', async () => {
    const { page, host } = await openLobby([ana, bo, person('bo-2', { name: 'Bo' })])
    await row(page, 'bo').click()
    await page.keyboard.press('x')
    const dialog = page.getByTestId('remove-dialog')
    await dialog.getByTestId('reason').and(page.locator(':focus')).waitFor()
    expect(await dialog.innerText()).toContain('can join again with the same token')
    expect(await dialog.getByTestId('namesakes').innerText()).toContain('Somebody else here has the same name')
    await dialog.getByTestId('confirm').click()
    await dialog.getByText('A reason is needed.').waitFor()
    expect(host.calls.filter((call) => call.name === 'act')).toEqual([])
    await dialog.getByTestId('reason').fill('  insults  ')
    await dialog.getByTestId('confirm').click()
    expect(await nextAction(host)).toMatchObject({
      type: 'remove',
      identity: 'bo',
      reason: 'insults',
      expect: { participantSid: 'PA_bo', roomSid: lobby.sid },
    })
    await dialog.waitFor({ state: 'detached' })
    await row(page, 'ana').getByTestId('remove').click()
    await page.getByTestId('remove-dialog').getByRole('button', { name: 'insults' }).click()
    expect(await page.getByTestId('reason').inputValue()).toBe('insults')
  })

  it('the focus is not lost when the row with the focused button leaves', async () => {
    const { page, host } = await openLobby([ana, bo])
    await row(page, 'bo').getByTestId('remove').click()
    await page.getByTestId('reason').fill('spam')
    await page.keyboard.press('Enter')
    await nextAction(host)
    await row(page, 'bo').getByTestId('remove').and(page.locator(':focus')).waitFor()
    await host.push({ name: 'room_changed', payload: update(2, { removed: ['bo'], online: 1, total: 1 }) })
    await page.getByTestId('people-filter').hover()
    await page.keyboard.press('.')
    await row(page, 'bo').waitFor({ state: 'detached' })
    await page.locator('[role="grid"]:focus').waitFor()
    await page.keyboard.press('ArrowDown')
    expect(await row(page, 'ana').getAttribute('aria-selected')).toBe('true')
  })

  it('mute with a reason, from the menu', async () => {
    const { page, host } = await openLobby([bo])
    await row(page, 'bo').getByTestId('more').click()
    await page.getByRole('menuitem', { name: 'Mute with a reason' }).click()
    await page.getByTestId('mute-dialog').getByTestId('reason').fill('spam')
    await page.keyboard.press('Enter')
    expect(await nextAction(host)).toMatchObject({ type: 'mute', sources: ['microphone'], reason: 'spam' })
  })

  it('when the link is down, actions are greyed and say why', async () => {
    const { page, host } = await openLobby([bo], { connection: { state: 'reconnecting', since: 0, why: 'closed' } })
    const mute = row(page, 'bo').getByTestId('mute')
    expect(await mute.getAttribute('aria-disabled')).toBe('true')
    expect(await mute.getAttribute('title')).toContain('The link to the sync server is down')
    await mute.click({ force: true })
    await page.keyboard.press('m')
    await page.keyboard.press('x')
    expect(await page.getByTestId('remove-dialog').count()).toBe(0)
    expect(host.calls.filter((call) => call.name === 'act')).toEqual([])
  })
})

describe.skipIf(peers.chromium === null)('X5 the activity of a room', () => {
  it('tells who did it and why, newest first, this room’s only', async () => {
    const bob = { participant: { identity: 'bo', sid: 'PA_bo', name: 'Bo' } }
    const { page, host } = await openLobby([bo], {
      feed: [event('participant_joined', 'lobby', bob), event('participant_joined', 'other', bob)],
    })
    const entries = page.getByTestId('feed-entry')
    await expect.poll(() => entries.count()).toBe(1)
    await host.push({
      name: 'feed_appended',
      payload: [
        event('track_muted', 'lobby', {
          ...bob,
          track: { sid: 'TR', source: 'microphone' },
          cause: 'action',
          operator: 'ana',
          reason: 'spam',
        }),
      ],
    })
    await page.locator('[data-testid="feed-entry"][data-type="track_muted"]').waitFor()
    expect(await entries.first().innerText()).toContain("Usher operator ana muted Bo's microphone: spam")
    await expect.poll(() => entries.count()).toBe(2)
  })

  it('what one action did to many is one line that unfolds by its button', async () => {
    const muted = ['Bo', 'Di', 'Ed', 'Flo', 'Gil'].map((name) =>
      event('track_muted', 'lobby', {
        participant: { identity: name.toLowerCase(), sid: `PA_${name}`, name },
        track: { sid: `TR_${name}`, source: 'microphone' },
        cause: 'action',
        operator: 'ana',
        actionId: 'a1',
        reason: `too loud${' and too often'.repeat(30)}`,
      }),
    )
    const { page } = await openLobby([bo], { feed: muted })
    const entries = page.getByTestId('feed-entry')
    await expect.poll(() => entries.count()).toBe(1)
    expect(await entries.first().innerText()).toContain('ana muted the microphone of Gil, Flo and 3 others: too loud and')
    // A long sentence is cut, and its button is not.
    await page.getByTestId('feed-fold').click()
    await expect.poll(() => entries.count()).toBe(6)
    expect(await entries.last().innerText()).toContain("ana muted Bo's microphone: too loud and")
    expect(await findViolations(page)).toEqual([])
    await page.getByTestId('feed-fold').press('Enter')
    await expect.poll(() => entries.count()).toBe(1)
  })
})
