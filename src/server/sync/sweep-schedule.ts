import { Emitter, type Unsubscribe } from '#shared/lib/emitter.ts'

/** When the second sweep follows after a start or a new life of the store, ms: until then nobody is declared left. */
const SECOND_SWEEP_MS = 1500
/** When a sweep is tried again that could not ask LiveKit, ms. */
const RETRY_MS = 5000
/** How much longer than two sweeps the lease lasts, ms. */
const LEASE_SPARE_MS = 5000
/** How long after its end it is tried to take somebody's lease, ms. */
const CLAIM_MARGIN_MS = 250

/** When this instance sweeps: every interval while it holds the service's lease, and whoever holds it for as long as sweeps are owed after a start or a loss. */
export type SweepSchedule = {
  /** Two sweeps that succeed are owed, with or without the lease. */
  readonly owe: () => void
  /** This instance has swept all rooms. `asked`: whether LiveKit could be asked; `succeeded`: whether all went well. */
  readonly swept: (asked: boolean, succeeded: boolean) => void
  /** Whether this instance holds the lease, as the store has just said. */
  readonly setHolds: (holds: boolean) => void
  readonly holds: () => boolean
  /** Another instance has swept, and succeeded. */
  readonly heardOthers: () => void
  /** The sweeps were started or stopped, or the lease was let go of. */
  readonly lookAgain: () => void
  /** For how long to take the lease, ms; 0 while the sweeps are stopped. */
  readonly leaseMs: () => number
  /** When the service sweeps next after a sweep that ends now; null where that is not this instance's to say. */
  readonly next: () => number | null
  /** When this instance sweeps next, ms. */
  readonly planned: Emitter<number>
  /** Does something every so often that goes along with the sweeps where these come as often. */
  readonly every: (ms: number, work: () => Promise<unknown>) => Unsubscribe
  /** Ends all of it; answers whether this instance held the lease. */
  readonly stop: () => boolean
}

type Options = {
  readonly intervalMs: number
  readonly isRunning: () => boolean
  readonly sweep: () => Promise<unknown>
  /** Takes the lease for so many ms if nobody has it, and says so by `setHolds`. */
  readonly claim: (leaseMs: number) => Promise<unknown>
  readonly now: () => number
}

export function createSweepSchedule({ intervalMs, isRunning, sweep, claim, now }: Options): SweepSchedule {
  const leaseMs = 2 * intervalMs + LEASE_SPARE_MS
  const planned = new Emitter<number>()
  let timer: NodeJS.Timeout | undefined
  let stopped = false
  let owed = 0
  let asked = true
  let holds: boolean | null = null
  // When another instance was heard last, or the lease was asked for.
  let quietSince = now()

  function plan(): void {
    clearTimeout(timer)
    if (stopped) return
    if (owed > 0) return after(asked ? SECOND_SWEEP_MS : RETRY_MS, sweep)
    if (!isRunning()) return
    if (holds) after(asked ? intervalMs : RETRY_MS, sweep)
    else timer = setTimeout(() => void take(), Math.max(0, quietSince + leaseMs + CLAIM_MARGIN_MS - now()))
  }

  function after(ms: number, work: () => Promise<unknown>): void {
    const wait = Math.min(ms, intervalMs)
    timer = setTimeout(() => void work(), wait)
    planned.emit(now() + wait)
  }

  async function take(): Promise<void> {
    quietSince = now()
    await claim(leaseMs)
    if (holds && isRunning() && !stopped && owed === 0) await sweep()
    else plan()
  }

  return {
    owe() {
      owed = 2
    },
    swept(hasAsked, succeeded) {
      asked = hasAsked
      if (succeeded && owed > 0) owed -= 1
      plan()
    },
    setHolds(told) {
      holds = told
    },
    holds: () => holds === true,
    heardOthers() {
      quietSince = now()
      if (!holds && owed === 0) plan()
    },
    lookAgain() {
      if (stopped) return
      if (isRunning() && owed === 0) void take()
      else plan()
    },
    leaseMs: () => (isRunning() ? leaseMs : 0),
    next() {
      if (holds === false || !isRunning()) return null
      return now() + Math.min(intervalMs, owed > 1 ? SECOND_SWEEP_MS : intervalMs)
    },
    planned,
    every(ms, work) {
      if (ms >= intervalMs) return () => undefined
      let busy = false
      const tick = async () => {
        if (busy || !holds || !isRunning()) return
        busy = true
        await work()
        busy = false
      }
      const ticking = setInterval(() => void tick(), ms)
      return () => clearInterval(ticking)
    },
    stop() {
      stopped = true
      clearTimeout(timer)
      return holds === true
    },
  }
}
