import { RoomServiceClient, TrackSource } from 'livekit-server-sdk'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { joinBot, type Bot, type BotMuted } from './bot.ts'
import { findLivekitServer } from './find-livekit.ts'
import { startLivekitServer, type LivekitProcess } from './livekit-server.ts'
import { disposeRtc, loadRtc } from './rtc.ts'
import { mintBotToken } from './bot-token.ts'

/** Resolves with the first value that a listener is given. */
function next<T>(subscribe: (listener: (value: T) => void) => unknown): Promise<T> {
  return new Promise((resolve) => void subscribe(resolve))
}

describe.skipIf(!findLivekitServer(process.env))('a bot', () => {
  let livekit: LivekitProcess
  let api: RoomServiceClient
  const bots: Bot[] = []

  beforeAll(async () => {
    livekit = await startLivekitServer({ binary: findLivekitServer(process.env) ?? '', webhookUrls: [] })
    api = new RoomServiceClient(livekit.url, livekit.apiKey, livekit.apiSecret)
  }, 20_000)
  afterAll(async () => {
    for (const bot of bots) await bot.leave()
    await disposeRtc()
    await livekit.stop()
  })
  async function join(room: string, identity: string, publish: { microphone?: boolean; camera?: boolean } = {}): Promise<Bot> {
    const bot = await joinBot({ ...livekit, room, identity, publish })
    bots.push(bot)
    return bot
  }

  it('joins with a sid and sees the others', async () => {
    const before = Date.now()
    const first = await join('seeing', 'mira')
    // Of who publishes nothing LiveKit tells the others only every 3 s.
    const second = await join('seeing', 'otis', { microphone: true })
    expect(first.sid).toMatch(/^PA_/)
    expect(first.connectedAt).toBeGreaterThanOrEqual(before)
    expect(second.others()).toEqual(['mira'])
    await expect.poll(() => first.others()).toEqual(['otis'])
  })

  it('mutes itself, and learns when it was muted', async () => {
    const bot = await join('muting', 'ines', { microphone: true })
    const own = next<BotMuted>((listener) => bot.onMuted(listener))
    bot.muteMicrophone()
    expect(await own).toMatchObject({ source: 'microphone', muted: true })
    expect(bot.isMuted()).toBe(true)
    const unmuted = next<BotMuted>((listener) => bot.onMuted(listener))
    bot.unmuteMicrophone()
    const { trackSid } = await unmuted
    await expect.poll(async () => (await api.getParticipant('muting', 'ines')).tracks[0]?.muted).toBe(false)
    const byModerator = next<BotMuted>((listener) => bot.onMuted(listener))
    await api.mutePublishedTrack('muting', 'ines', trackSid, true)
    expect(await byModerator).toEqual({ source: 'microphone', trackSid, muted: true })
  })

  it('learns why it is out, and leaving after that does nothing', async () => {
    const bot = await join('removing', 'koji', { microphone: true, camera: true })
    bot.startSpeaking()
    const out = next<string>((listener) => bot.onDisconnected(listener))
    await api.removeParticipant('removing', 'koji')
    expect(await out).toBe('PARTICIPANT_REMOVED')
    await bot.setCamera(false)
    bot.stopSpeaking()
    await bot.leave()
  })

  it('is heard while it speaks', async () => {
    const bot = await join('speaking', 'lena', { microphone: true })
    const rtc = await loadRtc()
    const listener = new rtc.Room()
    const heard = next<readonly string[]>((resolve) =>
      listener.on('activeSpeakersChanged', (speakers) => {
        if (speakers.length > 0) resolve(speakers.map(({ identity }) => identity))
      }),
    )
    await listener.connect(livekit.url, await mintBotToken({ ...livekit, room: 'speaking', identity: 'listener' }))
    bot.startSpeaking()
    expect(await heard).toEqual(['lena'])
    bot.stopSpeaking()
    await listener.disconnect()
  })

  it('turns its camera on and off', async () => {
    const bot = await join('camera', 'samir')
    const sources = async () => (await api.getParticipant('camera', 'samir')).tracks.map(({ source }) => source)
    await bot.setCamera(true)
    await expect.poll(sources).toEqual([TrackSource.CAMERA])
    await bot.setCamera(false)
    await expect.poll(sources).toEqual([])
  })
})
