import type { Locator } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { addedOperatorSchema } from '#shared/contract/http-operators.ts'
import type { Profile } from '#shared/domain/profile.ts'
import { mintBotToken } from '#demo/bot-token.ts'
import { joinBot, type Bot, type BotMessage, type BotOptions } from '#demo/bot.ts'
import { disposeRtc } from '#demo/rtc.ts'
import { startApp, type App } from '../harness/app.ts'
import { startRedis, type RedisPeer } from '../harness/redis.ts'
import { startRelay, type Relay } from '../harness/relay.ts'
import { startServerProcess, type ServerProcess } from '../harness/server-process.ts'
import { adminToken, freshRoom, startStack, type Stack } from '../harness/stack.ts'
import { peers } from '../peers.ts'

const missing = peers.livekit === null || peers.redis === null || peers.chromium === null
const seconds = (count: number) => ({ timeout: count * 1000 })
const disconnected = (bot: Bot) => new Promise<string>((resolve) => void bot.onDisconnected(resolve))
const nextMuted = (bot: Bot) =>
  new Promise<string>((resolve) => void bot.onMuted(({ source, muted }) => resolve(`${source} ${muted ? 'muted' : 'unmuted'}`)))
const nextMessage = (bot: Bot) => new Promise<BotMessage>((resolve) => void bot.onMessage(resolve))
/** LiveKit's own list of publish sources: an empty one means all, 2 is the microphone. */
const mayBeHeard = (sources: readonly number[] | undefined) => sources !== undefined && (sources.length === 0 || sources.includes(2))
const teamOf = (id: string, serverUrl: string, token: string): Profile => ({ kind: 'team', id, name: id, serverUrl, token })

