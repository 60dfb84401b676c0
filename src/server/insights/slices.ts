import { setImmediate as nextTurn } from 'node:timers/promises'
import { SqliteAdapter, sql, type Kysely } from 'kysely'
import type { Span } from '#server/history/spans.ts'
import type { DatabaseSchema } from '#server/records/schema.ts'

/**
 * How many rows a slice has at first, at least and at the most; how long the work on one may take before the next is smaller, and below which it is larger, ms. SQLite works in this process, and webhooks and
 * actions wait for it; PostgreSQL has a process of its own and gives a statement up after 5 s.
 */
const paces = {
  inHere: { firstRows: 500, fewestRows: 20, mostRows: 4000, longMs: 20, shortMs: 8 },
  elsewhere: { firstRows: 4000, fewestRows: 100, mostRows: 20_000, longMs: 500, shortMs: 200 },
} as const

/** A table, and a column of times in it that has an index. */
export type Walked = { readonly table: keyof DatabaseSchema; readonly column: string }

/** Does work on a time (ms) slice by slice, in order, of which none holds more rows than can be worked on in a moment; between two of them everything else has a turn. */
export type InSlices = (span: Span, walked: readonly Walked[], work: (slice: Span) => Promise<void>) => Promise<void>

type Options = { readonly now?: () => number; readonly firstRows?: number; readonly mostRows?: number }

/** `now`: a clock for how long work takes, ms. */
export function createSlices(queries: Kysely<DatabaseSchema>, { now = () => performance.now(), ...given }: Options = {}): InSlices {
  const pace = queries.getExecutor().adapter instanceof SqliteAdapter ? paces.inHere : paces.elsewhere
  const { firstRows, fewestRows, mostRows, longMs, shortMs } = { ...pace, ...given }
  /** Up to where there are at most so many rows in each; what happened in the very same millisecond is never parted. */
  async function endOf({ from, to }: Span, walked: readonly Walked[], rows: number): Promise<number> {
    let end = to
    for (const { table, column } of walked) {
      const at = sql.ref(column)
      const found = await sql<{ at: number }>`
        select ${at} as at from ${sql.table(table)} where ${at} >= ${from} and ${at} < ${end} order by ${at} limit 1 offset ${rows}
      `.execute(queries)
      end = Math.max(found.rows[0]?.at ?? end, from + 1)
    }
    return Math.min(end, to)
  }

  return async ({ from, to }, walked, work) => {
    let rows = firstRows
    for (let at = from; at < to;) {
      const began = now()
      const end = await endOf({ from: at, to }, walked, rows)
      await work({ from: at, to: end })
      const took = now() - began
      if (took > longMs) rows = Math.max(fewestRows, Math.floor(rows / 2))
      else if (took < shortMs) rows = Math.min(mostRows, rows * 2)
      at = end
      await nextTurn()
    }
  }
}
