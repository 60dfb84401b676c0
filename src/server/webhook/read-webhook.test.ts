import {
  EgressInfo,
  IngressInfo,
  ParticipantInfo,
  type ParticipantInfo_Kind,
  ParticipantPermission,
  Room,
  TrackInfo,
  type TrackSource,
  WebhookEvent,
} from '@livekit/protocol'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toParticipantFacts, toRoomFacts } from '#server/livekit/facts.ts'
import { participantFactsSchema, roomFactsSchema } from '#server/rooms/room-model.ts'
import { readWebhook, type Webhook } from './read-webhook.ts'
import { toRoomEvent } from './to-room-event.ts'

const text = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 12 }), fc.constantFrom('', '__proto__', 'lobby', 'EV_1'))
const time = fc.bigInt({ min: 0n, max: 4_000_000_000_000n })
const source = fc.constantFrom(...[0, 1, 2, 3, 4].map((value) => value satisfies TrackSource))
const track = fc.record({ sid: text, source, muted: fc.boolean(), name: text, width: fc.nat() }).map((fields) => new TrackInfo(fields))
const permission = fc
  .record({
    canSubscribe: fc.boolean(),
    canPublish: fc.boolean(),
    canPublishData: fc.boolean(),
    canPublishSources: fc.array(source, { maxLength: 4 }),
    hidden: fc.boolean(),
    canUpdateMetadata: fc.boolean(),
  })
  .map((fields) => new ParticipantPermission(fields))
const room = fc
  .record({
    sid: text,
    name: text,
    creationTime: time,
    creationTimeMs: time,
    metadata: text,
    maxParticipants: fc.nat({ max: 0xff_ff_ff_ff }),
    activeRecording: fc.boolean(),
    turnPassword: text,
  })
  .map((fields) => new Room(fields))
const participant = fc
  .record({
    sid: text,
    identity: text,
    name: text,
    kind: fc.constantFrom(...[0, 1, 2, 3, 4, 7, 8].map((value) => value satisfies ParticipantInfo_Kind)),
    joinedAt: time,
    joinedAtMs: time,
    version: fc.nat({ max: 0xff_ff_ff_ff }),
    tracks: fc.array(track, { maxLength: 3 }),
    metadata: text,
    attributes: fc.dictionary(text, text, { maxKeys: 3 }),
    permission: fc.option(permission, { nil: undefined }),
  })
  .map(({ permission: may, ...fields }) => new ParticipantInfo(may ? { ...fields, permission: may } : fields))
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null })
const event = fc
  .record({
    event: fc.constantFrom(
      'room_started',
      'participant_joined',
      'participant_left',
      'track_published',
      'egress_started',
      'ingress_ended',
      '',
    ),
    id: text,
    createdAt: time,
    room: maybe(room),
    participant: maybe(participant),
    track: maybe(track),
    egressInfo: maybe(fc.record({ egressId: text, roomName: text, roomId: text }).map((fields) => new EgressInfo(fields))),
    ingressInfo: maybe(fc.record({ ingressId: text, roomName: text }).map((fields) => new IngressInfo(fields))),
  })
  .map((fields) => new WebhookEvent(Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null))))
const options = fc.record({ emitDefaultValues: fc.boolean(), enumAsInteger: fc.boolean(), useProtoFieldName: fc.boolean() })

/** What protobuf's own reader makes of it; null where it takes it for no event. */
function expected(body: string): Webhook | null {
  let message: WebhookEvent
  try {
    message = WebhookEvent.fromJsonString(body, { ignoreUnknownFields: true })
  } catch {
    return null
  }
  const { egressInfo, ingressInfo } = message
  const told = message.room && (message.room.creationTime > 0n || message.room.creationTimeMs > 0n)
  const facts = toParticipantFacts(new ParticipantInfo({ ...(message.track ? { tracks: [message.track] } : {}) }))
  return {
    event: message.event,
    id: message.id,
    room: message.room ? { name: message.room.name, sid: message.room.sid, facts: told ? toRoomFacts(message.room) : null } : null,
    participant: message.participant ? toParticipantFacts(message.participant) : null,
    track: facts.tracks[0] ?? null,
    egress: egressInfo ? { id: egressInfo.egressId, roomName: egressInfo.roomName, roomSid: egressInfo.roomId } : null,
    ingress: ingressInfo ? { id: ingressInfo.ingressId, roomName: ingressInfo.roomName } : null,
  }
}

