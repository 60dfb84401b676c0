import {
  ConnectionQualityUpdate,
  DisconnectReason,
  LeaveRequest,
  ParticipantInfo,
  ParticipantInfo_State,
  ParticipantUpdate,
  RoomMovedResponse,
  RoomUpdate,
  SessionDescription,
  SignalTarget,
  SpeakersChanged,
  TrickleRequest,
} from '@livekit/protocol'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { ObserverEnd, RoomObserver, Sighting } from '../room-observer.ts'
import { createLivekitObserver } from './livekit-observer.ts'
import type { MediaLinkOptions } from './media-link.ts'
import { joined, roomInfo, somebody, startScriptedLivekit, type Said, type ScriptedClient } from './testing/scripted-livekit.ts'

const SID = 'RM_1'

let livekit: Awaited<ReturnType<typeof startScriptedLivekit>>
const closers: (() => void)[] = []

beforeEach(async () => {
  livekit = await startScriptedLivekit()
})
afterEach(async () => {
  vi.useRealTimers()
  for (const close of closers.splice(0)) close()
  await livekit.stop()
})

/** An observer on its way to a room of the scripted server, with a media connection that the test plays. */
async function observe(more: { readonly observer?: RoomObserver } = {}) {
  const sightings: Sighting[] = []
  let heard = Promise.withResolvers<void>()
  const media = { links: [] as MediaLinkOptions[], offers: [] as string[], candidates: [] as string[], closed: 0 }
  const observer =
    more.observer ??
    createLivekitObserver({
      host: livekit.url,
      signToken: () => Promise.resolve('token'),
      openMediaLink(options) {
        media.links.push(options)
        return {
          offer: (sdp) => void media.offers.push(sdp),
          candidate: (candidate) => void media.candidates.push(candidate),
          close: () => void (media.closed += 1),
        }
      },
      onMedia: () => undefined,
    })
  const connecting = livekit.client()
  const close = observer({ room: 'lobby', sid: SID }, (sighting) => {
    sightings.push(sighting)
    heard.resolve()
    heard = Promise.withResolvers<void>()
  })
  closers.push(close)
  const client: ScriptedClient = await connecting

  async function until<K extends Sighting['type']>(type: K): Promise<Extract<Sighting, { readonly type: K }>> {
    for (;;) {
      const found = sightings.find((each): each is Extract<Sighting, { readonly type: K }> => each.type === type)
      if (found) return found
      await heard.promise
    }
  }
  return {
    observer,
    client,
    sightings,
    media,
    close,
    until,
    untilEnd: async (): Promise<ObserverEnd> => (await until('ended')).end,
    types: () => sightings.map(({ type }) => type),
    /** Resolves when everything that was said by now was heard. */
    settled: async (): Promise<void> => {
      const count = sightings.filter(({ type }) => type === 'alive').length
      client.say({ case: 'pong', value: 1n })
      while (sightings.filter(({ type }) => type === 'alive').length === count) await heard.promise
    },
  }
}

const update = (...participants: ParticipantInfo[]): Said => ({ case: 'update', value: new ParticipantUpdate({ participants }) })
const speaks = (identity: string): Said => ({
  case: 'speakersChanged',
  value: new SpeakersChanged({ speakers: [{ sid: `PA_${identity}`, level: 0.5, active: true }] }),
})
const offer: Said = { case: 'offer', value: new SessionDescription({ type: 'offer', sdp: 'v=0' }) }
const leave = (reason: DisconnectReason): Said => ({ case: 'leave', value: new LeaveRequest({ reason }) })

