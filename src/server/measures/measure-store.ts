import type { Kysely } from 'kysely'
import type { MeasuresQuery } from '#shared/contract/http-measures.ts'
import type { Measure } from '#shared/domain/measure.ts'
import { storable } from '#server/people/search-words.ts'
import type { DatabaseSchema } from '#server/records/schema.ts'
import { fromRow, toRow, withVersion } from './measure-rows.ts'

/** How many measures that are no longer in force are listed. */
const PAST_LISTED = 1000
/** How many ids one query names: SQLite and PostgreSQL both bound the parameters of a query. */
const IDS_AT_ONCE = 500
/** How often lifting is tried anew while others change the measure. */
const ATTEMPTS = 5

/** What changes of a measure, who changes it, when (ms) and why. */
export type MeasureUpdate = Parameters<typeof withVersion>[1]

/** Measures in the database. Every method throws what the database says. What can't be read is left out. */
export type MeasureStore = {
  readonly insert: (measure: Measure) => Promise<void>
  readonly get: (id: string) => Promise<Measure | null>
  readonly getAll: (ids: readonly string[]) => Promise<readonly Measure[]>
  /** Everything in force at a time, ms. */
  readonly inForce: (now: number) => Promise<readonly Measure[]>
  /** The revision of everything in force, by id: much less to read than the whole. */
  readonly revisions: (now: number) => Promise<ReadonlyMap<string, number>>
  /** Newest first. */
  readonly list: (query: MeasuresQuery, now: number) => Promise<readonly Measure[]>
  /** The measure as changed; null where its revision is not the expected one, or it was lifted. */
  readonly change: (id: string, expected: number, update: MeasureUpdate) => Promise<Measure | null>
  /** The measure as lifted; null where it was lifted before, or is none. */
  readonly lift: (id: string, at: number, by: string) => Promise<Measure | null>
}

export function createMeasureStore(queries: Kysely<DatabaseSchema>): MeasureStore {
  async function get(id: string): Promise<Measure | null> {
    const row = await queries.selectFrom('measures').selectAll().where('id', '=', storable(id)).executeTakeFirst()
    return row ? fromRow(row) : null
  }

  /** Writes a measure in the place of the one a revision before. */
  async function replace(next: Measure): Promise<boolean> {
    const { id, ...row } = toRow(next)
    const { numUpdatedRows } = await queries
      .updateTable('measures')
      .set(row)
      .where('id', '=', id)
      .where('revision', '=', next.revision - 1)
      .where('lifted_at', 'is', null)
      .executeTakeFirst()
    return numUpdatedRows > 0n
  }

  function select({ identity, room }: MeasuresQuery = {}) {
    let query = queries.selectFrom('measures').orderBy('at', 'desc').orderBy('id')
    if (identity !== undefined) query = query.where('identity', '=', storable(identity))
    if (room !== undefined) query = query.where((where) => where.or([where('scope', '=', 'all'), where('room', '=', storable(room))]))
    return query
  }

  function selectInForce(query: MeasuresQuery, now: number) {
    return select(query)
      .where('lifted_at', 'is', null)
      .where((where) => where.or([where('until', 'is', null), where('until', '>', now)]))
  }

  async function past(query: MeasuresQuery, now: number): Promise<Measure[]> {
    const rows = await select(query)
      .where((where) => where.or([where('lifted_at', 'is not', null), where('until', '<=', now)]))
      .limit(PAST_LISTED)
      .selectAll()
      .execute()
    return read(rows)
  }

  const current = async (query: MeasuresQuery, now: number) => read(await selectInForce(query, now).selectAll().execute())

  return {
    async insert(measure) {
      await queries.insertInto('measures').values(toRow(measure)).execute()
    },
    get,
    async getAll(ids) {
      const found: Measure[] = []
      for (let from = 0; from < ids.length; from += IDS_AT_ONCE) {
        const some = ids.slice(from, from + IDS_AT_ONCE)
        found.push(...read(await queries.selectFrom('measures').selectAll().where('id', 'in', some).execute()))
      }
      return found
    },
    inForce: (now) => current({}, now),
    async revisions(now) {
      const rows = await selectInForce({}, now).select(['id', 'revision']).execute()
      return new Map(rows.map(({ id, revision }) => [id, revision]))
    },
    async list(query, now) {
      if (query.active === 'true') return current(query, now)
      if (query.active === 'false') return past(query, now)
      return [...(await current(query, now)), ...(await past(query, now))].toSorted((a, b) => b.at - a.at)
    },
    async change(id, expected, update) {
      const measure = await get(id)
      if (measure?.revision !== expected || measure.liftedAt !== undefined) return null
      const next = withVersion(measure, update)
      return (await replace(next)) ? next : null
    },
    async lift(id, at, by) {
      for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
        const measure = await get(id)
        if (!measure || measure.liftedAt !== undefined) return null
        const next = { ...measure, revision: measure.revision + 1, liftedAt: at, liftedBy: by }
        if (await replace(next)) return next
      }
      return null
    },
  }
}

function read(rows: readonly Parameters<typeof fromRow>[0][]): Measure[] {
  return rows.map(fromRow).filter((measure) => measure !== null)
}
