import { TrackSource } from '@livekit/protocol'
import { RoomServiceClient } from 'livekit-server-sdk'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { joinBot } from '#demo/bot.ts'
import { startLivekitServer } from '#demo/livekit-server.ts'
import { disposeRtc } from '#demo/rtc.ts'
import { startSimulator } from '#demo/simulator/simulator.ts'
import { observerIdentity } from '#server/livekit/own-observers.ts'
import type { SeenPerson, Sighting } from '#server/observers/room-observer.ts'
import { createLivekitObserver } from '#server/observers/signal/livekit-observer.ts'
import { openMediaLink, type OpenMediaLink } from '#server/observers/signal/media-link.ts'
import { signObserveToken } from '#server/tokens/observe-token.ts'
import { freshRoom } from '../harness/stack.ts'
import { peers } from '../peers.ts'

/** Somebody with a microphone. */
type Person = {
  readonly sid: string
  readonly speak: (on: boolean) => void
  readonly mute: (muted: boolean) => void
  readonly leave: () => Promise<void>
}
/** A LiveKit under test. */
type Subject = {
  readonly url: string
  readonly apiKey: string
  readonly apiSecret: string
  readonly hasMedia: boolean
  readonly join: (room: string, identity: string) => Promise<Person>
  readonly stop: () => Promise<void>
}

async function real(): Promise<Subject> {
  const livekit = await startLivekitServer({ binary: peers.livekit ?? '', webhookUrls: [] })
  const { url, apiKey, apiSecret } = livekit
  return {
    url,
    apiKey,
    apiSecret,
    hasMedia: true,
    async join(room, identity) {
      const bot = await joinBot({ url, apiKey, apiSecret, room, identity, publish: { microphone: true } })
      return {
        sid: bot.sid,
        speak: (on) => (on ? bot.startSpeaking() : bot.stopSpeaking()),
        mute: (muted) => (muted ? bot.muteMicrophone() : bot.unmuteMicrophone()),
        leave: bot.leave,
      }
    },
    stop: livekit.stop,
  }
}

async function simulated(): Promise<Subject> {
  const simulator = await startSimulator({ webhookUrls: [] })
  const { url, apiKey, apiSecret, world, presence } = simulator
  return {
    url,
    apiKey,
    apiSecret,
    hasMedia: false,
    async join(room, identity) {
      const participant = world.join({ room, identity })
      const track = world.publish(room, identity, TrackSource.MICROPHONE)
      return {
        sid: participant?.sid ?? '',
        speak: (on) => presence.setLevel(room, identity, on ? 0.8 : 0),
        mute: (muted) => void world.setMuted(room, identity, track?.sid ?? '', muted),
        leave: async () => void world.leave(room, identity),
      }
    },
    stop: simulator.stop,
  }
}

const subjects = [
  { name: 'livekit-server', start: real, skip: peers.livekit === null },
  { name: 'the simulator', start: simulated, skip: false },
]