describe.skipIf(missing)('D3 what a moderator does on the screen reaches the people', () => {
  let stack: Stack
  let relay: Relay
  let redis: RedisPeer
  let server: ServerProcess
  let app: App
  const bots: Bot[] = []

  beforeAll(async () => {
    stack = await startStack()
    relay = await startRelay([Number(new URL(stack.livekit.url).port)])
    redis = await startRedis(peers.redis ?? '')
    server = await startServerProcess(
      stack.settings(0, { redisUrl: redis.url, livekitHost: relay.url.replace(/^http/, 'ws'), observeRooms: 20 }),
    )
    app = await startApp(teamOf('night', server.url, adminToken))
    await app.page.locator('[data-testid="connection"][data-state="live"]').waitFor()
  })
  afterEach(async () => {
    await relay.mend()
    expect(app.errors).toEqual([])
    await Promise.all(bots.splice(0).map((bot) => bot.leave()))
  })
  afterAll(async () => {
    await app.stop()
    await Promise.all(bots.map((bot) => bot.leave()))
    await stack.stop()
    await server.kill()
    relay.close()
    await redis.stop()
    await disposeRtc()
  })

  const tokenFor = (room: string, identity: string) => mintBotToken({ ...stack.livekit, room, identity })
  /** Joins; with a token: as somebody does who has kept it. */
  async function join(room: string, identity: string, options: Partial<BotOptions> = {}): Promise<Bot> {
    const bot = await joinBot({ ...stack.livekit, room, identity, publish: {}, ...options })
    bots.push(bot)
    return bot
  }
  const present = async (room: string) =>
    (await stack.api.listParticipants(room).catch(() => []))
      .filter(({ permission }) => permission?.hidden !== true)
      .map((one) => one.identity)
  const inRoom = (identity: string, state = '') =>
    app.page.locator(`[data-testid="participant-row"][data-identity=${JSON.stringify(identity)}][data-online="true"]${state}`)
  /** Until the activity of the open room tells it, with who did it. */
  const told = (type: string, ...words: readonly string[]) =>
    words.reduce(
      (entries, hasText) => entries.filter({ hasText }),
      app.page.locator(`[data-testid="feed-entry"][data-type="${type}"][data-operator="admin"]`),
    )
  async function enter(room: string, ...identities: readonly string[]): Promise<void> {
    await app.openRoom(room)
    for (const identity of identities) await inRoom(identity).waitFor()
  }
  /** Chooses somebody, so that the keys are about them. */
  async function choose(identity: string): Promise<void> {
    await app.row(identity).click({ position: { x: 60, y: 20 } })
    await app.page.locator(`[data-identity="${identity}"][data-cursor="true"]`).waitFor()
  }
  async function chooseFromMenu(identity: string, deed: string): Promise<void> {
    await app.row(identity).getByTestId('more').click()
    await app.page.getByTestId(`menu-${deed}`).click()
  }
  async function confirm(dialog: string, reason: string, before?: (form: Locator) => Promise<unknown>): Promise<void> {
    const form = app.page.getByTestId(`${dialog}-dialog`)
    await form.getByTestId('reason').fill(reason)
    await before?.(form)
    await form.getByTestId('confirm').click()
    await form.waitFor({ state: 'detached' })
  }
  const goTo = (page: string) => app.page.getByRole('link', { name: page, exact: true }).click()
  async function lift(identity: string): Promise<void> {
    await goTo('In force')
    const measure = app.page.getByTestId('measure').filter({ hasText: identity })
    await measure.getByTestId('measure-lift').click()
    await app.page.getByTestId('lift-confirm').click()
    await measure.waitFor({ state: 'detached' })
  }

  describe('to one person', () => {
    it('m mutes, v stops the video, and the menu ends a screen share', async () => {
      const room = freshRoom('media')
      const bot = await join(room, 'ana', { publish: { microphone: true, camera: true } })
      await bot.setScreen(true)
      await enter(room)
      await inRoom('ana', '[data-audio="on"][data-video="on"]').waitFor()
      await choose('ana')
      for (const [key, source, type] of [
        ['m', 'microphone', 'microphone'],
        ['v', 'camera', 'camera'],
      ] as const) {
        const muted = nextMuted(bot)
        await app.page.keyboard.press(key)
        expect(await muted).toBe(`${source} muted`)
        await told('track_muted', 'ana', type).waitFor()
      }
      await inRoom('ana', '[data-audio="muted"][data-video="muted"]').waitFor()
      const muted = nextMuted(bot)
      await chooseFromMenu('ana', 'stop_screen')
      expect(await muted).toBe('screen_share muted')
      await told('track_muted', 'ana', 'screen').waitFor()
    })

    it('w sends a message to one, the button to the whole room', async () => {
      const room = freshRoom('message')
      const [ana, bo] = [await join(room, 'ana'), await join(room, 'bo')]
      await enter(room, 'ana', 'bo')
      const toAna = nextMessage(ana)
      const heard: string[] = []
      bo.onMessage(({ text }) => heard.push(text))
      await choose('ana')
      await app.page.keyboard.press('w')
      await app.page.getByTestId('message').fill('Please be kind <b>')
      await app.page.keyboard.press('Control+Enter')
      const message = await toAna
      expect(message.topic).toBe('usher')
      expect(JSON.parse(message.text)).toEqual({ v: 1, text: 'Please be kind <b>' })
      await told('message_sent', 'ana').waitFor()
      const toAll = Promise.all([nextMessage(ana), nextMessage(bo)])
      await app.page.getByTestId('room-message_all').click()
      await app.page.getByTestId('message').fill('Ten minutes left')
      await app.page.getByTestId('confirm').click()
      for (const { text } of await toAll) expect(JSON.parse(text)).toEqual({ v: 1, text: 'Ten minutes left' })
      expect(heard).toHaveLength(1)
      await expect.poll(() => told('message_sent').count(), seconds(5)).toBe(2)
    })

    it('S2.4 the microphone taken away is unpublished; given back, they may publish it again', async () => {
      const room = freshRoom('permission')
      await join(room, 'ana', { publish: { microphone: true } })
      await enter(room)
      await inRoom('ana', '[data-audio="on"]').waitFor()
      await choose('ana')
      await app.page.keyboard.press('p')
      const microphone = app.page.getByTestId('switch-microphone')
      await microphone.click()
      await expect.poll(async () => (await stack.api.getParticipant(room, 'ana')).tracks, seconds(5)).toHaveLength(0)
      await app.page.locator('[data-testid="switch-microphone"][data-pending="false"]:not(:checked)').waitFor()
      await inRoom('ana', '[data-audio="denied"]').waitFor()
      await microphone.click()
      await expect
        .poll(async () => (await stack.api.getParticipant(room, 'ana')).permission?.canPublishSources ?? [], seconds(5))
        .toSatisfy(mayBeHeard)
      await app.page.locator('[data-testid="switch-microphone"][data-pending="false"]:checked').waitFor()
      await inRoom('ana', '[data-audio="off"]').waitFor()
      await app.page.getByTestId('inspector-close').click()
      await expect.poll(() => told('permission_changed', 'ana').count(), seconds(5)).toBe(2)
    })

    it('S2.2 a role is a badge on the row, still theirs after they come back, and when the room begins anew', async () => {
      const room = freshRoom('role')
      await join(room, 'keeper')
      const bot = await join(room, 'ana')
      await enter(room, 'keeper', 'ana')
      await chooseFromMenu('ana', 'role')
      await app.page.getByTestId('role').fill('SPEAKER')
      await app.page.getByTestId('confirm').click()
      await inRoom('ana').getByTitle('SPEAKER').waitFor()
      await told('role_changed', 'ana').waitFor()
      await bot.leave()
      await inRoom('ana').waitFor({ state: 'detached' })
      await join(room, 'ana')
      await inRoom('ana').getByTitle('SPEAKER').waitFor()
      await stack.api.deleteRoom(room)
      await app.page.locator('[data-testid="room-life"][data-life="ended"]').waitFor()
      await Promise.all([join(room, 'ana'), join(room, 'keeper')])
      await inRoom('ana').getByTitle('SPEAKER').waitFor()
      await inRoom('keeper').waitFor()
      expect(await inRoom('keeper').getByTitle('SPEAKER').count()).toBe(0)
    })

    it('x removes, and they can join again with the same token', async () => {
      const room = freshRoom('remove')
      await join(room, 'keeper')
      const token = await tokenFor(room, 'ana')
      const bot = await join(room, 'ana', { token })
      await enter(room, 'ana')
      const out = disconnected(bot)
      await choose('ana')
      await app.page.keyboard.press('x')
      await confirm('remove', 'off topic')
      expect(await out).toBe('PARTICIPANT_REMOVED')
      await told('participant_removed', 'ana', 'off topic').waitFor()
      await inRoom('ana').waitFor({ state: 'detached' })
      const again = await join(room, 'ana', { token })
      await inRoom('ana').waitFor()
      expect(await present(room)).toContain(again.identity)
    })
  })

  describe('X1 what stays in force', () => {
    it('b bans in this room: the old token brings them out again, elsewhere they may be; lifted, they are free', async () => {
      const [room, other] = [freshRoom('ban'), freshRoom('elsewhere')]
      await join(room, 'keeper')
      const token = await tokenFor(room, 'bo-ban')
      const out = disconnected(await join(room, 'bo-ban', { token }))
      await enter(room, 'bo-ban')
      await choose('bo-ban')
      await app.page.keyboard.press('b')
      await confirm('ban', 'threats')
      expect(await out).toBe('PARTICIPANT_REMOVED')
      await told('measure_imposed', 'bo-ban', 'threats').waitFor()
      await inRoom('bo-ban').waitFor({ state: 'detached' })
      const again = await join(room, 'bo-ban', { token })
      expect(await disconnected(again)).toBe('PARTICIPANT_REMOVED')
      await app.page.locator('[data-testid="feed-entry"][data-type="measure_enforced"]').filter({ hasText: 'bo-ban' }).waitFor()
      expect(await present(room)).toEqual(['keeper'])
      await app.page.getByTestId('room-in-force').filter({ hasText: '1 banned' }).waitFor()
      await join(other, 'bo-ban')
      await enter(other, 'bo-ban')
      await lift('bo-ban')
      await join(room, 'bo-ban', { token })
      await enter(room, 'bo-ban', 'keeper')
      expect(await present(room)).toContain('bo-ban')
      await told('measure_lifted', 'bo-ban').waitFor()
    })

    it('a ban in all rooms holds in each; Undo takes it back', async () => {
      const rooms = [freshRoom('one'), freshRoom('two')] as const
      await Promise.all(rooms.map((room) => join(room, 'keeper')))
      const banned = await Promise.all(rooms.map((room) => join(room, 'cy-ban')))
      const outs = Promise.all(banned.map(disconnected))
      await enter(rooms[0], 'cy-ban')
      await choose('cy-ban')
      await app.page.keyboard.press('b')
      await confirm('ban', 'spam everywhere', (form) => form.getByText('All rooms').click())
      expect(await outs).toEqual(['PARTICIPANT_REMOVED', 'PARTICIPANT_REMOVED'])
      const again = await join(rooms[1], 'cy-ban')
      expect(await disconnected(again)).toBe('PARTICIPANT_REMOVED')
      const offer = app.page.locator('.mantine-Notification-root').filter({ hasText: 'cy-ban' })
      await offer.getByTestId('undo').click()
      await told('measure_lifted', 'cy-ban').waitFor()
      await join(rooms[1], 'cy-ban')
      await enter(rooms[1], 'cy-ban', 'keeper')
      expect(await present(rooms[1])).toContain('cy-ban')
    })

    it('a denied microphone is denied again after they come back', async () => {
      const room = freshRoom('deny')
      await join(room, 'keeper')
      const token = await tokenFor(room, 'di')
      const bot = await join(room, 'di', { token, publish: { microphone: true } })
      await enter(room, 'di')
      await inRoom('di', '[data-audio="on"]').waitFor()
      await chooseFromMenu('di', 'deny')
      await confirm('deny', 'music')
      await inRoom('di', '[data-audio="denied"]').waitFor()
      await expect.poll(async () => (await stack.api.getParticipant(room, 'di')).tracks, seconds(5)).toHaveLength(0)
      await told('measure_imposed', 'di', 'music').waitFor()
      await bot.leave()
      await inRoom('di').waitFor({ state: 'detached' })
      await join(room, 'di', { token })
      await inRoom('di', '[data-audio="denied"]').waitFor()
      const sources = async () => (await stack.api.getParticipant(room, 'di')).permission?.canPublishSources
      await expect.poll(sources, seconds(5)).toEqual([1, 3, 4])
      await choose('di')
      await app.page.keyboard.press('p')
      expect(await app.page.getByTestId('denied-microphone').innerText()).toContain('Denied by admin')
      await app.page.getByTestId('grant-microphone').click()
      await expect.poll(sources, seconds(5)).toSatisfy(mayBeHeard)
      await app.page.locator('[data-testid="switch-microphone"]:checked').waitFor()
      await app.page.getByTestId('inspector-close').click()
    })
  })

  describe('X6 to many', () => {
    it('a lock silences all but two of 30, and who joins later', async () => {
      const room = freshRoom('lock')
      const names = Array.from({ length: 30 }, (_, index) => `guest-${String(index).padStart(2, '0')}`)
      for (let first = 0; first < names.length; first += 6)
        await Promise.all(names.slice(first, first + 6).map((name) => join(room, name, { publish: { microphone: name <= 'guest-02' } })))
      await app.openRoom(room)
      await app.page.getByTestId('room-counts').filter({ hasText: '30 online' }).waitFor()
      await inRoom('guest-00', '[data-audio="on"]').waitFor()
      await app.page.getByTestId('room-lock').click()
      await confirm('lock', 'lecture', async (form) => {
        await form.getByTestId('except-people').click()
        for (const name of ['guest-00', 'guest-07']) await app.page.getByRole('option', { name }).click()
        await form.getByTestId('count').fill('28')
      })
      await app.page.getByTestId('bulk-run').filter({ hasText: '28 done' }).waitFor()
      await expect.poll(async () => (await withMicrophone(room)).toSorted(), seconds(15)).toEqual(['guest-00', 'guest-07'])
      await told('permission_changed', 'guest-').first().waitFor()
      await app.page.getByTestId('room-in-force').filter({ hasText: 'Locked: Microphone' }).waitFor()
      await inRoom('guest-00', '[data-audio="on"]').waitFor()
      await inRoom('guest-01', '[data-audio="denied"]').waitFor()
      await join(room, 'guest-late')
      await expect.poll(async () => (await withMicrophone(room)).toSorted(), seconds(5)).toEqual(['guest-00', 'guest-07'])
      expect(await present(room)).toHaveLength(31)
      await app.page.getByTestId('room-in-force').getByRole('button').click()
      await app.page.locator('[data-testid="room-measure"][data-kind="lock"]').getByTestId('lift').click()
      await app.page.getByTestId('lift-confirm').click()
      await expect.poll(async () => (await withMicrophone(room)).length, seconds(15)).toBe(31)
      await app.page.getByTestId('room-in-force').waitFor({ state: 'detached' })
      await goTo('Log')
      await app.page.getByLabel('Filter text').fill('microphone locked')
      await told('measure_imposed', room, 'lecture').waitFor()
      await told('measure_lifted', room).waitFor()
    })

    const withMicrophone = async (room: string) =>
      (await stack.api.listParticipants(room))
        .filter(({ permission }) => permission?.hidden !== true)
        .filter(
          ({ permission }) =>
            permission?.canPublish && (permission.canPublishSources.length === 0 || permission.canPublishSources.includes(2)),
        )
        .map(({ identity }) => identity)

    it('mute all leaves out whom it names', async () => {
      const room = freshRoom('mute all')
      const publish = { microphone: true }
      const [ana, bo, cy] = [await join(room, 'ana', { publish }), await join(room, 'bo', { publish }), await join(room, 'cy', { publish })]
      await enter(room)
      for (const identity of ['ana', 'bo', 'cy']) await inRoom(identity, '[data-audio="on"]').waitFor()
      const muted = Promise.all([nextMuted(ana), nextMuted(cy)])
      await app.page.getByTestId('room-mute_all').click()
      await confirm('mute-all', 'quiet please', async (form) => {
        await form.getByTestId('except-people').click()
        await app.page.getByRole('option', { name: 'bo' }).click()
      })
      expect(await muted).toEqual(['microphone muted', 'microphone muted'])
      for (const identity of ['ana', 'cy']) {
        await inRoom(identity, '[data-audio="muted"]').waitFor()
        await told('track_muted', identity).waitFor()
      }
      expect(bo.isMuted()).toBe(false)
      await inRoom('bo', '[data-audio="on"]').waitFor()
      await app.page.getByTestId('bulk-run').filter({ hasText: '2 done' }).waitFor()
    })

    it('those chosen with Shift and Ctrl are removed, and who had left meanwhile is told apart', async () => {
      const room = freshRoom('bulk')
      const [ana, bo, , di] = [await join(room, 'ana'), await join(room, 'bo'), await join(room, 'cy'), await join(room, 'di')]
      await enter(room, 'ana', 'bo', 'cy', 'di')
      await choose('ana')
      await app.row('di').click({ modifiers: ['Shift'] })
      await app.row('cy').click({ modifiers: ['ControlOrMeta'] })
      await app.page.getByTestId('bulk-bar').filter({ hasText: '3 selected' }).waitFor()
      await app.page.getByTestId('bulk-remove').click()
      const outs = Promise.all([disconnected(ana), disconnected(di)])
      await confirm('remove', 'raid', async (form) => {
        await bo.leave()
        await form.getByTestId('gone').waitFor()
      })
      expect(await outs).toEqual(['PARTICIPANT_REMOVED', 'PARTICIPANT_REMOVED'])
      await app.page.getByTestId('bulk-summary').filter({ hasText: '2 done, 1 failed' }).waitFor()
      const gone = app.page.getByTestId('bulk-target').filter({ hasText: 'bo' })
      expect(await gone.getAttribute('data-ok')).toBe('false')
      expect(await gone.innerText()).toContain('has left')
      expect(await present(room)).toEqual(['cy'])
      for (const identity of ['ana', 'di']) await told('participant_removed', identity, 'raid').waitFor()
      expect(await told('participant_removed', 'bo').count()).toBe(0)
    })

    it('a closed room ends for all, and stays closed until its time; its past says who was there and what was done', async () => {
      const room = freshRoom('close')
      const token = await tokenFor(room, 'ana')
      const outs = Promise.all([disconnected(await join(room, 'ana', { token })), disconnected(await join(room, 'bo'))])
      await enter(room, 'ana', 'bo')
      await app.page.getByTestId('room-close').click()
      await confirm('close', 'over for today', async (form) => {
        await form.getByText('1 hour').click()
        await form.getByTestId('count').fill('2')
      })
      expect(await outs).toEqual(['ROOM_DELETED', 'ROOM_DELETED'])
      await app.page.locator('[data-testid="room-life"][data-life="ended"]').waitFor()
      await told('room_finished', 'over for today').or(told('measure_imposed', 'over for today')).first().waitFor()
      const again = await join(room, 'ana', { token }).catch(() => null)
      if (again !== null) expect(['PARTICIPANT_REMOVED', 'ROOM_DELETED']).toContain(await disconnected(again))
      await expect.poll(() => present(room), seconds(5)).toEqual([])
      await app.page.getByTestId('past-link').or(app.page.getByTestId('room-past').getByRole('link')).first().click()
      await app.page.getByTestId('session').last().getByRole('link').click()
      const whole = app.page.getByTestId('whole-session')
      for (const identity of ['ana', 'bo']) await whole.getByTestId('timeline-line').filter({ hasText: identity }).first().waitFor()
      const done = whole.getByTestId('audit-entry').filter({ hasText: 'over for today' })
      await done.waitFor()
      expect(await done.getAttribute('data-result')).toBe('done')
    })
  })

  describe('D5, D6 what is on record afterwards', () => {
    it('a ban is in the log with its reason and result, and on the person’s page with their stays', async () => {
      const room = freshRoom('records')
      await join(room, 'keeper')
      const out = disconnected(await join(room, 'Zoë-on-record'))
      await enter(room, 'Zoë-on-record')
      await choose('Zoë-on-record')
      await app.page.keyboard.press('b')
      await confirm('ban', 'sells tickets')
      await out
      await goTo('Log')
      await app.page.getByText('Actions', { exact: true }).click()
      const entry = app.page.getByTestId('audit-entry').filter({ hasText: 'Zoë-on-record' }).first()
      await entry.filter({ hasText: 'sells tickets' }).filter({ hasText: 'admin' }).waitFor()
      expect(await entry.getAttribute('data-result')).toBe('done')
      await goTo('People')
      await app.page.getByTestId('people-search').fill('zoe-on')
      await app.page.getByTestId('found').filter({ hasText: 'Zoë-on-record' }).click()
      const panel = app.page.getByTestId('person-panel')
      await panel.getByTestId('stay').filter({ hasText: room }).waitFor()
      await panel.getByTestId('person-measure').filter({ hasText: 'sells tickets' }).waitFor()
      await panel.getByTestId('audit-entry').filter({ hasText: 'sells tickets' }).waitFor()
    })
  })

  describe('what can’t be done is not shown as done', () => {
    it('a person who has come back as somebody new is not removed in place of the one who was meant', async () => {
      const room = freshRoom('meant')
      const bot = await join(room, 'ana')
      await join(room, 'keeper')
      await enter(room, 'ana')
      await choose('ana')
      await app.page.keyboard.press('x')
      await confirm('remove', 'mistaken', async (form) => {
        await bot.leave()
        await form.getByTestId('gone').waitFor()
        await join(room, 'ana')
        await inRoom('ana').waitFor()
      })
      await app.row('ana').locator('[data-testid="outcome"][data-state="failed"]').filter({ hasText: 'nothing was done' }).waitFor()
      expect(await present(room)).toContain('ana')
      expect(await told('participant_removed', 'ana').count()).toBe(0)
    })

    it('LiveKit out of reach: a mute failed, a switch goes back with why, and Retry does it once it is there', async () => {
      const room = freshRoom('unreachable')
      await join(room, 'ana', { publish: { microphone: true } })
      await enter(room)
      await inRoom('ana', '[data-audio="on"]').waitFor()
      await choose('ana')
      relay.cut()
      await app.page.keyboard.press('m')
      const outcome = app.row('ana').getByTestId('outcome')
      await outcome.and(app.page.locator('[data-state="failed"]')).filter({ hasText: 'LiveKit did not answer' }).waitFor()
      await outcome.getByTestId('dismiss').click()
      await app.page.keyboard.press('p')
      const microphone = app.page.getByTestId('switch-microphone')
      await microphone.click()
      const refused = app.page.getByTestId('refused-microphone')
      await refused.filter({ hasText: 'LiveKit did not answer' }).waitFor()
      expect(await microphone.isChecked()).toBe(true)
      await inRoom('ana', '[data-audio="on"]').waitFor()
      expect((await stack.api.getParticipant(room, 'ana')).tracks).toHaveLength(1)
      await relay.mend()
      await refused.getByTestId('refused-retry').click()
      await expect.poll(async () => (await stack.api.getParticipant(room, 'ana')).tracks, seconds(5)).toHaveLength(0)
      await app.page.locator('[data-testid="switch-microphone"][data-pending="false"]:not(:checked)').waitFor()
      await refused.waitFor({ state: 'detached' })
      await app.page.getByTestId('inspector-close').click()
    })
  })

  describe('D7 what a role may not do is not there', () => {
    async function as(role: string, look: (page: App) => Promise<void>): Promise<void> {
      const answer = await fetch(`${server.url}/api/operators`, {
        method: 'POST',
        headers: { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' },
        body: JSON.stringify({ name: `${role} on shift`, role }),
      })
      const { token } = addedOperatorSchema.parse(await answer.json())
      const theirs = await startApp(teamOf(role, server.url, token))
      try {
        await look(theirs)
        expect(theirs.errors).toEqual([])
      } finally {
        await theirs.stop()
      }
    }

    it('a viewer sees the room and no action; support mutes, and denies for an hour at the most', { timeout: 90_000 }, async () => {
      const room = freshRoom('roles')
      const bot = await join(room, 'ana', { publish: { microphone: true } })
      await as('viewer', async ({ page, openRoom, row }) => {
        await openRoom(room)
        await row('ana').and(page.locator('[data-audio="on"]')).waitFor()
        for (const name of [
          'mute',
          'stop-video',
          'remove',
          'may-microphone',
          'room-lock',
          'room-close',
          'room-message_all',
          'room-mute_all',
        ])
          expect(await page.getByTestId(name).count()).toBe(0)
        await row('ana').getByTestId('more').click()
        await page.getByTestId('menu-inspect').waitFor()
        for (const name of ['message', 'ban', 'deny', 'role', 'grant']) expect(await page.getByTestId(`menu-${name}`).count()).toBe(0)
        for (const name of ['People', 'In force']) expect(await page.getByRole('link', { name, exact: true }).count()).toBe(0)
      })
      await as('support', async ({ page, openRoom, row }) => {
        await openRoom(room)
        await row('ana').and(page.locator('[data-audio="on"]')).waitFor()
        for (const name of ['remove', 'may-microphone', 'room-lock', 'room-close', 'room-mute_all'])
          expect(await page.getByTestId(name).count()).toBe(0)
        const muted = nextMuted(bot)
        await row('ana').getByTestId('mute').click()
        expect(await muted).toBe('microphone muted')
        await page.locator('[data-testid="feed-entry"][data-type="track_muted"][data-operator="support on shift"]').waitFor()
        await row('ana').getByTestId('more').click()
        for (const name of ['ban', 'role', 'grant']) expect(await page.getByTestId(`menu-${name}`).count()).toBe(0)
        await page.getByTestId('menu-deny').click()
        const form = page.getByTestId('deny-dialog')
        await form.waitFor()
        for (const choice of ['24h', '7d', '30d', 'lifted']) expect(await form.getByTestId(`lasting-${choice}`).count()).toBe(0)
        await form.getByTestId('reason').fill('noise')
        await form.getByTestId('confirm').click()
        await row('ana').and(page.locator('[data-audio="denied"]')).waitFor()
        await page.getByRole('link', { name: 'In force', exact: true }).click()
        await page.getByTestId('measure').filter({ hasText: 'ana' }).filter({ hasText: 'support on shift' }).waitFor()
      })
    })
  })
})
