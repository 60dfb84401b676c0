import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { applyRoomEvent } from './apply-room-event.ts'
import { withChange } from './room-change.ts'
import type { RoomEvent } from './room-event.ts'
import { emptyRecord, isShown, LEFT_SHOWN, type ParticipantFacts, type RoomRecord } from './room-model.ts'
import { arrivals, historyOf, visibleState } from './testing/room-histories.ts'

const facts = { sid: 'RM_1', startedAt: 1000, metadata: '', maxParticipants: 0, recording: false }
const room = { name: 'lobby', sid: 'RM_1', facts }
const bare = { ...room, facts: null }
const ana: ParticipantFacts = {
  identity: 'ana',
  sid: 'PA_1',
  name: 'Ana',
  kind: 'standard',
  hidden: false,
  joinedAt: 2000,
  version: 1,
  tracks: [],
  permissions: { canSubscribe: true, canPublish: true, canPublishData: true, canPublishSources: [], canUpdateMetadata: false },
  metadata: '',
  attributes: {},
}
const microphone = { sid: 'TR_1', source: 'microphone', muted: false } as const
let serial = 0
const by = (at: number) => ({ id: `EV_${(serial += 1)}`, at, cause: 'webhook', room }) as const

function fold(events: readonly RoomEvent[], record: RoomRecord = emptyRecord('lobby')): RoomRecord {
  return events.reduce((held, event) => {
    const applied = applyRoomEvent(held, event)
    return applied ? withChange(held, applied.change, held.revision + 1) : held
  }, record)
}

const joined = (at = 2000, participant = ana): RoomEvent => ({ ...by(at), type: 'participant_joined', participant })
const left = (at = 3000, participant = { ...ana, version: 9 }): RoomEvent => ({ ...by(at), type: 'participant_left', participant })
const started = (): RoomEvent => ({ ...by(1000), type: 'room_started' })
const finished = (at = 4000): RoomEvent => ({ ...by(at), type: 'room_finished' })
const published = (at = 2100, version?: number): RoomEvent => trackEvent(at, 'track_published', version)
const unpublished = (at = 2500): RoomEvent => trackEvent(at, 'track_unpublished')
const withTrack = { ...ana, version: 2, tracks: [microphone] }
const seen = { cause: 'observer' } as const
const list = { cause: 'sweep', asOf: 4000 } as const
const row = (record: RoomRecord, identity = 'ana') => record.room?.participants.get(identity)

function trackEvent(at: number, type: 'track_published' | 'track_unpublished', version?: number, { identity, sid } = ana): RoomEvent {
  return { ...by(at), room: bare, type, participant: { identity, sid }, track: microphone, ...(version === undefined ? {} : { version }) }
}

/** What the feed tells of these events. */
function told(...events: RoomEvent[]): string[] {
  let record = emptyRecord('lobby')
  return events.flatMap((event) => {
    const applied = applyRoomEvent(record, event)
    if (applied) record = withChange(record, applied.change, record.revision + 1)
    return applied?.feed.map(({ type }) => type) ?? []
  })
}

