import type { ActionProgress, TargetResult } from '#shared/domain/action.ts'

/** The least time between two tellings of how far an action is, ms: at most four a second. */
const PROGRESS_MS = 250

/** Tells how far an action for many is. */
export type Progress = {
  readonly count: (of: number) => void
  readonly target: (result: TargetResult) => void
  /** The last word, where anything was told or more than one was tried. */
  readonly end: () => void
}

export function createProgress(
  actionId: string,
  tell: (progress: ActionProgress) => void,
  clock: () => number = () => performance.now(),
): Progress {
  let done = 0
  let of = 0
  let failed = 0
  let toldAt = clock()
  let toldDone = -1

  function tellNow(): void {
    toldAt = clock()
    toldDone = done
    // More may have come meanwhile than were counted.
    tell({ actionId, done, of: Math.max(of, done), failed })
  }
  return {
    count(total) {
      of = total
      tellNow()
    },
    target({ ok }) {
      done += 1
      if (!ok) failed += 1
      if (clock() - toldAt >= PROGRESS_MS) tellNow()
    },
    end() {
      if (toldDone >= 0 && toldDone !== done) tellNow()
    },
  }
}
