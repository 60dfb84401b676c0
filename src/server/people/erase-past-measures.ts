import type { Erase } from './person-store.ts'

/** Erases the measures about somebody that are over. What is in force stays: erasing frees nobody. */
export function erasePastMeasures(now: () => number = Date.now): Erase {
  return async (transaction, { identity }) => {
    const { numDeletedRows } = await transaction
      .deleteFrom('measures')
      .where('identity', '=', identity)
      .where((where) => where.or([where('lifted_at', 'is not', null), where('until', '<=', now())]))
      .executeTakeFirstOrThrow()
    return Number(numDeletedRows)
  }
}
