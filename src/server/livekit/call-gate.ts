/** Runs calls, at most so many at once; the others wait for their turn, in order. */
export type CallGate = <T>(call: () => Promise<T>) => Promise<T>

export function createCallGate(limit: number): CallGate {
  const waiting: (() => void)[] = []
  let free = limit

  return async (call) => {
    if (free > 0) free -= 1
    else await new Promise<void>((resolve) => void waiting.push(resolve))
    try {
      return await call()
    } finally {
      // Whoever is next takes over this call's place.
      const next = waiting.shift()
      if (next) next()
      else free += 1
    }
  }
}
