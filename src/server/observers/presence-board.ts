import type { Presence } from '#shared/domain/presence.ts'
import { Emitter } from '#shared/lib/emitter.ts'

/** After how long without news nobody counts as speaking any more, ms: whoever observed the room may be dead. */
const SILENT_MS = 15_000
/** How often that is looked at, ms. */
const LOOK_MS = 5000

/** The newest presence of each observed room, whichever instance observes it. */
export type PresenceBoard = {
  readonly get: (room: string) => Presence | null
  readonly changed: Emitter<Presence>
  /** Keeps what an observer tells of a room that is live, unless something newer is known. */
  readonly put: (presence: Presence) => void
  /** Forgets a room that ended. */
  readonly forget: (room: string) => void
  readonly stop: () => void
}

/** `now` in ms. */
export function createPresenceBoard(isLive: (room: string) => boolean, now: () => number = Date.now): PresenceBoard {
  const newest = new Map<string, Presence>()
  const changed = new Emitter<Presence>()

  function put(presence: Presence): void {
    if (!isLive(presence.room)) return
    // Nothing is newer than now: the clock of another instance may be ahead, and this one's may have been set back.
    const at = Math.min(presence.at, now())
    if (Math.min(newest.get(presence.room)?.at ?? 0, now()) > at) return
    const kept = at === presence.at ? presence : { ...presence, at }
    newest.set(presence.room, kept)
    changed.emit(kept)
  }

  const timer = setInterval(() => {
    for (const presence of [...newest.values()]) {
      if (presence.speaking.length > 0 && now() - presence.at > SILENT_MS) put({ ...presence, speaking: [] })
    }
  }, LOOK_MS)
  timer.unref()

  return {
    get: (room) => newest.get(room) ?? null,
    changed,
    put,
    forget: (room) => void newest.delete(room),
    stop: () => clearInterval(timer),
  }
}
