import { createCallGate } from './call-gate.ts'
import type { RoomService } from './room-service.ts'

/** What sweeps and reads ask of LiveKit. */
export type RoomLists = Pick<RoomService, 'listRooms' | 'listParticipants'>

/** The same lists with at most `limit` calls under way at once. */
export function boundLists(lists: RoomLists, limit: number): RoomLists {
  const gate = createCallGate(limit)
  return {
    listRooms: (names) => gate(() => lists.listRooms(names)),
    listParticipants: (room) => gate(() => lists.listParticipants(room)),
  }
}
