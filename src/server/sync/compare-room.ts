import { isDeepStrictEqual } from 'node:util'
import type { ListedParticipant, ListedRoom } from '#server/livekit/room-service.ts'
import { relateSession } from '#server/rooms/room-draft.ts'
import type { RoomEvent, RoomReference } from '#server/rooms/room-event.ts'
import type { ParticipantFacts, ParticipantRow, RoomRecord } from '#server/rooms/room-model.ts'

type Common = {
  readonly id: string
  readonly at: number
  readonly room: RoomReference
  readonly cause: 'sweep'
  readonly asOf: number
  readonly quiet: boolean
}

/** What one comparison found: the events that make the record what LiveKit lists, and the sids that it misses. */
export type Comparison = { readonly events: readonly RoomEvent[]; readonly missing: readonly ParticipantRow[] }

type Comparing = {
  readonly record: RoomRecord
  readonly listed: ListedRoom
  readonly people: readonly ListedParticipant[]
  /** When the list was asked for, ms. */
  readonly asOf: number
  readonly newId: () => string
  /** Whether this is the first look since the start or a loss: a room that wasn't known then is not news. */
  readonly isFirst: boolean
}

/**
 * Compares a room's record with LiveKit's list of `asOf` (ms). Pure. Those online whom the list misses come as `missing`:
 * a list can be stale, so the caller decides. Somebody still on their way in is not missing, and not joined either.
 */
export function compareRoom({ record, listed, people, asOf, newId, isFirst }: Comparing): Comparison {
  const room: RoomReference = { name: listed.name, sid: listed.facts.sid, facts: listed.facts }
  const relation = relateSession(record.room, room)
  const current = relation === 'same' ? record.room : null
  const quiet = isFirst && !record.room
  const common = (): Common => ({ id: newId(), at: asOf, room, cause: 'sweep', asOf, quiet })
  // A list that names a later session says that the one before is over; one that names an earlier session is old.
  const events: RoomEvent[] = relation === 'newer' ? overEvents(record, asOf, newId) : []
  if (!current) events.push({ ...common(), type: 'room_started' })
  else if (!isDeepStrictEqual(roomState(current.facts), roomState(listed.facts))) events.push({ ...common(), type: 'room_updated' })
  const listedSids = new Set(people.map(({ facts }) => facts.sid))
  for (const { facts, active } of people) {
    if (active) events.push(...compareParticipant(common, current?.participants.get(facts.identity), facts))
  }
  const missing = [...(current?.participants.values() ?? [])].filter(
    (row) => row.online && !listedSids.has(row.sid) && row.changedAt <= asOf,
  )
  return { events, missing }
}

/** That somebody has left, which no webhook told. */
export function leftEvent(row: ParticipantRow, room: { readonly name: string; readonly sid: string }, asOf: number, id: string): RoomEvent {
  return { id, at: asOf, asOf, cause: 'sweep', type: 'participant_left', room: { ...room, facts: null }, participant: row }
}

/** That a room is over, which no webhook told: everybody in it has left, each a fact of its own, and it has ended. */
export function overEvents({ name, room }: RoomRecord, asOf: number, newId: () => string): RoomEvent[] {
  if (!room) return []
  const { sid } = room.facts
  const gone = [...room.participants.values()].filter((row) => row.online)
  return [
    ...gone.map((row) => leftEvent(row, { name, sid }, asOf, newId())),
    { id: newId(), at: asOf, asOf, cause: 'sweep', type: 'room_finished', room: { name, sid, facts: null } },
  ]
}

function roomState({ metadata, maxParticipants, recording }: ListedRoom['facts']) {
  return { metadata, maxParticipants, recording }
}

function compareParticipant(common: () => Common, row: ParticipantRow | undefined, facts: ParticipantFacts): RoomEvent[] {
  if (!row?.online || row.sid !== facts.sid) return [{ ...common(), type: 'participant_joined', participant: facts }]
  if (facts.version < row.version) return []
  const events: RoomEvent[] = []
  // Each carries the facts whole, so the first of them brings all; the type tells the feed what was different.
  if (!isDeepStrictEqual(row.permissions, facts.permissions)) events.push({ ...common(), type: 'permission_changed', participant: facts })
  else if (row.metadata !== facts.metadata) events.push({ ...common(), type: 'metadata_changed', participant: facts })
  else if (row.name !== facts.name) events.push({ ...common(), type: 'name_changed', participant: facts })
  else if (!isDeepStrictEqual({ ...row.attributes }, { ...facts.attributes })) {
    events.push({ ...common(), type: 'attributes_changed', participant: facts })
  }
  return [...events, ...compareTracks(common, row, facts)]
}

function compareTracks(common: () => Common, row: ParticipantRow, facts: ParticipantFacts): RoomEvent[] {
  const participant = { identity: facts.identity, sid: facts.sid }
  const listed = new Map(facts.tracks.map((track) => [track.sid, track]))
  const events: RoomEvent[] = []
  for (const track of row.tracks) {
    const now = listed.get(track.sid)
    listed.delete(track.sid)
    if (!now)
      events.push({
        ...common(),
        type: 'track_unpublished',
        participant,
        track: { sid: track.sid, source: track.source, muted: track.muted },
      })
    else if (now.muted !== track.muted)
      events.push({ ...common(), type: now.muted ? 'track_muted' : 'track_unmuted', participant, track: now })
  }
  for (const track of listed.values()) events.push({ ...common(), type: 'track_published', participant, track })
  return events
}
