/** How long the link may be down before the rooms are read another way, ms. */
const PATIENCE_MS = 5_000
/** How often they are read then, ms (S4.7). */
export const REREAD_MS = 60_000

/** Reads the rooms while nothing is pushed. */
export type Fallback = {
  /** The link is down: reading begins soon, unless it has begun. */
  readonly begin: () => void
  /** The link is back, or there is nothing to read from. */
  readonly end: () => void
}

/** `read` resolves when the rooms were read, or could not be; the next one follows `REREAD_MS` after it. */
export function createFallback(read: () => Promise<void>): Fallback {
  let timer: NodeJS.Timeout | null = null
  let round = 0

  function schedule(ms: number): void {
    const own = round
    timer = setTimeout(() => {
      void read().finally(() => {
        if (own === round) schedule(REREAD_MS)
      })
    }, ms)
  }

  return {
    begin() {
      if (timer === null) schedule(PATIENCE_MS)
    },
    end() {
      round += 1
      if (timer !== null) clearTimeout(timer)
      timer = null
    },
  }
}
