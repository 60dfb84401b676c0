import type { ObserverEndKind } from './room-observer.ts'

/**
 * How long a room is left alone after an end of that kind, ms: the first time, and at the most, doubled each time in between. Up to half as long again, so that those
 * that ended together come back one by one.
 */
const pauses = {
  over: [0, 0],
  not_live: [5000, 60_000],
  other_session: [2000, 30_000],
  removed: [60_000, 15 * 60_000],
  refused: [60_000, 10 * 60_000],
  busy: [5000, 60_000],
  lost: [500, 30_000],
} as const satisfies Record<ObserverEndKind, readonly [first: number, most: number]>

/** A visit that lasted for so long, ms, was a good one: what went wrong before doesn't count any more. */
const GOOD_MS = 30_000

/** Which rooms are left alone for a while because observing them came to an end, and whether all are. */
export type Cooling = {
  /** An end of that kind, of a visit that lasted so long (ms). True for one that concerns every room. */
  readonly ended: (room: string, kind: ObserverEndKind, lastedMs: number) => boolean
  /** An observer is in: LiveKit lets them in. */
  readonly joined: () => void
  readonly isCooling: (room: string) => boolean
  /** Whether no room is to be joined now. */
  readonly isShut: () => boolean
  /** Lets go of what is over. */
  readonly forget: () => void
}

type Pause = { readonly until: number; readonly tries: number }

/** `now` in ms, of a clock that never jumps; `random` from 0 to 1. */
export function createCooling(now: () => number = () => performance.now(), random: () => number = Math.random): Cooling {
  const rooms = new Map<string, Pause>()
  let shut: Pause | null = null

  function pauseAfter(kind: ObserverEndKind, tries: number): Pause {
    const [first, most] = pauses[kind]
    const pause = Math.min(first * 2 ** tries, most)
    return { until: now() + pause * (1 + 0.5 * random()), tries: tries + 1 }
  }

  return {
    ended(room, kind, lastedMs) {
      if (kind === 'refused' || kind === 'busy') {
        // Those that were under way tell the same.
        if (!shut || shut.until <= now()) shut = pauseAfter(kind, shut?.tries ?? 0)
        return true
      }
      const tries = lastedMs >= GOOD_MS ? 0 : (rooms.get(room)?.tries ?? 0)
      if (kind === 'over') rooms.delete(room)
      else rooms.set(room, pauseAfter(kind, tries))
      return false
    },
    joined: () => void (shut = null),
    isCooling: (room) => (rooms.get(room)?.until ?? 0) > now(),
    isShut: () => shut !== null && shut.until > now(),
    forget() {
      // Kept for a while after, so that a room that fails again and again is tried more and more seldom.
      for (const [room, { until }] of rooms) if (until + 2 * pauses.removed[1] < now()) rooms.delete(room)
    },
  }
}
