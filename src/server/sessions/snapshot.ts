import type { LiveRooms } from '#server/rooms/live-rooms.ts'
import { storable } from '#server/people/search-words.ts'
import type { Room, RoomRecord } from '#server/rooms/room-model.ts'
import { allowedBy, joinedAtOf, type Allowed } from './record-event.ts'

/** A stay as the live rooms have it; `leftAt` null: it goes on. Times in ms. */
export type SeenStay = {
  readonly sid: string
  readonly identity: string
  readonly name: string
  readonly joinedAt: number
  readonly leftAt: number | null
  readonly allowed: Allowed
}

/** A session of a room that is live, with the newest stay of everybody who is known to be or have been there. */
export type SeenSession = { readonly name: string; readonly sid: string; readonly startedAt: number; readonly stays: readonly SeenStay[] }

type LiveRoom = { readonly name: RoomRecord['name']; readonly room: Room }

/** All live rooms as they were at one place of the log, at a time (ms). */
export type Snapshot = { readonly cursor: string; readonly at: number; readonly rooms: readonly LiveRoom[] }

/** The rooms as they are now. Cheap, however many people there are: a record never changes, so who was there can be read from it later. `now` in ms. */
export function takeSnapshot(rooms: Pick<LiveRooms, 'all' | 'cursor'>, now: number): Snapshot {
  const live: LiveRoom[] = []
  for (const { name, room } of rooms.all()) if (room) live.push({ name, room })
  return { cursor: rooms.cursor(), at: now, rooms: live }
}

/** One room of a snapshot as the records have it, `at` its time. Hidden people are in no record. */
export function seenSession({ name, room }: LiveRoom, at: number): SeenSession {
  const stays: SeenStay[] = []
  for (const row of room.participants.values()) {
    // Who is invited has no stay yet.
    if (row.hidden || row.sid === '' || (!row.online && row.leftAt === null)) continue
    stays.push({
      sid: row.sid,
      identity: storable(row.identity),
      name: storable(row.name),
      joinedAt: joinedAtOf(row, row.leftAt ?? at),
      leftAt: row.online ? null : row.leftAt,
      allowed: allowedBy(row.permissions),
    })
  }
  return { name: storable(name), sid: room.facts.sid, startedAt: room.facts.startedAt || at, stays }
}
