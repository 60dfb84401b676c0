import type { Child, Log } from '../ports.ts'

/** Milliseconds before a crashed program is started again: at once the first time, then slower while it keeps crashing. */
const delays = [0, 500, 1_000, 2_000, 4_000, 8_000, 10_000] as const

/** A program that ran this long is well again. */
const WELL_AFTER_MS = 30_000

export type Supervisor = {
  /** Ends the program and resolves when it's gone; it isn't started again. */
  readonly stop: () => Promise<void>
}

export type SupervisorOptions<Running> = {
  /** What it's called in the log. */
  readonly name: string
  readonly start: () => Child<Running>
  readonly running: (running: Running) => void
  /** It couldn't start, with one line why. `again`: it ran before, so it's tried again. */
  readonly failed: (why: string, again: boolean) => void
  /** It ended by itself and is being started again. */
  readonly crashed: () => void
  readonly log: Log
}

/** How long to wait before the start after `crashes` crashes in a row (from 1), in ms. */
export function restartDelay(crashes: number): number {
  return delays[Math.min(crashes, delays.length) - 1] ?? 0
}

/** Keeps one embedded program running. One that can't start the first time is left alone: its settings are wrong. */
export function supervise<Running>(options: SupervisorOptions<Running>): Supervisor {
  const { name, log } = options
  let child: Child<Running> | null = null
  let crashes = 0
  let everRan = false
  let stopped = false
  let timer: NodeJS.Timeout | null = null

  function start(): void {
    timer = null
    const own = options.start()
    child = own
    let startedAt = Date.now()
    let isRunning = false
    let ended = false

    function end(why: string | null): void {
      if (ended || stopped || child !== own) return
      ended = true
      if (why !== null) log('warn', `the ${name} could not start: ${why}`)
      else log('warn', `the ${name} ended by itself`)
      if (why !== null) options.failed(why, everRan)
      else if (everRan) options.crashed()
      else options.failed(`the ${name} ended while it started`, false)
      if (!everRan) return
      crashes = Date.now() - startedAt >= WELL_AFTER_MS ? 1 : crashes + 1
      const delay = restartDelay(crashes)
      // One that says that it can't start may still hold its port for a moment.
      void own.stop().then(() => {
        if (!stopped) timer = setTimeout(start, delay)
      })
    }
    // One that can't start tells why and exits: its line may be a moment behind.
    own.onExit(() => (isRunning ? end(null) : setImmediate(() => end(null))))
    void own.ready.then((result) => {
      if (stopped || ended) return
      if (!result.ok) return end(result.message)
      isRunning = true
      everRan = true
      startedAt = Date.now()
      options.running(result.value)
    })
  }

  start()
  return {
    async stop() {
      stopped = true
      if (timer !== null) clearTimeout(timer)
      await child?.stop()
    },
  }
}