const read = (body: string) => readWebhook(Buffer.from(body))

describe('the reader of webhooks', () => {
  it('S1.2 reads what protobuf’s own reader reads, however the event is written', () => {
    fc.assert(
      fc.property(event, options, (message, how) => {
        const body = message.toJsonString(how)
        expect(read(body)).toEqual({ ok: true, value: expected(body) })
      }),
      { numRuns: 1000, seed: 20_263 },
    )
  }, 30_000)

  it('S4.7 takes nothing that protobuf’s reader refuses, and reads all else the same, whatever is put into a field it reads', () => {
    const paths = [
      ...['event', 'id', 'room', 'participant', 'track', 'egressInfo', 'ingress_info'].map((name) => [name]),
      ...['sid', 'name', 'creationTime', 'creation_time_ms', 'metadata', 'maxParticipants', 'active_recording'].map((name) => [
        'room',
        name,
      ]),
      ...['sid', 'identity', 'name', 'kind', 'joinedAt', 'joined_at_ms', 'version', 'tracks', 'metadata', 'attributes', 'permission'].map(
        (name) => ['participant', name],
      ),
      ...['canSubscribe', 'can_publish', 'canPublishSources', 'hidden'].map((name) => ['participant', 'permission', name]),
      ...['sid', 'source', 'muted'].map((name) => ['track', name]),
      ['egressInfo', 'roomName'],
      ['participant', 'attributes', 'a'],
    ]
    const odd = fc.oneof(
      fc.jsonValue({ maxDepth: 2 }),
      fc.constantFrom<unknown[]>('1', '-1', '1.5', ' 1', '', '1e3', '0x10', '9223372036854775808', 2 ** 32, -0.5, '\ud800', 'CAMERA', '2', [
        null,
      ]),
      fc.constantFrom<unknown[]>({ a: null }, { a: 1 }, ['CAMERA', 3, 'NEWER'], [{ sid: 'TR_1' }], null, true, 'true', 99),
    )
    fc.assert(
      fc.property(event, fc.constantFrom(...paths), odd, (message, path, value) => {
        const body = JSON.stringify(put(message.toJson(), path, value))
        const result = read(body)
        if (result.ok) expect(result.value).toEqual(expected(body))
        else expect(result.code).toBe('invalid')
      }),
      { numRuns: 3000, seed: 20_264 },
    )
  }, 30_000)

  it('S4.7 never throws, and what it reads is what it says, whatever JSON it is given', () => {
    const fields = [...['event', 'id', 'room', 'participant', 'track', 'sid', 'name', 'identity', 'permission', 'attributes'], '__proto__']
    const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
      tree: fc.oneof(
        { maxDepth: 3 },
        fc.jsonValue({ maxDepth: 0 }),
        fc.dictionary(fc.constantFrom(...fields), tie('tree'), { maxKeys: 3 }),
      ),
    }))
    fc.assert(
      fc.property(tree, (value) => {
        const result = read(JSON.stringify(value))
        if (!result.ok) {
          expect(result.code).toBe('invalid')
          return
        }
        const { room: told, participant: who } = result.value
        if (told?.facts) roomFactsSchema.parse(told.facts)
        if (who) participantFactsSchema.parse(who)
        expect(() => toRoomEvent(result.value, 1)).not.toThrow()
      }),
      { numRuns: 2000, seed: 20_265 },
    )
    for (const body of ['', 'null', '[]', '5', '"x"', '{"event":', '{"event":{}}', '\u0000'])
      expect(read(body)).toMatchObject({ ok: false, code: 'invalid' })
    expect(readWebhook(Buffer.from([0xff, 0xfe, 0x7b]))).toMatchObject({ ok: false, code: 'invalid' })
  })
})

/** A copy of an object of JSON with another value at a path; what is missing on the way is made. */
function put(target: unknown, [first = '', ...rest]: readonly string[], value: unknown): unknown {
  const object = typeof target === 'object' && target !== null && !Array.isArray(target) ? target : {}
  const entries = Object.entries(object)
  const held: unknown = entries.find(([name]) => name === first)?.[1]
  // A field under both its names is no valid event.
  const others = entries.filter(([name]) => plainName(name) !== plainName(first))
  return { ...Object.fromEntries(others), [first]: rest.length > 0 ? put(held, rest, value) : value }
}

function plainName(name: string): string {
  return name.replaceAll('_', '').toLowerCase()
}
