import { setTimeout as delay } from 'node:timers/promises'

/** How soon something that failed is tried again, ms; each time twice as long. */
const RETRY_MS = { first: 1000, most: 30_000 }

/** Work that is done again and again, one after the other; what fails is tried again later and later. */
export type SteadyWork = {
  /** Has it done in so many ms at the latest; while it fails, when it is due to be tried again. */
  readonly soon: (ms: number) => void
  /** Does it now, whatever is planned; rejects where it fails. */
  readonly now: () => Promise<void>
  /** How often it has failed. */
  readonly failures: () => number
  /** Whether it failed the last time. */
  readonly isFailing: () => boolean
  /** Does it once more, for at most so many ms, and never again. Never rejects. */
  readonly close: (ms: number) => Promise<void>
}

type Options = {
  readonly work: () => Promise<void>
  /** It fails for the first time after it worked; `why`: what it threw. */
  readonly onFailed: (why: unknown) => void
  readonly onWorked: () => void
  readonly retryMs?: typeof RETRY_MS
}

export function createSteadyWork({ work, onFailed, onWorked, retryMs = RETRY_MS }: Options): SteadyWork {
  let timer: NodeJS.Timeout | null = null
  let dueAt = Infinity
  let last: Promise<void> = Promise.resolve()
  let failures = 0
  let waitMs = 0
  let closed = false
  let isWorking = false

  function plan(ms: number): void {
    if (closed || Date.now() + ms >= dueAt) return
    if (timer) clearTimeout(timer)
    dueAt = Date.now() + ms
    timer = setTimeout(() => void run().catch(() => undefined), ms).unref()
  }

  function unplan(): void {
    if (timer) clearTimeout(timer)
    timer = null
    dueAt = Infinity
  }

  async function attempt(): Promise<void> {
    unplan()
    isWorking = true
    try {
      await work()
      if (waitMs > 0) onWorked()
      waitMs = 0
    } catch (error) {
      failures += 1
      if (waitMs === 0) onFailed(error)
      waitMs = waitMs === 0 ? retryMs.first : Math.min(2 * waitMs, retryMs.most)
      // Whatever the work has planned until it failed.
      unplan()
      plan(waitMs)
      throw error
    } finally {
      isWorking = false
    }
  }

  function run(): Promise<void> {
    const turn = last.then(attempt)
    last = turn.catch(() => undefined)
    return turn
  }

  return {
    soon: (ms) => {
      if (waitMs === 0 || isWorking) plan(ms)
    },
    now: run,
    failures: () => failures,
    isFailing: () => waitMs > 0,
    async close(ms) {
      if (closed) return
      closed = true
      if (timer) clearTimeout(timer)
      const over = new AbortController()
      await Promise.race([run().catch(() => undefined), delay(ms, undefined, { signal: over.signal }).catch(() => undefined)])
      over.abort()
    },
  }
}
