import type { RoomService } from './room-service.ts'

/** What sweeps and reads ask of LiveKit. */
export type RoomLists = Pick<RoomService, 'listRooms' | 'listParticipants'>

/** The same lists with at most `limit` calls under way at once; the others wait for their turn, in order. */
export function boundLists(lists: RoomLists, limit: number): RoomLists {
  const waiting: (() => void)[] = []
  let free = limit

  async function inTurn<T>(call: () => Promise<T>): Promise<T> {
    if (free > 0) free -= 1
    else await new Promise<void>((resolve) => waiting.push(resolve))
    try {
      return await call()
    } finally {
      // Whoever is next takes over this call's place.
      const next = waiting.shift()
      if (next) next()
      else free += 1
    }
  }

  return {
    listRooms: (names) => inTurn(() => lists.listRooms(names)),
    listParticipants: (room) => inTurn(() => lists.listParticipants(room)),
  }
}