describe('X2 an observer that is let in', () => {
  it('tells who is there first, though the room says only later which session it is', async () => {
    const { client, settled, until, types, sightings } = await observe()
    client.say(joined('', { otherParticipants: [somebody('ana')] }))
    client.say(update(somebody('bo')))
    client.say(speaks('ana'))
    client.say({ case: 'pong', value: 1n })
    client.say({ case: 'roomUpdate', value: new RoomUpdate({ room: roomInfo(SID, 'today: bees') }) })
    const { people, facts } = await until('joined')
    await settled()
    expect(people.map(({ facts: { identity } }) => identity)).toEqual(['ana'])
    expect(facts.metadata).toBe('today: bees')
    expect(types()).toEqual(['joined', 'people', 'speakers', 'alive'])
    expect(sightings[1]).toMatchObject({ people: [{ facts: { identity: 'bo' }, state: 'active' }] })
  })

  it('leaves where it is another session, also when that is said later', async () => {
    for (const later of [false, true]) {
      const { client, untilEnd, types } = await observe()
      client.say(joined(later ? '' : 'RM_2', { otherParticipants: [somebody('ana')] }))
      if (later) client.say({ case: 'roomUpdate', value: new RoomUpdate({ room: roomInfo('RM_2') }) })
      expect((await untilEnd()).kind).toBe('other_session')
      await client.gone
      expect(types()).toEqual(['ended'])
    }
  })

  it('leaves where it is never said', async () => {
    const { client, media, untilEnd } = await observe()
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    client.say(joined(''))
    await vi.waitUntil(() => media.links.length > 0)
    vi.advanceTimersByTime(10_000)
    expect((await untilEnd()).kind).toBe('lost')
    await client.gone
  })

  it('disables each track exactly once, and forgets those of who has gone', async () => {
    const { client, settled } = await observe()
    client.say(joined(SID, { otherParticipants: [somebody('ana', ['TR_1']), somebody('cy')] }))
    client.say(update(somebody('ana', ['TR_1'])))
    client.say(update(somebody('ana', ['TR_1', 'TR_2']), somebody('bo', ['TR_3'])))
    client.say(update(somebody('ana', ['TR_2'])))
    client.say(update(somebody('bo', ['TR_3', 'TR_4'], ParticipantInfo_State.DISCONNECTED)))
    client.say(update(somebody('cy', ['TR_5'])))
    await settled()
    const untilAll = () => client.asked.flatMap((each) => (each.case === 'trackSetting' ? [each.value] : []))
    await vi.waitUntil(() => untilAll().length === 3)
    expect(untilAll().flatMap(({ trackSids }) => trackSids)).toEqual(['TR_1', 'TR_2', 'TR_3', 'TR_5'])
    expect(untilAll().every(({ disabled }) => disabled)).toBe(true)
  })

  it('asks for the tracks itself only while no media connection stands', async () => {
    const { client, media, settled } = await observe()
    client.say(joined(SID, { otherParticipants: [somebody('ana', ['TR_1'])] }))
    await settled()
    media.links[0]?.onTrouble(null)
    client.say(update(somebody('bo', ['TR_2'])))
    await settled()
    await vi.waitUntil(() => client.asked.filter((each) => each.case === 'trackSetting').length === 2)
    expect(client.asked.flatMap((each) => (each.case === 'subscription' ? each.value.trackSids : []))).toEqual(['TR_1'])
  })

  it('passes over what is about itself, what it has no use for, and what is of another room', async () => {
    const { client, settled, types } = await observe()
    client.say(joined(SID))
    client.say(update(new ParticipantInfo({ sid: 'PA_own', identity: 'usher-observer-test', tracks: [{ sid: 'TR_1' }] })))
    client.say({ case: 'refreshToken', value: 'another token' })
    client.say({ case: 'roomUpdate', value: new RoomUpdate({ room: roomInfo('RM_2') }) })
    client.say({ case: undefined })
    client.say({ case: 'subscribedQualityUpdate', value: {} as never })
    client.say({
      case: 'connectionQuality',
      value: new ConnectionQualityUpdate({ updates: [{ participantSid: 'PA_own' }, { participantSid: 'PA_ana', quality: 3 }] }),
    })
    client.say(joined('RM_2'))
    await settled()
    expect(types()).toEqual(['joined', 'quality', 'alive'])
    expect(client.asked).toEqual([])
  })

  it('a word of the room before the join is kept until it is in', async () => {
    const { client, settled, types } = await observe()
    client.say(update(somebody('bo')))
    client.say(joined(SID))
    await settled()
    expect(types()).toEqual(['joined', 'people', 'alive'])
  })
})

