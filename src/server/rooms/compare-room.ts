import { isDeepStrictEqual } from 'node:util'
import type { ListedParticipant, ListedRoom } from '#server/livekit/room-service.ts'
import { isLater, relateSession } from './room-draft.ts'
import type { ParticipantChange, RoomEvent, RoomReference } from './room-event.ts'
import type { ParticipantFacts, ParticipantRow, RoomRecord } from './room-model.ts'

/** How late what an observer is told may be, ms: what changed in that time speaks against it. LiveKit tells of those who publish nothing every 3 s. */
export const LATE_MS = 5000

/** One comparison: who looked, and when (ms). `asOf`: what changed after that is left alone; null where what was seen is as new as can be. */
export type Comparison = {
  readonly cause: 'sweep' | 'observer'
  readonly at: number
  readonly asOf: number | null
  /** What is found is what was there before anybody looked, and no news. */
  readonly quiet?: boolean
  readonly newId: () => string
}

/** What one comparison found: the events that make the record what was seen, and those whom it misses. */
export type Differences = { readonly events: readonly RoomEvent[]; readonly missing: readonly ParticipantRow[] }

type Common = Pick<RoomEvent, 'id' | 'at' | 'room' | 'cause' | 'asOf' | 'quiet'>

/**
 * Compares a room's record with everybody who was seen there. Pure. Those online who weren't seen come as `missing`: a list can be stale, so the caller
 * decides. Somebody still on their way in is not missing, and not joined either.
 */
export function compareRoom(
  record: RoomRecord,
  seen: Pick<ListedRoom, 'name' | 'facts'>,
  people: readonly ListedParticipant[],
  look: Comparison,
): Differences {
  const room: RoomReference = { name: seen.name, sid: seen.facts.sid, facts: seen.facts }
  const relation = relateSession(record.room, room)
  const current = relation === 'same' ? record.room : null
  const common = (): Common => commonOf(room, look)
  // A list that names a later session says that the one before is over; one that names an earlier session is old.
  const events: RoomEvent[] = relation === 'newer' ? overEvents(record, look) : []
  if (!current) events.push({ ...common(), type: 'room_started' })
  else if (!isDeepStrictEqual(roomState(current.facts), roomState(seen.facts))) events.push({ ...common(), type: 'room_updated' })
  const seenSids = new Set(people.map(({ facts }) => facts.sid))
  for (const { facts, active } of people) {
    if (active) events.push(...compareParticipant(current?.participants.get(facts.identity), facts, room, look))
  }
  const missing = [...(current?.participants.values() ?? [])].filter(
    (row) => row.online && !seenSids.has(row.sid) && (look.asOf === null || row.changedAt <= look.asOf),
  )
  return { events, missing }
}

/** That these people of a room are as was seen: the events that make them so, in the order in which they are told. Pure. */
export function comparePerson(record: RoomRecord, room: RoomReference, facts: ParticipantFacts, look: Comparison): RoomEvent[] {
  const current = record.room?.facts.sid === room.sid ? record.room : null
  return compareParticipant(current?.participants.get(facts.identity), facts, room, look)
}

/** That somebody has left, as nothing else has told yet. */
export function leftEvent(row: ParticipantFacts, room: { readonly name: string; readonly sid: string }, look: Comparison): RoomEvent {
  return { ...commonOf({ ...room, facts: null }, look), type: 'participant_left', participant: row }
}

/** That a room is over, as nothing else has told yet: everybody in it has left, each a fact of its own, and it has ended. */
export function overEvents({ name, room }: RoomRecord, look: Comparison): RoomEvent[] {
  if (!room) return []
  const { sid } = room.facts
  const gone = [...room.participants.values()].filter((row) => row.online)
  return [
    ...gone.map((row) => leftEvent(row, { name, sid }, look)),
    { ...commonOf({ name, sid, facts: null }, look), type: 'room_finished' },
  ]
}

function commonOf(room: RoomReference, { cause, at, asOf, quiet, newId }: Comparison): Common {
  return { id: newId(), at, room, cause, ...(asOf === null ? {} : { asOf }), ...(quiet ? { quiet } : {}) }
}

function roomState({ metadata, maxParticipants, recording }: ListedRoom['facts']) {
  return { metadata, maxParticipants, recording }
}

function compareParticipant(row: ParticipantRow | undefined, facts: ParticipantFacts, room: RoomReference, look: Comparison): RoomEvent[] {
  const common = () => commonOf(room, look)
  if (!row?.online || row.sid !== facts.sid) {
    const joined: RoomEvent = { ...common(), type: 'participant_joined', participant: facts }
    if (!row?.online || !isLater(facts.joinedAt, facts.sid, row.joinedAt, row.sid)) return [joined]
    return [{ ...common(), type: 'participant_left', participant: row }, joined]
  }
  if (facts.version < row.version) return []
  // Tracks first: the facts are whole, and would bring them along untold.
  const events = compareTracks(row, facts, room, look)
  const [type, ...also] = changesOf(row, facts)
  if (type) events.push({ ...common(), type, participant: facts, ...(also.length > 0 ? { also } : {}) })
  // No news, but from now on the record knows at which version these tracks were there, so that their end can be told from an older state.
  else if (look.asOf === null && facts.tracks.some(({ sid }) => isUndated(row, sid)))
    events.push({ ...common(), type: 'participant_joined', participant: facts })
  return events
}

function changesOf(row: ParticipantRow, facts: ParticipantFacts): ParticipantChange[] {
  const changes: ParticipantChange[] = []
  if (!isDeepStrictEqual(row.permissions, facts.permissions)) changes.push('permission_changed')
  if (row.metadata !== facts.metadata) changes.push('metadata_changed')
  if (row.name !== facts.name) changes.push('name_changed')
  if (!isDeepStrictEqual({ ...row.attributes }, { ...facts.attributes })) changes.push('attributes_changed')
  return changes
}

/** Whether only a webhook told of a track: it doesn't say at which version. */
function isUndated({ tracks }: ParticipantRow, sid: string): boolean {
  return tracks.some((track) => track.sid === sid && track.version === 0)
}

function compareTracks(row: ParticipantRow, facts: ParticipantFacts, room: RoomReference, look: Comparison): RoomEvent[] {
  const participant = { identity: facts.identity, sid: facts.sid }
  const { version } = facts
  const seen = new Map(facts.tracks.map((track) => [track.sid, track]))
  const events: RoomEvent[] = []
  for (const track of row.tracks) {
    const now = seen.get(track.sid)
    if (track.told) seen.delete(track.sid)
    const { sid, source, muted } = track
    if (!now && track.version <= version) {
      // What was seen may be older than the webhook.
      const asOf = look.asOf ?? (track.version === 0 ? look.at - LATE_MS : null)
      events.push({ ...commonOf(room, { ...look, asOf }), type: 'track_unpublished', participant, track: { sid, source, muted } })
    } else if (now && track.told && now.muted !== muted) {
      events.push({ ...commonOf(room, look), type: now.muted ? 'track_muted' : 'track_unmuted', participant, track: now, version })
    }
  }
  for (const track of seen.values()) events.push({ ...commonOf(room, look), type: 'track_published', participant, track, version })
  return events
}
