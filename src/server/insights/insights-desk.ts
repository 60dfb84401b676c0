import type { Insights, InsightsQuery } from '#shared/contract/http-insights.ts'
import { fail, succeed, type Result } from '#shared/domain/failure.ts'
import { readRange } from './insights-range.ts'
import type { ReadInsights } from './insights-reader.ts'

/** How many different questions wait at the most. */
const MOST_WAITING = 8

/**
 * Insights, by HTTP: one question at a time, so that the database has time for everything else; who asks the same meanwhile gets the same answer. `invalid` for a time that can't be asked for, `rate_limited`
 * where too many wait, `unavailable` while the database is away.
 */
export type InsightsDesk = (asked: InsightsQuery) => Promise<Result<Insights>>

type Options = {
  readonly read: ReadInsights
  /** What the database threw, as one line. */
  readonly describe: (error: unknown) => string
  readonly now?: () => number
}

export function createInsightsDesk({ read, describe, now = Date.now }: Options): InsightsDesk {
  const waiting = new Map<string, Promise<Result<Insights>>>()
  let last: Promise<unknown> = Promise.resolve()

  async function answer(asked: InsightsQuery): Promise<Result<Insights>> {
    const at = now()
    const range = readRange(asked, at)
    if (!range.ok) return range
    try {
      return succeed(await read({ range: range.value, room: asked.room ?? null, now: at }))
    } catch (error) {
      return fail('unavailable', describe(error))
    }
  }

  return (asked) => {
    // It is said at once, not after others' questions.
    const range = readRange(asked, now())
    if (!range.ok) return Promise.resolve(range)
    const key = JSON.stringify([asked.from, asked.to, asked.room])
    const same = waiting.get(key)
    if (same) return same
    if (waiting.size >= MOST_WAITING)
      return Promise.resolve(fail('rate_limited', 'too many insights are asked for at once: try again in a moment'))
    const answered = last.then(() => answer(asked)).finally(() => waiting.delete(key))
    waiting.set(key, answered)
    last = answered
    return answered
  }
}
