import type { RoomUpdate } from '#shared/domain/room.ts'
import type { RoomMoved } from '#server/rooms/live-rooms.ts'
import { toDifference, toUpdate } from '#server/rooms/room-view.ts'

/** How many ended rooms are remembered for those who still have them open. */
const ENDED_SIZE = 1000

/**
 * What those who follow a room are told when it moves on. When it ends they keep its people, as left, in their lists; when it begins again
 * these are taken off. `isFollowed`: whether anybody has that room open here; of a room that nobody follows nothing is told: null. `now` in ms.
 */
export function createRoomUpdates(
  isFollowed: (room: string) => boolean,
  now: () => number = Date.now,
): (moved: RoomMoved) => RoomUpdate | null {
  const listed = new Map<string, readonly string[]>()

  function rememberEnd({ before, after }: RoomMoved): void {
    if (!before.room || after.room) return
    listed.set(
      after.name,
      [...before.room.participants.values()].filter((row) => !row.hidden).map((row) => row.identity),
    )
    for (const name of listed.keys()) {
      if (listed.size <= ENDED_SIZE) return
      listed.delete(name)
    }
  }

  return (moved) => {
    const { before, after, change } = moved
    if (!isFollowed(after.name)) {
      listed.delete(after.name)
      return null
    }
    const update = change ? toUpdate(before, after, change, now()) : toDifference(before, after, now())
    rememberEnd(moved)
    const earlier = listed.get(after.name)
    if (!earlier || !after.room) return update
    listed.delete(after.name)
    const { participants } = after.room
    return { ...update, removed: [...update.removed, ...earlier.filter((identity) => !participants.has(identity))] }
  }
}