describe('an observer that is not let in as one', () => {
  it.each([
    ['as somebody who counts', { kind: 0, permission: { hidden: true } }],
    ['as somebody who is seen', { kind: 4, permission: { hidden: false } }],
    ['without a word of what it may', { kind: 4 }],
  ])('%s: it leaves at once, and says that the server is too old', async (_how, own) => {
    const { client, media, untilEnd, types } = await observe()
    client.say(joined(SID, { participant: new ParticipantInfo({ sid: 'PA_own', ...own }), otherParticipants: [somebody('ana', ['TR_1'])] }))
    const { kind, why } = await untilEnd()
    expect(kind).toBe('refused')
    expect(why).toContain('too old')
    await client.untilAsked('leave')
    await client.gone
    expect(types()).toEqual(['ended'])
    expect([client.asked.length, media.links.length]).toEqual([1, 0])
  })

  it('where no token can be signed that is said, and nothing is tried', async () => {
    const { promise, resolve } = Promise.withResolvers<Sighting>()
    const observer = createLivekitObserver({
      host: livekit.url,
      signToken: () => Promise.reject(new Error('no secret')),
      openMediaLink: () => ({ offer: () => undefined, candidate: () => undefined, close: () => undefined }),
      onMedia: () => undefined,
    })
    closers.push(observer({ room: 'lobby', sid: SID }, resolve))
    expect(await promise).toMatchObject({ type: 'ended', end: { kind: 'refused' } })
  })
})

describe('an observer that is out', () => {
  it.each([
    [DisconnectReason.ROOM_DELETED, 'over'],
    [DisconnectReason.ROOM_CLOSED, 'over'],
    [DisconnectReason.PARTICIPANT_REMOVED, 'removed'],
    [DisconnectReason.DUPLICATE_IDENTITY, 'removed'],
    [DisconnectReason.SERVER_SHUTDOWN, 'lost'],
    [DisconnectReason.STATE_MISMATCH, 'lost'],
    [DisconnectReason.JOIN_FAILURE, 'lost'],
    [DisconnectReason.MIGRATION, 'lost'],
    [DisconnectReason.SIGNAL_CLOSE, 'lost'],
    [DisconnectReason.UNKNOWN_REASON, 'lost'],
    [99 as DisconnectReason, 'lost'],
  ] as const)('because of reason %i: %s', async (reason, kind) => {
    const { client, media, untilEnd } = await observe()
    client.say(joined(SID))
    client.say(leave(reason))
    const end = await untilEnd()
    expect(end.kind).toBe(kind)
    if (kind === 'lost') expect(end.why).toContain((DisconnectReason[reason] ?? String(reason)).toLowerCase().replaceAll('_', ' '))
    await client.gone
    expect(media.closed).toBe(1)
  })

  it('because it was moved', async () => {
    const { client, untilEnd } = await observe()
    client.say(joined(SID))
    client.say({ case: 'roomMoved', value: new RoomMovedResponse({ room: roomInfo('RM_2') }) })
    expect((await untilEnd()).kind).toBe('other_session')
    await client.gone
  })

  it('because the connection closed: nothing more is told', async () => {
    const { client, untilEnd, types } = await observe()
    client.say(joined(SID))
    client.drop()
    expect((await untilEnd()).kind).toBe('lost')
    expect(types()).toEqual(['joined', 'ended'])
  })

  it('because it was told to: nothing is told after', async () => {
    const { client, close, media, settled, types } = await observe()
    client.say(joined(SID))
    await settled()
    close()
    client.say(update(somebody('bo')))
    media.links[0]?.onTrouble('too late')
    await client.gone
    expect(types()).toEqual(['joined', 'alive'])
    expect(media.closed).toBe(1)
  })

  it('before its token was signed: it connects no more', async () => {
    const { promise, resolve } = Promise.withResolvers<string>()
    const observer = createLivekitObserver({
      host: livekit.url,
      signToken: (room) => (room === 'lobby' ? promise : Promise.resolve('next')),
      openMediaLink: () => ({ offer: () => undefined, candidate: () => undefined, close: () => undefined }),
      onMedia: () => undefined,
    })
    observer({ room: 'lobby', sid: SID }, () => undefined)()
    resolve('token')
    const next = livekit.client()
    closers.push(observer({ room: 'next', sid: SID }, () => undefined))
    await next
    expect(livekit.tokens).toEqual(['Bearer next'])
  })
})

