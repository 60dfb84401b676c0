import type { Measure } from '#shared/domain/measure.ts'
import { mayPublish, type Permissions } from '#shared/domain/participant.ts'
import type { Debt } from './settle-permissions.ts'

/** How far the clocks of two servers may lie apart, ms. */
const CLOCK_MS = 2000

/** What was owed to an earlier stay; `at`: when that was written, ms. */
export type EarlierDebt = Debt & { readonly at: number }

/**
 * What a stay is owed because earlier ones of the same person were: LiveKit gives clients a new token whenever what they may do changes, so who comes anew with it lacks what was taken, and nothing
 * has to be taken again. Just what it lacks and a measure still denies that was in force then: what has been lifted since is the app's to say. `measures`: those in force that concern the person.
 * Null: nothing. Pure.
 */
export function inheritDebts(earlier: readonly EarlierDebt[], measures: readonly Measure[], now: Permissions): Debt | null {
  const own = earlier.map(({ sources, hadAll, at }) => {
    const since = measures.filter((measure) => measure.at <= at + CLOCK_MS)
    const lacked = sources.filter((source) => !mayPublish(now, source) && since.some((measure) => measure.sources?.includes(source)))
    return { sources: lacked, hadAll: hadAll && lacked.length > 0 }
  })
  const sources = [...new Set(own.flatMap((debt) => debt.sources))]
  return sources.length === 0 ? null : { sources, hadAll: own.some(({ hadAll }) => hadAll) }
}
