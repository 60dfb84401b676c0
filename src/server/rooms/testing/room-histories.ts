import fc from 'fast-check'
import type { TrackSource } from '#shared/domain/participant.ts'
import type { RoomEvent, RoomReference } from '../room-event.ts'
import type { ParticipantFacts, RoomRecord } from '../room-model.ts'

/** What may happen next in a room; a step that makes no sense at that point is passed over. */
type Step =
  | { readonly kind: 'join' | 'leave' | 'rename' | 'publish'; readonly person: number; readonly source: TrackSource }
  | { readonly kind: 'unpublish' | 'mute' | 'unmute'; readonly person: number; readonly track: number }
  | { readonly kind: 'restart' }

export const steps = fc.array(
  fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record({
        kind: fc.constantFrom('join', 'leave', 'rename', 'publish'),
        person: fc.nat(2),
        source: fc.constantFrom('microphone', 'camera', 'unknown'),
      }),
    },
    { weight: 8, arbitrary: fc.record({ kind: fc.constantFrom('unpublish', 'mute', 'unmute'), person: fc.nat(2), track: fc.nat(1) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('restart') }) },
  ),
  { minLength: 4, maxLength: 40, size: 'max' },
) as fc.Arbitrary<Step[]>

type Present = { facts: ParticipantFacts }

/** What LiveKit tells first of a room of this name. */
export function startOf(name: string): RoomEvent {
  const [start] = historyOf(name, [])
  if (!start) throw new Error('a history begins with a start')
  return start
}

/** Everything LiveKit would tell of one room name while these steps happen, in order: sessions, stays and tracks with sids of their own. */
export function historyOf(name: string, happened: readonly Step[]): RoomEvent[] {
  const events: RoomEvent[] = []
  const present = new Map<number, Present>()
  let clock = Date.now() - 60_000
  let serial = 0
  let sessions = 0
  let room: RoomReference = { name, sid: '', facts: null }
  const nextSid = (prefix: string) => `${prefix}_${name}_${(serial += 1)}`
  const common = () => ({ id: nextSid('EV'), at: (clock += 7), room, cause: 'webhook' }) as const
  const begin = () => {
    sessions += 1
    const sid = nextSid('RM')
    room = { name, sid, facts: { sid, startedAt: (clock += 10), metadata: `session ${sessions}`, maxParticipants: 0, recording: false } }
    events.push({ ...common(), type: 'room_started' })
  }
  const change = (facts: ParticipantFacts, by: Partial<ParticipantFacts>) => ({ ...facts, ...by, version: facts.version + 1 })
  /** LiveKit's track webhooks name the room and no more. */
  const bare = () => ({ ...common(), room: { name, sid: room.sid, facts: null } })

  begin()
  for (const step of happened) {
    if (step.kind === 'restart') {
      events.push({ ...common(), type: 'room_finished' })
      present.clear()
      begin()
      continue
    }
    const who = present.get(step.person)
    if (step.kind === 'join') {
      // A second join of the same person is a reconnect: LiveKit tells the end of the first stay after it.
      const facts = newcomer(step.person, nextSid('PA'), (clock += 5))
      events.push({ ...common(), type: 'participant_joined', participant: facts })
      if (who) events.push({ ...common(), type: 'participant_left', participant: change(who.facts, { tracks: [] }) })
      present.set(step.person, { facts })
      continue
    }
    if (!who) continue
    const { facts } = who
    const reference = { identity: facts.identity, sid: facts.sid }
    if (step.kind === 'leave') {
      events.push({ ...common(), type: 'participant_left', participant: change(facts, { tracks: [] }) })
      present.delete(step.person)
    } else if (step.kind === 'rename') {
      who.facts = change(facts, { name: `${facts.name}'`, metadata: `at ${clock}` })
      events.push({ ...common(), type: 'name_changed', participant: who.facts })
    } else if (step.kind === 'publish') {
      const track = { sid: nextSid('TR'), source: step.source, muted: false }
      who.facts = change(facts, { tracks: [...facts.tracks, track] })
      events.push({ ...bare(), type: 'track_published', participant: reference, track })
    } else if ('track' in step) {
      const track = facts.tracks[step.track]
      if (!track) continue
      if (step.kind === 'unpublish') {
        who.facts = change(facts, { tracks: facts.tracks.filter((each) => each !== track) })
        events.push({ ...bare(), type: 'track_unpublished', participant: reference, track })
      } else {
        const muted = { ...track, muted: step.kind === 'mute' }
        who.facts = change(facts, { tracks: facts.tracks.map((each) => (each === track ? muted : each)) })
        const type = step.kind === 'mute' ? 'track_muted' : 'track_unmuted'
        events.push({ ...common(), type, participant: reference, track: muted, version: who.facts.version })
      }
    }
  }
  return events
}

/** Somebody at their first version. One of them is hidden: the third. */
export function newcomer(person: number, sid: string, joinedAt: number): ParticipantFacts {
  return {
    identity: `person-${person}`,
    sid,
    name: `Person ${person}`,
    kind: 'standard',
    hidden: person === 2,
    joinedAt,
    version: 1,
    tracks: [],
    permissions: { canSubscribe: true, canPublish: true, canPublishData: true, canPublishSources: [], canUpdateMetadata: false },
    metadata: '',
    attributes: {},
  }
}

/** A history as it happened, and as it may arrive: in any order, some events twice. */
export function arrivals(name: string): fc.Arbitrary<{ readonly happened: RoomEvent[]; readonly arrived: RoomEvent[] }> {
  return steps.chain((taken) => {
    const happened = historyOf(name, taken)
    return fc
      .tuple(fc.subarray(happened), fc.infiniteStream(fc.nat()))
      .map(([doubled, order]) => ({ happened, arrived: shuffled([...happened, ...doubled], order) }))
  })
}

function shuffled<T>(items: readonly T[], order: Iterator<number>): T[] {
  return items
    .map((item) => ({ item, key: Number(order.next().value) }))
    .toSorted((a, b) => a.key - b.key)
    .map(({ item }) => item)
}

/** What must be the same whatever the order: the session and the people in it, not when this copy was last confirmed or touched. */
export function visibleState(record: RoomRecord) {
  if (!record.room) return null
  const { facts, participants } = record.room
  const rows = [...participants.values()].map(({ changedAt: _changedAt, tracks, ...row }) => ({
    ...row,
    tracks: tracks.map(({ version: _version, told: _told, ...track }) => track),
  }))
  return { facts, rows: rows.toSorted((a, b) => (a.identity < b.identity ? -1 : 1)) }
}
