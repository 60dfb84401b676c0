/** The pace of tries: a server that is back is found again within 3 s. */
export const FIRST_DELAY_MS = 250
export const LONGEST_DELAY_MS = 2_000
export const JITTER = 0.5

/** A connection that held this long counts as good: the next tries start from the first delay again. */
const GOOD_AFTER_MS = 5_000

/** Milliseconds before try number `attempt` (from 0), given a random number from 0 to 1. */
export function retryDelay(attempt: number, random: number): number {
  const delay = FIRST_DELAY_MS * 2 ** Math.min(attempt, 10)
  return Math.min(LONGEST_DELAY_MS, Math.round(delay * (1 - JITTER + 2 * JITTER * random)))
}

export type Retry = {
  /** Tries once after the next delay; while a try is due, nothing. */
  readonly schedule: () => void
  readonly connected: () => void
  readonly stop: () => void
}

/** Tries again with growing, jittered delays. */
export function createRetry(attemptNow: () => void): Retry {
  let attempt = 0
  let due: NodeJS.Timeout | null = null
  let good: NodeJS.Timeout | null = null

  function clear(): void {
    if (due !== null) clearTimeout(due)
    if (good !== null) clearTimeout(good)
    due = null
    good = null
  }
  return {
    schedule() {
      if (due !== null) return
      clear()
      due = setTimeout(
        () => {
          due = null
          attemptNow()
        },
        retryDelay(attempt, Math.random()),
      )
      attempt += 1
    },
    connected() {
      clear()
      good = setTimeout(() => (attempt = 0), GOOD_AFTER_MS)
      good.unref()
    },
    stop: clear,
  }
}
