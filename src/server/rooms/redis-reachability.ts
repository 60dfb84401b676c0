import { Emitter } from '#shared/lib/emitter.ts'

/** How often it is tried whether writing works again, ms. */
const PROBE_MS = 1000

/** Which of the two connections has trouble: the one that follows the log, or the one that writes. */
type Side = 'reader' | 'writer'

/** Whether Redis can be used: a Redis that answers the one and hangs on the other, or is full, can't. */
export type Reachability = {
  readonly changed: Emitter<{ readonly reachable: boolean; readonly why: string | null }>
  readonly failed: (side: Side, why: string) => void
  readonly worked: (side: Side) => void
  readonly stop: () => void
}

/** `probe` writes something that doesn't matter; it is tried every second while writing fails. */
export function createReachability(probe: () => Promise<unknown>): Reachability {
  const changed = new Emitter<{ readonly reachable: boolean; readonly why: string | null }>()
  const troubles = new Map<Side, string>()
  let told = true
  let stopped = false
  let timer: NodeJS.Timeout | undefined

  function tell(): void {
    const reachable = troubles.size === 0
    if (reachable === told) return
    told = reachable
    const [why = null] = troubles.values()
    changed.emit({ reachable, why })
  }

  function worked(side: Side): void {
    if (!troubles.delete(side)) return
    if (side === 'writer') clearTimeout(timer)
    tell()
  }

  function probeSoon(): void {
    clearTimeout(timer)
    if (stopped) return
    timer = setTimeout(() => {
      probe().then(
        () => worked('writer'),
        () => probeSoon(),
      )
    }, PROBE_MS)
  }

  return {
    changed,
    worked,
    failed(side, why) {
      const isNew = !troubles.has(side)
      troubles.set(side, why)
      if (isNew && side === 'writer') probeSoon()
      tell()
    },
    stop() {
      stopped = true
      clearTimeout(timer)
    },
  }
}
