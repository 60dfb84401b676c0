/** How long no media connection is tried in a room in which none came about, ms. */
const REST_MS = 5 * 60_000

/**
 * Rooms in which no media connection came about, as where UDP is blocked. livekit-server ends a visit that answers its offer in vain after 10 to 15 s, and one that
 * does not answer after 60 s: there an observer hears who speaks almost without a break.
 */
export type MediaRest = {
  readonly failed: (room: string) => void
  readonly stood: (room: string) => void
  readonly isResting: (room: string) => boolean
}

/** `now` in ms, of a clock that never jumps. */
export function createMediaRest(now: () => number = () => performance.now()): MediaRest {
  const until = new Map<string, number>()
  return {
    failed(room) {
      for (const [other, end] of until) if (end <= now()) until.delete(other)
      until.set(room, now() + REST_MS)
    },
    stood: (room) => void until.delete(room),
    isResting: (room) => (until.get(room) ?? 0) > now(),
  }
}
