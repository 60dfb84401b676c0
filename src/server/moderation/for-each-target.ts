import type { TargetResult } from '#shared/domain/action.ts'
import { fail, type Failure } from '#shared/domain/failure.ts'
import type { Course } from '#server/measures/measure-desk.ts'

/** How many targets of one action are at LiveKit at once. */
export const AT_ONCE = 8

/** What is said of whom a cancelled action did not come to. */
const cancelled = fail('conflict', 'cancelled: nothing was done')

/** Does something to each, some at once, and answers a result for each in their order. Once it is cancelled nothing more is begun. */
export async function forEachTarget(
  identities: readonly string[],
  course: Course,
  work: (identity: string) => Promise<Failure | null>,
): Promise<TargetResult[]> {
  const results = new Map<string, TargetResult>()
  const waiting = identities.values()

  async function workOff(): Promise<void> {
    for (const identity of waiting) {
      if (course.isCancelled()) return void results.set(identity, toResult(identity, cancelled))
      const result = toResult(identity, await work(identity))
      results.set(identity, result)
      course.onTarget(result)
    }
  }
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, identities.length) }, workOff))
  return identities.map((identity) => results.get(identity) ?? toResult(identity, cancelled))
}

export function toResult(identity: string, failure: Failure | null): TargetResult {
  return failure ? { identity, ...failure } : { identity, ok: true }
}

/** Why a target failed, as the whole action's failure. */
export function asFailure({ code = 'internal', message = 'it failed', detail }: TargetResult): Failure {
  return { ok: false, code, message, ...(detail === undefined ? {} : { detail }) }
}
