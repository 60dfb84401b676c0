import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { disposeRtc } from '#demo/rtc.ts'
import type { Profile } from '#shared/domain/profile.ts'
import { startApp, type App } from '../harness/app.ts'
import { startRedis, type RedisPeer } from '../harness/redis.ts'
import { startServerProcess, type ServerProcess } from '../harness/server-process.ts'
import { adminToken, freshRoom, startStack, type Stack } from '../harness/stack.ts'
import { peers } from '../peers.ts'

const missing = peers.livekit === null || peers.redis === null || peers.chromium === null
const seconds = (count: number) => ({ timeout: count * 1000 })

describe.skipIf(missing)('from a bot to the pixels and back', () => {
  let stack: Stack
  let redis: RedisPeer
  let server: ServerProcess
  let app: App

  beforeAll(async () => {
    stack = await startStack()
    redis = await startRedis(peers.redis ?? '')
    server = await startServerProcess(stack.settings(0, { redisUrl: redis.url }))
    const team: Profile = { kind: 'team', id: 'team', name: 'Night shift', serverUrl: server.url, token: adminToken }
    app = await startApp(team)
    await app.page.locator('[data-testid="connection"][data-state="live"]').waitFor()
  })
  afterEach(() => {
    expect(app.errors).toEqual([])
  })
  afterAll(async () => {
    await app.stop()
    await stack.stop()
    await server.kill()
    await redis.stop()
    await disposeRtc()
  })

  it('D2 a bot that joins is on the wall and in its room, with its microphone', async () => {
    const room = freshRoom('wall')
    const bot = await stack.join(room, 'ana', { microphone: true })
    await app.tile(room).waitFor()
    await app.openRoom(room)
    await app.page.locator('[data-testid="participant-row"][data-identity="ana"][data-audio="on"]').waitFor()
    expect(await app.row('ana').getAttribute('data-video')).toBe('off')
    await bot.leave()
    await app.row('ana').waitFor({ state: 'detached' })
  })

  it('S4.5 speaking and quality of real bots appear in the open room, and no bot sees who looks', { timeout: 150_000 }, async () => {
    const room = freshRoom('signals')
    const speaker = await stack.join(room, 'bo', { microphone: true })
    const listener = await stack.join(room, 'cy')
    await app.openRoom(room)
    await app.row('bo').waitFor()
    speaker.startSpeaking()
    await app.page.locator('[data-testid="participant-row"][data-identity="bo"][data-speaking="true"]').waitFor(seconds(40))
    // Which quality it is depends on the machine; that LiveKit's word arrives does not.
    await app.page.locator('[data-testid="participant-row"][data-identity="bo"]:not([data-quality="unknown"])').waitFor(seconds(40))
    expect(await app.row('cy').getAttribute('data-quality')).toBe('unknown')
    await expect.poll(() => speaker.others(), seconds(20)).toEqual(['cy'])
    expect(listener.others()).toEqual(['bo'])
    await expect.poll(() => app.page.getByTestId('participant-row').count()).toBe(2)
    expect(await stack.api.listParticipants(room)).toHaveLength(3)
    speaker.stopSpeaking()
    await app.page.locator('[data-testid="participant-row"][data-identity="bo"][data-speaking="false"]').waitFor(seconds(20))
    speaker.muteMicrophone()
    await app.page.locator('[data-testid="participant-row"][data-identity="bo"][data-audio="muted"]').waitFor(seconds(20))
  })

  it('S4.5 who muted themselves before the room was opened is muted as soon as we look, though nobody told the server', async () => {
    const room = freshRoom('before')
    const bot = await stack.join(room, 'ida', { microphone: true })
    await app.page.evaluate(() => (location.hash = '/'))
    await app.tile(room).and(app.page.locator('[data-online="1"]')).waitFor()
    bot.muteMicrophone()
    await expect.poll(async () => (await stack.api.getParticipant(room, 'ida')).tracks[0]?.muted).toBe(true)
    await app.openRoom(room)
    // The sweep would tell it within 30 s.
    await app.page.locator('[data-testid="participant-row"][data-identity="ida"][data-audio="muted"]').waitFor(seconds(6))
  })

  it('D3 mute and remove from the screen: it happens to the bot, and the feed names the operator', async () => {
    const room = freshRoom('acts')
    const bot = await stack.join(room, 'di', { microphone: true })
    await app.openRoom(room)
    await app.page.locator('[data-testid="participant-row"][data-identity="di"][data-audio="on"]').waitFor()
    const muted = new Promise((resolve) => bot.onMuted(resolve))
    await app.row('di').getByTestId('mute').click()
    expect(await muted).toMatchObject({ source: 'microphone', muted: true })
    await app.page.locator('[data-testid="participant-row"][data-identity="di"][data-audio="muted"]').waitFor()
    const told = app.page.locator('[data-testid="feed-entry"][data-type="track_muted"]').filter({ hasText: 'admin' })
    await told.waitFor()
    const reason = new Promise((resolve) => bot.onDisconnected(resolve))
    await app.row('di').getByTestId('remove').click()
    const dialog = app.page.getByTestId('remove-dialog')
    await dialog.getByTestId('reason').fill('spam in the chat')
    await dialog.getByTestId('confirm').click()
    expect(await reason).toBe('PARTICIPANT_REMOVED')
    await app.page
      .locator('[data-testid="feed-entry"][data-type="participant_removed"]')
      .filter({ hasText: 'admin' })
      .filter({ hasText: 'spam in the chat' })
      .waitFor()
    await app.page.locator('[data-testid="participant-row"][data-identity="di"][data-online="true"]').waitFor({ state: 'detached' })
  })

  it('S4.6 the sync server killed, then Redis: the screen says so, and within 5 s of their return says what LiveKit says', async () => {
    const [staying, leaving, coming] = [freshRoom('staying'), freshRoom('leaving'), freshRoom('coming')]
    await stack.api.createRoom({ name: leaving, emptyTimeout: 600 })
    const leaver = await stack.join(staying, 'eve')
    await stack.join(staying, 'fay')
    await app.page.evaluate(() => (location.hash = '/'))
    await app.tile(staying).and(app.page.locator('[data-online="2"]')).waitFor()
    await app.tile(leaving).waitFor()

    await server.kill()
    await app.page.locator('[data-testid="connection"][data-state="reconnecting"]').waitFor()
    await expect.poll(() => app.tile(staying).count()).toBe(1)
    await leaver.leave()
    await stack.api.deleteRoom(leaving)
    await stack.join(coming, 'gil')
    server = await startServerProcess(stack.settings(0, { redisUrl: redis.url }))
    await app.tile(staying).and(app.page.locator('[data-online="1"]')).waitFor(seconds(5))
    await app.tile(leaving).waitFor({ state: 'detached', ...seconds(5) })
    await app.tile(coming).waitFor(seconds(5))
    await app.page.locator('[data-testid="connection"][data-state="live"]').waitFor(seconds(5))

    await redis.kill()
    await app.page.locator('[data-testid="connection"][data-state="degraded"]').waitFor()
    await stack.join(coming, 'hal')
    await redis.start()
    await app.tile(coming).and(app.page.locator('[data-online="2"]')).waitFor(seconds(5))
    await app.tile(staying).and(app.page.locator('[data-online="1"]')).waitFor(seconds(5))
    await app.page.locator('[data-testid="connection"][data-state="live"]').waitFor(seconds(5))
  })

  it('D1 nothing that the page was sent or shows holds a secret', async () => {
    const page = await app.page.content()
    const sent = app.received.join('\n')
    expect(sent).toContain('"rooms_changed"')
    const storage = await app.page.evaluate(() => JSON.stringify([localStorage, sessionStorage, document.cookie]))
    for (const secret of [stack.livekit.apiSecret, `"${stack.livekit.apiKey}"`, redis.url, String(redis.port), adminToken]) {
      for (const text of [page, sent, storage]) expect(text).not.toContain(secret)
    }
  })
})
