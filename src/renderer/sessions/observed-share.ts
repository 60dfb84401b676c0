import type { RoomSession } from '#shared/contract/http-sessions.ts'

/** How much of a session was observed, in per cent, rounded down: all of it is said only where nothing lacks. */
export function observedShare({ startedAt, endedAt, observedMs }: RoomSession, now: number): number {
  const length = (endedAt ?? now) - startedAt
  return length <= 0 ? 0 : Math.min(100, Math.floor((100 * observedMs) / length))
}
