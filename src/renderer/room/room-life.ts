import type { RoomSummary } from '#shared/domain/room.ts'
import type { RoomFacts } from '../app/session-state.ts'

/** Whether a room is live, as far as it is known. `ended`: it was seen live and is not any more. */
export type RoomLife = 'live' | 'ended' | 'not_live' | 'unknown'

/** From the wall's summaries (null: not known yet) and the room's own facts. */
export function roomLife(rooms: ReadonlyMap<string, RoomSummary> | null, room: string, facts: RoomFacts | null): RoomLife {
  if (rooms === null) return facts !== null && facts.online > 0 ? 'live' : 'unknown'
  if (rooms.has(room)) return 'live'
  return facts !== null && facts.sid !== '' ? 'ended' : 'not_live'
}

/** The session an observer may join: a live one whose sid the wall and the facts agree on. */
export function observableSid(rooms: ReadonlyMap<string, RoomSummary> | null, room: string, facts: RoomFacts | null): string | null {
  const summary = rooms?.get(room)
  if (summary === undefined || facts === null || summary.sid === '' || summary.sid !== facts.sid) return null
  return summary.online > 0 ? summary.sid : null
}
