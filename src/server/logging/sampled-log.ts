import type { FastifyBaseLogger } from 'fastify'

/** How long those like the first are only counted, ms. */
const WINDOW_MS = 10_000

type Level = 'info' | 'warn' | 'error'
type Window = { readonly level: Level; count: number; timer: NodeJS.Timeout }

/** A log that no flood can fill: of what is of one kind the first is written, the others are counted, and each 10 s their number is written. */
export type SampledLog = {
  /** `kind` must come from a bounded set. `to`: where the line goes, such as the log of a request. */
  readonly write: (to: FastifyBaseLogger, level: Level, kind: string, fields: object, message: string) => void
  /** Writes the numbers that are still owed. */
  readonly stop: () => void
}

/** `log` gets the numbers. */
export function createSampledLog(log: FastifyBaseLogger): SampledLog {
  const windows = new Map<string, Window>()

  function writeCount(kind: string, { level, count }: Window): void {
    if (count > 0) log[level]({ kind, count }, 'more like this, not written one by one')
  }

  function schedule(kind: string): NodeJS.Timeout {
    return setTimeout(() => {
      const window = windows.get(kind)
      if (!window) return
      writeCount(kind, window)
      if (window.count === 0) return void windows.delete(kind)
      window.count = 0
      window.timer = schedule(kind)
    }, WINDOW_MS).unref()
  }

  return {
    write(to, level, kind, fields, message) {
      const window = windows.get(kind)
      if (window) {
        window.count += 1
        return
      }
      windows.set(kind, { level, count: 0, timer: schedule(kind) })
      to[level](fields, message)
    },
    stop() {
      for (const [kind, window] of windows) {
        clearTimeout(window.timer)
        writeCount(kind, window)
      }
      windows.clear()
    },
  }
}
