import { INSIGHTS_DAYS, INSIGHTS_DEFAULT_MS, type InsightsQuery } from '#shared/contract/http-insights.ts'
import { fail, succeed, type Result } from '#shared/domain/failure.ts'

const SECOND_MS = 1000
const MINUTE_MS = 60 * SECOND_MS
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/** The most buckets that are answered. */
const MOST_BUCKETS = 200
/** How long a bucket may be, ms: all begin at round times. */
const STEPS = [
  ...[1, 2, 5, 10, 15, 30].map((seconds) => seconds * SECOND_MS),
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE_MS),
  ...[1, 2, 3, 6, 12].map((hours) => hours * HOUR_MS),
  DAY_MS,
] as const
/** 366 days have 184 of them. */
const LONGEST_MS = 2 * DAY_MS

/** A time in ms, from `from` up to `until`, which is never after now, and how it is cut into buckets: the first begins at `firstAt`. */
export type InsightsRange = {
  readonly from: number
  readonly until: number
  readonly bucketMs: number
  readonly firstAt: number
  readonly buckets: number
}

/** The time that was asked for; `now` in ms. `invalid` where it is empty, hasn't begun or is too long. */
export function readRange({ from: asked, to: askedTo }: Pick<InsightsQuery, 'from' | 'to'>, now: number): Result<InsightsRange> {
  const to = askedTo ?? now
  const until = Math.min(to, now)
  const from = asked ?? Math.max(0, until - INSIGHTS_DEFAULT_MS)
  if (from >= to) return fail('invalid', 'from: must lie before to')
  if (from >= until) return fail('invalid', 'from: lies in the future, of which nothing is known')
  if (until - from > INSIGHTS_DAYS * DAY_MS)
    return fail('invalid', `from: a time of at most ${INSIGHTS_DAYS} days can be asked for; choose a later one`)
  return succeed({ from, until, ...cut(from, until) })
}

function cut(from: number, until: number): Pick<InsightsRange, 'bucketMs' | 'firstAt' | 'buckets'> {
  const countOf = (step: number) => Math.ceil(until / step) - Math.floor(from / step)
  const bucketMs = STEPS.find((step) => countOf(step) <= MOST_BUCKETS) ?? LONGEST_MS
  return { bucketMs, firstAt: Math.floor(from / bucketMs) * bucketMs, buckets: countOf(bucketMs) }
}
