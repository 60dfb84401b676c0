import type { Presence } from '#shared/domain/presence.ts'
import { Emitter } from '#shared/lib/emitter.ts'
import type { PresenceSource } from './presence-source.ts'

/** The newest presence of each observed room. */
export type PresenceBoard = {
  readonly get: (room: string) => Presence | null
  readonly changed: Emitter<Presence>
  /** Forgets a room that ended. */
  readonly forget: (room: string) => void
  readonly stop: () => void
}

/** Keeps what a source tells of the rooms that are live; what it tells of others is not kept. */
export function createPresenceBoard(source: PresenceSource, isLive: (room: string) => boolean): PresenceBoard {
  const newest = new Map<string, Presence>()
  const changed = new Emitter<Presence>()
  const stop = source.start((presence) => {
    if (!isLive(presence.room)) return
    newest.set(presence.room, presence)
    changed.emit(presence)
  })
  return { get: (room) => newest.get(room) ?? null, changed, forget: (room) => void newest.delete(room), stop }
}
