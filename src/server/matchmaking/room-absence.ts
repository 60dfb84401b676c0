import type { Emitter } from '#shared/lib/emitter.ts'
import type { RoomMoved } from '#server/rooms/live-rooms.ts'
import type { RoomRecord } from '#server/rooms/room-model.ts'

type Options = {
  readonly moved: Emitter<RoomMoved>
  readonly graceMs: number
  /** Whether that user is matched in that room, and ours to look after. */
  readonly isMatchedIn: (username: string, room: string) => boolean
  readonly onGone: (username: string, room: string) => void
}

/** Who has left the room of their match, as LiveKit tells it, and does not come back within the grace. Who never came is not gone. */
export type RoomAbsence = {
  /** Has it told once more, a grace later. */
  readonly again: (username: string, room: string) => void
  readonly stop: () => void
}

export function watchRoomAbsence({ moved, graceMs, isMatchedIn, onGone }: Options): RoomAbsence {
  const timers = new Map<string, NodeJS.Timeout>()

  function back(username: string): void {
    clearTimeout(timers.get(username))
    timers.delete(username)
  }

  function away(username: string, room: string): void {
    back(username)
    const timer = setTimeout(() => {
      timers.delete(username)
      if (isMatchedIn(username, room)) onGone(username, room)
    }, graceMs)
    timer.unref()
    timers.set(username, timer)
  }

  const unsubscribe = moved.subscribe(({ before, after, change }) => {
    // Within a session nobody has left whom the change doesn't name.
    const named = change?.session === 'same' ? [...change.participants.map((row) => row.identity), ...change.removed] : online(before)
    for (const username of named) {
      if (isOnline(before, username) && !isOnline(after, username) && isMatchedIn(username, after.name)) away(username, after.name)
    }
    if (timers.size === 0) return
    for (const username of online(after)) if (isMatchedIn(username, after.name)) back(username)
  })

  return {
    again: away,
    stop() {
      unsubscribe()
      for (const timer of timers.values()) clearTimeout(timer)
    },
  }
}

function* online({ room }: RoomRecord): Generator<string> {
  for (const row of room?.participants.values() ?? []) if (row.online) yield row.identity
}

function isOnline({ room }: RoomRecord, identity: string): boolean {
  return room?.participants.get(identity)?.online ?? false
}
