/** Whether somebody may have another one. `refused`: not before `waitMs` have passed; `unchecked`: nobody could say, so they may. */
export type RateVerdict =
  | { readonly kind: 'allowed' }
  | { readonly kind: 'refused'; readonly waitMs: number }
  | { readonly kind: 'unchecked'; readonly why: string }

/**
 * A sliding window: of whatever was allowed to a user, no stretch of `windowMs` holds more than `limit`, wherever it begins. What was refused
 * doesn't count, and nobody waits longer for having asked. Never rejects.
 */
export type RateLimit = { readonly take: (user: string) => Promise<RateVerdict> }

export type RateLimitOptions = { readonly limit: number; readonly windowMs: number }

/** Users remembered at the most; beyond that the one who was allowed longest ago is forgotten. */
const USERS = 100_000

/** The twin without Redis, for one instance. `now`: ms of a clock that never goes back. */
export function createMemoryRateLimit({ limit, windowMs }: RateLimitOptions, now: () => number = () => performance.now()): RateLimit {
  // Ordered by each user's newest time, so that what may be forgotten is in front.
  const allowed = new Map<string, number[]>()

  function forget(at: number): void {
    for (const [user, times] of allowed) {
      if (allowed.size <= USERS && (times.at(-1) ?? 0) > at - windowMs) return
      allowed.delete(user)
    }
  }

  return {
    take(user) {
      const at = now()
      const times = (allowed.get(user) ?? []).filter((time) => time > at - windowMs)
      const [oldest = at] = times
      if (times.length >= limit) return Promise.resolve({ kind: 'refused', waitMs: oldest + windowMs - at })
      allowed.delete(user)
      allowed.set(user, [...times, at])
      forget(at)
      return Promise.resolve({ kind: 'allowed' })
    },
  }
}