describe('applyRoomEvent', () => {
  it('S1.1 ends in the same state in whatever order a history arrives, doubled or not', () => {
    fc.assert(
      fc.property(arrivals('lobby'), ({ happened, arrived }) => {
        expect(visibleState(fold(arrived))).toEqual(visibleState(fold(happened)))
      }),
      { numRuns: 1000, seed: 20_261 },
    )
  })

  it('ignores an event that it has seen', () => {
    const event = joined()
    expect(applyRoomEvent(fold([event]), event)).toBeNull()
  })

  it('keys presence by sid: the end of an old stay does not end the new one', () => {
    const again = { ...ana, sid: 'PA_2', joinedAt: 2500 }
    const record = fold([joined(), joined(2500, again), left()])
    expect(row(record)).toMatchObject({ sid: 'PA_2', online: true })
  })

  it('does not raise the dead: what was told before its end arrives after it', () => {
    expect(row(fold([left(), joined()]))).toMatchObject({ online: false })
    expect(fold([joined(), finished(), joined(2001)]).room).toBeNull()
    expect(fold([finished(), joined()]).room).toBeNull()
  })

  it('tells once what a sweep noticed before its webhook came, and a start also when somebody joined first', () => {
    const bySweep = { cause: 'sweep', asOf: 2500 } as const
    expect(told({ ...started(), ...bySweep }, started())).toEqual(['room_started'])
    expect(told({ ...started(), ...bySweep, quiet: true }, started())).toEqual(['room_started'])
    expect(told(joined(), started(), started())).toEqual(['participant_joined', 'room_started'])
    expect(told(joined(), { ...left(3000), ...bySweep }, left(3100))).toEqual(['participant_joined', 'participant_left'])
    expect(told(started(), { ...finished(), ...bySweep }, finished())).toEqual(['room_started', 'room_finished'])
    expect(told(finished())).toEqual(['room_finished'])
    expect(told(left())).toEqual(['participant_left'])
  })

  it('keeps a track that is told before its owner joined', () => {
    expect(row(fold([published(), joined()]))?.tracks).toMatchObject([{ sid: 'TR_1' }])
  })

  it('never lets a list undo what is newer than the question', () => {
    const muted: RoomEvent = {
      ...by(5000),
      cause: 'action',
      room: bare,
      type: 'track_muted',
      participant: ana,
      track: { ...microphone, muted: true },
    }
    const record = fold([joined(), muted])
    const old = { cause: 'sweep', asOf: 4000, room: bare } as const
    expect(applyRoomEvent(record, { ...by(4000), ...old, type: 'participant_left', participant: ana })).toBeNull()
    expect(applyRoomEvent(record, { ...by(4000), ...old, type: 'track_unmuted', participant: ana, track: microphone })).toBeNull()
    expect(applyRoomEvent(record, { ...by(4000), ...old, type: 'room_finished' })).toBeNull()
  })

  it('believes whoever sees somebody whom a list was without, and a webhook only if it knows more than was known', () => {
    const gone = fold([joined(), { ...left(4000, ana), ...list }])
    expect(row(gone)).toMatchObject({ online: false })
    expect(row(fold([joined(4100)], gone))).toMatchObject({ online: false })
    const known = fold([joined(), published(2100, 2), { ...left(4000, ana), ...list }])
    expect(row(fold([joined(4100, { ...ana, version: 2 })], known))).toMatchObject({ online: false })
    expect(row(fold([joined(4100, { ...ana, version: 2 })], gone))).toMatchObject({ online: true })
    expect(row(fold([{ ...joined(4100), cause: 'sweep', asOf: 4100 }], gone))).toMatchObject({ online: true })
    expect(row(fold([{ ...joined(4100), cause: 'observer' }], gone))).toMatchObject({ online: true })
  })

  it('tells a removal with its operator, and as the leaving it is; the webhook that follows tells it no second time', () => {
    const record = fold([joined()])
    const attribution = { operator: 'moderator', actionId: 'a1', reason: 'spam' }
    const removed: RoomEvent = { ...by(3000), cause: 'action', room: bare, by: attribution, type: 'participant_removed', participant: ana }
    const applied = applyRoomEvent(record, removed)
    expect(applied?.feed.map(({ type }) => type)).toEqual(['participant_removed', 'participant_left'])
    expect(applied?.feed[0]?.data).toMatchObject({ ...attribution, participant: { identity: 'ana', name: 'Ana' } })
    expect(applyRoomEvent(fold([removed], record), left())).toBeNull()
  })

  it('shows and tells nothing of hidden participants', () => {
    const hidden = { ...ana, identity: 'observer', sid: 'PA_H', hidden: true }
    const applied = applyRoomEvent(fold([]), joined(2000, hidden))
    expect(applied?.feed).toEqual([])
    const alone = fold([joined(2000, hidden)])
    expect(alone.room && isShown(alone.room)).toBe(false)
    const both = fold([joined(2000, hidden), joined()])
    expect(both.room && isShown(both.room)).toBe(true)
  })

  it('keeps the list of those who left within bounds, the oldest going first', () => {
    const stays = Array.from({ length: LEFT_SHOWN + 3 }, (_, index) => ({ ...ana, identity: `p${index}`, sid: `PA_${index}` }))
    const record = fold(stays.flatMap((stay, index) => [joined(2000 + index, stay), left(3000 + index, { ...stay, version: 2 })]))
    expect(record.room?.participants.size).toBe(LEFT_SHOWN)
    expect(row(record, 'p2')).toBeUndefined()
    expect(row(record, 'p3')).toBeDefined()
  })

  it('takes names that other code would trip over as just names', () => {
    const names = ['__proto__', 'constructor', 'a:b{c}', '👩‍🚀', ' ', 'x'.repeat(256)]
    const record = fold(names.map((identity, index) => joined(2000, { ...ana, identity, sid: `PA_${index}` })))
    expect([...(record.room?.participants.keys() ?? [])]).toEqual(names)
  })

  it('replaces an earlier session under the same name, and does not mix the two', () => {
    const later = { name: 'lobby', sid: 'RM_2', facts: { ...facts, sid: 'RM_2', startedAt: 9000 } }
    const record = fold([joined(), { ...by(9000), room: later, type: 'room_started' }])
    expect(record.room?.facts.sid).toBe('RM_2')
    expect(record.room?.participants.size).toBe(0)
    expect(applyRoomEvent(record, joined(2001))).toBeNull()
  })

  it('makes histories that have everything in them', () => {
    const events = historyOf('lobby', [
      { kind: 'join', person: 0, source: 'camera' },
      { kind: 'publish', person: 0, source: 'microphone' },
      { kind: 'mute', person: 0, track: 0 },
      { kind: 'restart' },
    ])
    expect(events.map(({ type }) => type)).toEqual([
      'room_started',
      'participant_joined',
      'track_published',
      'track_muted',
      'room_finished',
      'room_started',
    ])
  })
})

