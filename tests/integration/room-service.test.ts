import { TrackSource } from '@livekit/protocol'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { joinBot, type Bot } from '#demo/bot.ts'
import { startLivekitServer } from '#demo/livekit-server.ts'
import { disposeRtc } from '#demo/rtc.ts'
import { startSimulator } from '#demo/simulator/simulator.ts'
import { createRoomService, type RoomService } from '#server/livekit/room-service.ts'
import { freshRoom } from '../harness/stack.ts'
import { peers } from '../peers.ts'

/** A LiveKit, and somebody who joins it with a microphone. */
type Subject = {
  readonly url: string
  readonly apiKey: string
  readonly apiSecret: string
  readonly join: (room: string, identity: string) => Promise<void>
  readonly stop: () => Promise<void>
}

async function simulated(): Promise<Subject> {
  const simulator = await startSimulator({ webhookUrls: [] })
  return {
    ...simulator,
    async join(room, identity) {
      simulator.world.join({ room, identity })
      simulator.world.publish(room, identity, TrackSource.MICROPHONE)
    },
  }
}

async function real(): Promise<Subject> {
  const livekit = await startLivekitServer({ binary: peers.livekit ?? '', webhookUrls: [] })
  const bots: Bot[] = []
  return {
    ...livekit,
    join: async (room, identity) => void bots.push(await joinBot({ ...livekit, room, identity, publish: { microphone: true } })),
    async stop() {
      await Promise.all(bots.map((bot) => bot.leave()))
      await livekit.stop()
      await disposeRtc()
    },
  }
}

function contract(start: () => Promise<Subject>): void {
  let subject: Subject
  let service: RoomService
  let room: string

  beforeAll(async () => {
    subject = await start()
    service = createRoomService(subject.url, subject.apiKey, subject.apiSecret)
    room = freshRoom('service')
    await subject.join(room, 'pia')
  })
  afterAll(() => subject.stop())

  it('S2.4 reads somebody, and changes what they may do, on what LiveKit said', async () => {
    const read = await service.getParticipant(room, 'pia')
    expect(read).toMatchObject({ ok: true, value: { facts: { identity: 'pia', permissions: { canPublish: true, canPublishData: true } } } })
    if (!read.ok) return
    const { facts, grant } = read.value
    const permissions = { grant, to: { ...facts.permissions, canPublishData: false } }
    const changed = await service.updateParticipant(room, 'pia', { permissions })
    expect(changed).toMatchObject({ ok: true, value: { sid: facts.sid, permissions: { ...facts.permissions, canPublishData: false } } })
    expect(changed.ok && changed.value.version).toBeGreaterThan(facts.version)
    expect(await service.updateParticipant(room, 'pia', { metadata: 'about' })).toMatchObject({
      ok: true,
      value: { metadata: 'about', permissions: { canPublishData: false } },
    })
  })

  it('what was written is read, however often', async () => {
    for (let turn = 0; turn < 50; turn += 1) {
      const read = await service.getParticipant(room, 'pia')
      if (!read.ok) return expect.unreachable(read.message)
      const canSubscribe = !read.value.facts.permissions.canSubscribe
      const permissions = { grant: read.value.grant, to: { ...read.value.facts.permissions, canSubscribe } }
      expect(await service.updateParticipant(room, 'pia', { permissions })).toMatchObject({ value: { permissions: { canSubscribe } } })
      expect(await service.getParticipant(room, 'pia')).toMatchObject({ value: { facts: { permissions: { canSubscribe } } } })
    }
  })

  it('says what has gone: a track, somebody, a room', async () => {
    const gone = (detail: string) => ({ ok: false, code: 'not_found', detail })
    expect(await service.muteTrack(room, 'pia', 'TR_none', true)).toMatchObject(gone('track_gone'))
    expect(await service.getParticipant(room, 'nobody')).toMatchObject(gone('participant_gone'))
    expect(await service.updateParticipant(room, 'nobody', { metadata: 'x' })).toMatchObject(gone('participant_gone'))
    expect(await service.removeParticipant(room, 'nobody')).toMatchObject(gone('participant_gone'))
    expect(await service.updateRoomMetadata('nowhere', 'x')).toMatchObject(gone('room_gone'))
    expect(await service.deleteRoom('nowhere')).toMatchObject(gone('room_gone'))
    // Nobody answers for these, which a livekit-server waits for.
    const [muted, sent] = await Promise.all([
      service.muteTrack(room, 'nobody', 'TR_none', true),
      service.sendData('nowhere', null, new Uint8Array([1]), 'usher'),
    ])
    expect([muted, sent]).toMatchObject([gone('participant_gone'), gone('room_gone')])
  })

  it('mutes, and says that nobody may unmute others', async () => {
    const trackOf = async () => {
      const read = await service.getParticipant(room, 'pia')
      return read.ok ? read.value.facts.tracks[0] : undefined
    }
    await expect.poll(trackOf).toMatchObject({ source: 'microphone' })
    const { sid = '' } = (await trackOf()) ?? {}
    expect(await service.muteTrack(room, 'pia', sid, true)).toEqual({ ok: true, value: undefined })
    await expect.poll(trackOf).toMatchObject({ muted: true })
    expect(await service.muteTrack(room, 'pia', sid, false)).toMatchObject({
      ok: false,
      code: 'conflict',
      detail: 'remote_unmute_disabled',
    })
  })

  it('says that a key is wrong, and that there is nobody at an address', async () => {
    const wrong = createRoomService(subject.url, subject.apiKey, 'x'.repeat(32))
    expect(await wrong.getParticipant(room, 'pia')).toMatchObject({ ok: false, code: 'unauthorized' })
    expect(await wrong.removeParticipant(room, 'pia')).toMatchObject({ ok: false, code: 'unauthorized' })
    const away = createRoomService('ws://127.0.0.1:1', subject.apiKey, subject.apiSecret)
    expect(await away.getParticipant(room, 'pia')).toMatchObject({ ok: false, code: 'unavailable', detail: 'unreachable' })
    expect(await away.removeParticipant(room, 'pia')).toMatchObject({ ok: false, code: 'unavailable', detail: 'unreachable' })
  })
}

describe('calls to the simulator', () => {
  contract(simulated)
})
describe.skipIf(peers.livekit === null)('calls to a real livekit-server', () => {
  contract(real)
})
