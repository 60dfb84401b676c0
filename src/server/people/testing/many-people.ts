import { CompiledQuery, sql, type Kysely, type KyselyPlugin } from 'kysely'
import type { DatabaseSchema } from '#server/records/schema.ts'

/** How many one statement writes: none may take as long as a database gives it, however slow the machine is. */
const AT_ONCE = 10_000

/**
 * Writes so many people, `person-N`: all are called Anna, a third each Berta, Chloe and Dora besides, and each by a number of their own to base ten. Who has a
 * higher number modulo 7919 was seen later.
 */
export async function seedPeople(queries: Kysely<DatabaseSchema>, count: number): Promise<void> {
  const second = sql`case n % 3 when 0 then 'berta' when 1 then 'chloe' else 'dora' end`
  for (let from = 0; from < count; from += AT_ONCE) {
    const last = Math.min(from + AT_ONCE, count) - 1
    const numbers = sql`with recursive numbers(n) as (select ${sql.lit(from)} union all select n + 1 from numbers where n < ${sql.lit(last)})`
    await sql`${numbers} insert into people (id, identity, name, first_seen_at, last_seen_at)
      select 'id-' || n, 'person-' || n, 'Anna ' || ${second} || ' ' || n, 1, 1000000 + (n % 7919) * 1000 + n / 7919 from numbers`.execute(
      queries,
    )
    for (const word of [sql`'person-' || n`, sql`'anna'`, second, sql`cast(n as text)`])
      await sql`${numbers} insert into person_words (word, person_id) select ${word}, 'id-' || n from numbers`.execute(queries)
  }
  // SQLite plans without numbers, as in a server's own file; PostgreSQL gathers some by itself in time.
  if (isPostgres(queries)) for (const table of ['people', 'person_words']) await sql`analyze ${sql.table(table)}`.execute(queries)
}

/** The same database, and the queries that were made through it. */
export function watchQueries(queries: Kysely<DatabaseSchema>): {
  readonly queries: Kysely<DatabaseSchema>
  readonly made: CompiledQuery[]
} {
  const made: CompiledQuery[] = []
  const plugin: KyselyPlugin = {
    transformQuery({ node, queryId }) {
      made.push(queries.getExecutor().compileQuery(node, queryId))
      return node
    },
    transformResult: ({ result }) => Promise.resolve(result),
  }
  return { queries: queries.withPlugin(plugin), made }
}

type PlanNode = {
  readonly 'Actual Rows': number
  readonly 'Actual Loops': number
  readonly 'Rows Removed by Filter'?: number
  readonly Plans?: readonly PlanNode[]
}

/** How many rows PostgreSQL reads for a query, from tables and indexes; it is run for that. */
export async function rowsRead(queries: Kysely<DatabaseSchema>, query: CompiledQuery): Promise<number> {
  const explained = await queries.executeQuery<{ readonly 'QUERY PLAN': readonly { readonly Plan: PlanNode }[] }>(
    CompiledQuery.raw(`explain (analyze, format json) ${query.sql}`, [...query.parameters]),
  )
  const count = (node: PlanNode): number => {
    const rows = node.Plans ? 0 : (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)) * node['Actual Loops']
    return (node.Plans ?? []).reduce((sum, each) => sum + count(each), rows)
  }
  return explained.rows.flatMap((row) => row['QUERY PLAN'].map(({ Plan }) => count(Plan))).reduce((sum, each) => sum + each, 0)
}

/** SQLite's plan of a query, a line for each step. */
export async function planOf(queries: Kysely<DatabaseSchema>, query: CompiledQuery): Promise<readonly string[]> {
  const explained = await queries.executeQuery<{ readonly detail: string }>(
    CompiledQuery.raw(`explain query plan ${query.sql}`, [...query.parameters]),
  )
  return explained.rows.map(({ detail }) => detail)
}

export function isPostgres(queries: Kysely<DatabaseSchema>): boolean {
  return queries.getExecutor().adapter.constructor.name === 'PostgresAdapter'
}
