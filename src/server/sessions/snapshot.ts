import type { LiveRooms } from '#server/rooms/live-rooms.ts'
import { storable } from '#server/people/search-words.ts'
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

/** All live rooms as they were at one place of the log. */
export type Snapshot = { readonly cursor: string; readonly sessions: readonly SeenSession[] }

/** The rooms as they are now. Hidden people are in no record. `now` in ms. */
export function takeSnapshot(rooms: Pick<LiveRooms, 'all' | 'cursor'>, now: number): Snapshot {
  const sessions: SeenSession[] = []
  for (const { name, room } of rooms.all()) {
    if (!room) continue
    const stays: SeenStay[] = []
    for (const row of room.participants.values()) {
      // Who is invited has no stay yet.
      if (row.hidden || row.sid === '' || (!row.online && row.leftAt === null)) continue
      stays.push({
        sid: row.sid,
        identity: storable(row.identity),
        name: storable(row.name),
        joinedAt: joinedAtOf(row, row.leftAt ?? now),
        leftAt: row.online ? null : row.leftAt,
        allowed: allowedBy(row.permissions),
      })
    }
    sessions.push({ name: storable(name), sid: room.facts.sid, startedAt: room.facts.startedAt || now, stays })
  }
  return { cursor: rooms.cursor(), sessions }
}
