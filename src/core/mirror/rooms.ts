import type { RoomsUpdate, RoomSummary } from '#shared/domain/room.ts'

/** The live rooms by name, in the order the server told them. */
export type Rooms = ReadonlyMap<string, RoomSummary>

/** The rooms of a snapshot. */
export function indexRooms(rooms: readonly RoomSummary[]): Rooms {
  return new Map(rooms.map((summary) => [summary.room, summary]))
}

/** The rooms after an update: changed ones in their place, new ones at the end, removed ones gone. */
export function applyRoomsUpdate(rooms: Rooms, update: RoomsUpdate): Rooms {
  const next = new Map(rooms)
  for (const summary of update.changed) next.set(summary.room, summary)
  for (const room of update.removed) next.delete(room)
  return next
}
