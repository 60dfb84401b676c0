import { splitCursor } from '#server/rooms/room-store.ts'

/** How long what was told last says something about now, ms. */
const RECENT_MS = 15_000

/** How far behind the log this instance tells its events. `now` in ms. */
export type LogLag = {
  /** An event was told; Redis' log ids begin with the ms at which the entry was written. */
  readonly told: (cursor: string) => void
  /** The newest event's age when it was told, seconds; 0 at rest. */
  readonly seconds: () => number
}

export function createLogLag(now: () => number = Date.now): LogLag {
  let toldAt = -Infinity
  let last = ''
  return {
    told(cursor) {
      toldAt = now()
      last = cursor
    },
    seconds() {
      if (now() - toldAt > RECENT_MS) return 0
      const [, id] = splitCursor(last)
      const written = /^(\d{13})-\d+$/.exec(id)?.[1]
      // In memory an entry is told in the turn after it was written.
      return written === undefined ? 0 : Math.max(0, toldAt - Number(written)) / 1000
    },
  }
}