for (const { name, start, skip } of subjects) {
  describe.skipIf(skip)(`an observer of ${name}`, () => {
    let subject: Subject
    let api: RoomServiceClient
    let packets = 0
    const closers: (() => void)[] = []

    beforeAll(async () => {
      subject = await start()
      api = new RoomServiceClient(subject.url.replace(/^ws/, 'http'), subject.apiKey, subject.apiSecret)
    })
    afterEach(() => {
      for (const close of closers.splice(0)) close()
    })
    afterAll(async () => {
      await subject.stop()
      await disposeRtc()
    })

    function observerWith(more: { secret?: string; media?: OpenMediaLink } = {}) {
      const keys = [{ key: subject.apiKey, secret: more.secret ?? subject.apiSecret }]
      return createLivekitObserver({
        host: subject.url,
        signToken: (room) => signObserveToken(keys, room, observerIdentity('test')),
        openMediaLink: more.media ?? openMediaLink,
        onMedia: () => void (packets += 1),
      })
    }

    async function sidOf(room: string): Promise<string> {
      return (await api.listRooms([room]))[0]?.sid ?? ''
    }

    /** Observes, and keeps what was seen; `until` waits for a sighting that was not waited for before. */
    function observe(room: string, sid: string, more: Parameters<typeof observerWith>[0] = {}) {
      const sightings: Sighting[] = []
      const waiting = new Set<() => void>()
      const close = observerWith(more)({ room, sid }, (sighting) => {
        sightings.push(sighting)
        for (const wake of waiting) wake()
      })
      closers.push(close)
      async function until<T>(find: (sighting: Sighting) => T | undefined): Promise<T> {
        for (;;) {
          for (const sighting of sightings) {
            const found = find(sighting)
            if (found === undefined) continue
            sightings.splice(0, sightings.indexOf(sighting) + 1)
            return found
          }
          await new Promise<void>((resolve) => {
            waiting.add(resolve)
          })
          waiting.clear()
        }
      }
      const untilPerson = (is: (person: SeenPerson) => boolean) =>
        until((sighting) => (sighting.type === 'people' || sighting.type === 'joined' ? sighting.people.find(is) : undefined))
      const untilEnd = () => until((sighting) => (sighting.type === 'ended' ? sighting.end.kind : undefined))
      const untilJoined = () => until((sighting) => (sighting.type === 'joined' ? sighting : undefined))
      const untilMedia = async () => {
        if (subject.hasMedia) await until((sighting) => (sighting.type === 'media' && sighting.trouble === null ? true : undefined))
      }
      return { sightings, close, until, untilPerson, untilEnd, untilJoined, untilMedia }
    }

    it('X2 tells who is there, who comes, mutes, changes and goes', async () => {
      const room = freshRoom('seen')
      const ana = await subject.join(room, 'ana')
      const seen = observe(room, await sidOf(room))
      const joined = await seen.untilJoined()
      expect(joined.people.map(({ facts, state }) => [facts.identity, facts.sid, state])).toEqual([['ana', ana.sid, 'active']])
      expect(joined.facts.startedAt).toBeGreaterThan(0)
      const bo = await subject.join(room, 'bo')
      await seen.untilPerson(({ facts, state }) => facts.sid === bo.sid && state === 'active' && facts.tracks.length === 1)
      bo.mute(true)
      await seen.untilPerson(({ facts }) => facts.sid === bo.sid && facts.tracks[0]?.muted === true)
      bo.mute(false)
      await seen.untilPerson(({ facts }) => facts.sid === bo.sid && facts.tracks[0]?.muted === false)
      await api.updateParticipant(room, 'bo', { metadata: 'a guest', permission: { canSubscribe: true, canPublish: false } })
      await seen.untilPerson(({ facts }) => facts.metadata === 'a guest' && !facts.permissions.canPublish)
      await api.removeParticipant(room, 'bo')
      await seen.untilPerson(({ facts, state }) => facts.sid === bo.sid && state === 'gone')
      await api.updateRoomMetadata(room, 'today: bees')
      await seen.until((sighting) => (sighting.type === 'room' && sighting.facts.metadata === 'today: bees' ? true : undefined))
    })

    it('X2 X4 tells who speaks and how the connections fare, without a packet of media', async () => {
      const room = freshRoom('heard')
      const ana = await subject.join(room, 'ana')
      const bo = await subject.join(room, 'bo')
      const seen = observe(room, await sidOf(room))
      await seen.untilJoined()
      const untilLevel = (sid: string, is: (level: number) => boolean) =>
        seen.until((sighting) =>
          sighting.type === 'speakers' && sighting.speakers.some((each) => each.sid === sid && is(each.level)) ? true : undefined,
        )
      ana.speak(true)
      await untilLevel(ana.sid, (level) => level > 0 && level <= 1)
      bo.speak(true)
      await untilLevel(bo.sid, (level) => level > 0)
      bo.speak(false)
      await untilLevel(bo.sid, (level) => level === 0)
      const watched = observe(room, await sidOf(room))
      const told = new Map<string, string>()
      await watched.until((sighting) => {
        if (sighting.type === 'quality') for (const { sid, quality } of sighting.quality) told.set(sid, quality)
        return told.has(ana.sid) && told.has(bo.sid) ? true : undefined
      })
      expect(['excellent', 'good', 'poor']).toContain(told.get(ana.sid))
      expect(packets).toBe(0)
    }, 30_000)

    it('X2 is seen by nobody, takes no seat, counts nowhere, and leaves nothing behind', async () => {
      const room = freshRoom('one seat')
      await api.createRoom({ name: room, maxParticipants: 1, departureTimeout: 1 })
      const seen = observe(room, await sidOf(room))
      await seen.untilJoined()
      const ana = await subject.join(room, 'ana')
      await seen.untilPerson(({ facts }) => facts.sid === ana.sid)
      const others = observe(room, await sidOf(room))
      expect((await others.untilJoined()).people.map(({ facts }) => facts.identity)).toEqual(['ana'])
      expect((await api.listRooms([room]))[0]?.numParticipants).toBeLessThanOrEqual(1)
      others.close()
      seen.close()
      await expect
        .poll(async () => (await api.listParticipants(room)).map(({ identity }) => identity), { timeout: 10_000 })
        .toEqual(['ana'])
      const last = observe(room, await sidOf(room))
      await last.untilJoined()
      await ana.leave()
      expect(await last.untilEnd()).toBe('over')
      expect(await api.listRooms([room])).toEqual([])
    }, 30_000)

    it('creates no room, and stays in none but the session it was sent to', async () => {
      const nowhere = freshRoom('nowhere')
      expect(await observe(nowhere, 'RM_gone').untilEnd()).toBe('not_live')
      expect(await api.listRooms([nowhere])).toEqual([])
      const room = freshRoom('anew')
      await subject.join(room, 'ana')
      expect(await observe(room, 'RM_an_earlier_one').untilEnd()).toBe('other_session')
      const seen = observe(room, await sidOf(room))
      await seen.untilJoined()
      // Before that LiveKit just closes the connection, and the observer can't know why.
      await seen.untilMedia()
      await api.removeParticipant(room, observerIdentity('test'))
      expect(await seen.untilEnd()).toBe('removed')
      const last = observe(room, await sidOf(room))
      await last.untilJoined()
      await last.untilMedia()
      await api.deleteRoom(room)
      expect(await last.untilEnd()).toBe('over')
      expect(await api.listRooms([room])).toEqual([])
    })

    it('says in one line that the key is not good', async () => {
      const room = freshRoom('refused')
      await subject.join(room, 'ana')
      const seen = observe(room, await sidOf(room), { secret: 'another secret, of thirty-two characters' })
      const why = await seen.until((sighting) => (sighting.type === 'ended' ? sighting.end : undefined))
      expect(why).toMatchObject({ kind: 'refused' })
      expect(why.why).toContain('401')
      expect(seen.sightings).toEqual([])
    })

    it('X4 still tells who speaks where no media connection comes about, also with a track that is new', async () => {
      const room = freshRoom('blocked')
      await subject.join(room, 'ana')
      const blocked: OpenMediaLink = () => ({ offer: () => undefined, candidate: () => undefined, close: () => undefined })
      const seen = observe(room, await sidOf(room), { media: blocked })
      await seen.untilJoined()
      const bo = await subject.join(room, 'bo')
      bo.speak(true)
      const level = await seen.until((sighting) =>
        sighting.type === 'speakers' ? sighting.speakers.find(({ sid }) => sid === bo.sid)?.level : undefined,
      )
      expect(level).toBeGreaterThan(0)
    })
  })
}
