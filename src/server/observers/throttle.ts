/** Does something at once, and then no more often than it may. */
export type Throttle = { readonly touch: () => void; readonly stop: () => void }

/** `intervalMs`: the least time between two runs. What is touched meanwhile is done when that is over. */
export function createThrottle(intervalMs: number, run: () => void): Throttle {
  let timer: NodeJS.Timeout | undefined
  let last = -intervalMs

  function runNow(): void {
    timer = undefined
    last = performance.now()
    run()
  }

  return {
    touch() {
      if (timer) return
      const wait = last + intervalMs - performance.now()
      if (wait <= 0) runNow()
      else timer = setTimeout(runNow, wait)
    },
    stop: () => clearTimeout(timer),
  }
}