describe('X3 who notices first tells it, and nobody else', () => {
  const [S, J, L, P, U, F] = [
    'room_started',
    'participant_joined',
    'participant_left',
    'track_published',
    'track_unpublished',
    'room_finished',
  ]
  const bo: ParticipantFacts = { ...ana, identity: 'bo', sid: 'PA_B', hidden: true }
  const again = { ...ana, sid: 'PA_2', joinedAt: 2500 }
  const later = { ...room, sid: 'RM_2', facts: { ...facts, sid: 'RM_2', startedAt: 9000 } }
  const seenWithTrack = (): RoomEvent => ({ ...joined(2000, withTrack), ...seen })
  const over = (): RoomEvent => ({ ...finished(), ...list })
  const listed = (event: RoomEvent): RoomEvent => ({ ...event, id: `${event.id}+`, at: 5000, cause: 'sweep', asOf: 5000 })
  const missed = (at = 4000): RoomEvent => ({ ...left(at, withTrack), ...list })

  it.each<[string, RoomEvent[], unknown[]]>([
    ['a join that was seen brings its tracks; their webhooks add nothing', [seenWithTrack(), joined(), published()], [J, P]],
    ['a join by webhook leaves its tracks to their webhooks', [joined(2000, withTrack), published(), published(2101)], [J, P]],
    ['and if those are lost, to who sees them', [joined(2000, withTrack), { ...published(2100, 2), ...seen }, published()], [J, P]],
    ['also if the webhook was quicker than the sight', [joined(2000, withTrack), seenWithTrack()], [J, P]],
    ['a second join, newer than the first, is no news', [joined(), joined(2001, { ...ana, version: 2 })], [J]],
    ['a webhook of a track that comes before its owner is told with the join', [published(), joined(), published(2101)], [J, P]],
    ['unless the owner is hidden', [trackEvent(2100, 'track_published', undefined, bo), joined(2000, bo)], []],
    ['what was there before anybody looked is no news', [{ ...seenWithTrack(), quiet: true }, joined(), published(), unpublished()], [U]],
    ['a leaving ends its tracks', [seenWithTrack(), { ...left(), ...seen }, unpublished(), left(3001)], [J, P, U, L]],
    ['also one by webhook, if theirs were lost', [seenWithTrack(), left(), unpublished()], [J, P, U, L]],
    ['but not twice', [seenWithTrack(), unpublished(), left(), unpublished(2501)], [J, P, U, L]],
    ['what a list was without is told once', [seenWithTrack(), missed(), unpublished(), published(), left(5000)], [J, P, U, L]],
    ['also if it is seen again', [seenWithTrack(), missed(), seenWithTrack(), { ...left(5000), ...seen }], [J, P, U, L]],
    ['until the room is over', [seenWithTrack(), missed(), seenWithTrack(), finished()], [J, P, U, L, F]],
    ['a webhook of a track that a list was without is late', [seenWithTrack(), { ...unpublished(), ...list }, published(5000)], [J, P, U]],
    ['and so is one of whom it was without', [joined(), { ...left(4000, ana), ...list }, published(5000)], [J, L]],
    ['a later stay ends the earlier one', [seenWithTrack(), joined(2500, again), left(), unpublished()], [J, P, U, L, J]],
    ['and a list said so before', [seenWithTrack(), missed(), joined(5000, { ...again, joinedAt: 4500 }), left(5001)], [J, P, U, L, J]],
    ['the end of a room ends the stays in it', [seenWithTrack(), finished(), left(), unpublished()], [J, P, U, L, F]],
    ['and so does a later session', [seenWithTrack(), { ...started(), room: later }, left(), finished()], [J, P, U, L, F, S]],
    [
      'what a list found over is over for late webhooks',
      [started(), joined(), over(), joined(2001, { ...again, identity: 'cy' }), started(), finished()],
      [S, J, L, F],
    ],
    [
      'whoever is listed there again is there without a word',
      [started(), joined(), over(), listed(started()), listed(joined()), left()],
      [S, J, L, F],
    ],
  ])('%s', (_name, events, expected) => {
    expect(told(...events)).toEqual(expected)
  })

  it('tells each of several changes that were seen at once', () => {
    const changed: RoomEvent = {
      ...by(3000),
      ...seen,
      type: 'permission_changed',
      participant: withTrack,
      also: ['metadata_changed', 'name_changed'],
    }
    const applied = applyRoomEvent(fold([joined()]), changed)
    expect(applied?.feed.map(({ type }) => type)).toEqual(['permission_changed', 'metadata_changed', 'name_changed'])
    expect(new Set(applied?.feed.map(({ data }) => data.id)).size).toBe(3)
  })

  it('X5 tells what an operator did with who did it, also where newer facts were told already, and keeps those', () => {
    const attributed = { cause: 'action', by: { operator: 'kim', actionId: 'a' } } as const
    const newer = { ...ana, version: 7, metadata: 'newer' }
    const record = fold([joined(2000, newer)])
    for (const type of ['permission_changed', 'metadata_changed'] as const) {
      const older = { ...by(2500), type, participant: { ...ana, version: 5, metadata: 'older' } } as const
      expect(applyRoomEvent(record, { ...older, ...seen })).toBeNull()
      const applied = applyRoomEvent(record, { ...older, ...attributed })
      expect(applied?.feed).toMatchObject([{ type, data: { operator: 'kim', actionId: 'a' } }])
      expect(applied?.change.participants).toEqual([])
    }
    expect(applyRoomEvent(record, { ...by(2600), ...seen, type: 'room_updated' })).toBeNull()
    expect(applyRoomEvent(record, { ...by(2600), ...attributed, type: 'room_updated' })?.feed).toMatchObject([
      { type: 'room_updated', data: { operator: 'kim' } },
    ])
  })

  it('names of what an event ends the one who left and the room that was, each by an id of its own', () => {
    const applied = applyRoomEvent(fold([seenWithTrack()]), { ...joined(9001, again), room: later })
    expect(applied?.feed.map(({ type, data }) => [type, data.room?.sid, data.participant?.sid, data.track?.sid])).toEqual([
      [U, 'RM_1', 'PA_1', 'TR_1'],
      [L, 'RM_1', 'PA_1', undefined],
      [F, 'RM_1', undefined, undefined],
      [J, 'RM_2', 'PA_2', undefined],
    ])
    expect(new Set(applied?.feed.map(({ data }) => data.id)).size).toBe(4)
  })

  it('leaves what changed since the list was asked for alone, whoever asked', () => {
    const record = fold([{ ...joined(5000), ...seen }])
    for (const cause of ['sweep', 'observer'] as const) {
      expect(applyRoomEvent(record, { ...left(6000, ana), cause, asOf: 4999 })).toBeNull()
      expect(applyRoomEvent(record, { ...left(6000, ana), cause, asOf: 5000 })).not.toBeNull()
      expect(applyRoomEvent(record, { ...left(6000, ana), cause })).not.toBeNull()
    }
  })
})