describe('X4 the media connection', () => {
  it('gets what LiveKit offers, and LiveKit its answers', async () => {
    const { client, media, settled } = await observe()
    client.say(
      joined(SID, { iceServers: [{ urls: ['stun:one.example', 'turn:two.example?transport=udp'], username: 'u', credential: 'c' }] }),
    )
    client.say(offer)
    const trickle = (target: SignalTarget, candidateInit: string): Said => ({
      case: 'trickle',
      value: new TrickleRequest({ target, candidateInit }),
    })
    client.say(trickle(SignalTarget.SUBSCRIBER, 'for it'))
    client.say(trickle(SignalTarget.PUBLISHER, 'for the other one'))
    await settled()
    expect([media.offers, media.candidates]).toEqual([['v=0'], ['for it']])
    expect(media.links[0]?.relays).toMatchObject([{ urls: ['turn:two.example?transport=udp'], username: 'u', credential: 'c' }])
    media.links[0]?.answer('v=1')
    media.links[0]?.candidate('{}')
    await client.untilAsked('answer')
    await client.untilAsked('trickle')
  })

  it('that does not come about within ten seconds is told with why, once, and that it stands when it does', async () => {
    const { client, media, sightings, settled } = await observe()
    client.say(joined(SID))
    await settled()
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    vi.advanceTimersByTime(60_000)
    client.say(offer)
    client.say(offer)
    await settled()
    vi.advanceTimersByTime(9999)
    const told = () => sightings.flatMap((each) => (each.type === 'media' ? [each.trouble] : []))
    expect(told()).toEqual([])
    vi.advanceTimersByTime(1)
    expect(told()).toEqual([expect.stringContaining('UDP')])
    client.say(offer)
    await settled()
    vi.advanceTimersByTime(60_000)
    media.links[0]?.onTrouble(null)
    expect(told()).toEqual([expect.stringContaining('UDP'), null])
  })

  it('that stands in time is told as that alone', async () => {
    const { client, media, sightings, settled } = await observe()
    client.say(joined(SID))
    await settled()
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    client.say(offer)
    await settled()
    media.links[0]?.onTrouble(null)
    client.say(offer)
    await settled()
    vi.advanceTimersByTime(60_000)
    expect(sightings.flatMap((each) => (each.type === 'media' ? [each.trouble] : []))).toEqual([null])
  })

  it('that LiveKit gave up on is not tried the next time in that room, for five minutes: who speaks is heard without a break, and why not more is told', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
    const first = await observe()
    first.client.say(joined(SID))
    first.client.say(offer)
    first.client.say(leave(DisconnectReason.CONNECTION_TIMEOUT))
    expect((await first.untilEnd()).kind).toBe('lost')
    const { observer, media } = first
    const quiet = await observe({ observer })
    quiet.client.say(joined(SID, { otherParticipants: [somebody('ana', ['TR_1'])] }))
    quiet.client.say(offer)
    quiet.client.say(speaks('ana'))
    await quiet.settled()
    expect(quiet.sightings.slice(0, 3)).toMatchObject([
      { type: 'joined' },
      { type: 'media', trouble: expect.stringContaining('UDP') },
      { type: 'speakers' },
    ])
    await quiet.client.untilAsked('subscription')
    expect([media.links.length, media.offers.length]).toEqual([1, 1])
    quiet.client.say(leave(DisconnectReason.JOIN_FAILURE))
    expect((await quiet.untilEnd()).kind).toBe('lost')
    vi.advanceTimersByTime(5 * 60_000)
    const again = await observe({ observer })
    again.client.say(joined(SID))
    await again.settled()
    expect(media.links).toHaveLength(2)
    media.links[1]?.onTrouble(null)
    expect(again.sightings.at(-1)).toEqual({ type: 'media', trouble: null })
    again.client.say(leave(DisconnectReason.CONNECTION_TIMEOUT))
    await again.untilEnd()
    // It stood for a while, so there is a way.
    const last = await observe({ observer })
    last.client.say(joined(SID))
    await last.settled()
    expect(media.links).toHaveLength(3)
  })

  it('leaves no timer behind when the observer goes before', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const { client, close, settled } = await observe()
    client.say(joined(SID))
    client.say(offer)
    await settled()
    expect(vi.getTimerCount()).toBe(1)
    close()
    await client.gone
    vi.advanceTimersByTime(1000)
    await vi.waitUntil(() => vi.getTimerCount() === 0)
  })
})
