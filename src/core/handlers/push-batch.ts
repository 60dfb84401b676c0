import type { Push } from '#shared/contract/ipc.ts'

/** At most one batch per frame. */
const BATCH_INTERVAL_MS = 16

/** Gathers a client's pushes: the first goes out at once, what follows within a frame goes together, in order. */
export type PushBatch = {
  readonly add: (push: Push) => void
  /** Takes back what still waits and is of that kind. */
  readonly withdraw: (kind: (push: Push) => boolean) => void
  readonly close: () => void
}

export function createPushBatch(deliver: (pushes: readonly Push[]) => void): PushBatch {
  let waiting: Push[] = []
  let isDue = false
  let closed = false
  let deliveredAt = -BATCH_INTERVAL_MS

  function flush(): void {
    isDue = false
    if (closed || waiting.length === 0) return
    const pushes = waiting
    waiting = []
    deliveredAt = performance.now()
    deliver(pushes)
  }
  return {
    add(push) {
      if (closed) return
      waiting.push(push)
      if (isDue) return
      isDue = true
      const rest = deliveredAt + BATCH_INTERVAL_MS - performance.now()
      // After this turn: the answer to a request that is being handled goes out before what happened after it.
      if (rest <= 0) setImmediate(flush)
      else setTimeout(flush, rest)
    },
    withdraw(kind) {
      waiting = waiting.filter((push) => !kind(push))
    },
    close() {
      closed = true
      waiting = []
    },
  }
}
