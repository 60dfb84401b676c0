import { expressionBuilder, sql, type Expression, type Kysely, type SqlBool } from 'kysely'
import type { z } from 'zod'
import type { AuditEntry, auditQuerySchema } from '#shared/contract/http-audit.ts'
import { fail, succeed, type Result } from '#shared/domain/failure.ts'
import { findPersonIds } from '#server/people/person-id.ts'
import { storable } from '#server/people/search-words.ts'
import type { DatabaseSchema } from '#server/records/schema.ts'
import { readEntries, type EntriesBound } from './audit-entries.ts'
import { UNDER_WAY_MS, type UnderWay } from './audit-standing.ts'

/** What is looked for. */
export type AuditFilter = Omit<z.output<typeof auditQuerySchema>, 'limit' | 'after' | 'format'>

/** Entries, newest first. `next`: where the next page begins; null at the end. */
export type AuditFound = { readonly entries: readonly AuditEntry[]; readonly next: number | null }

/** `before`: the row that the page comes after, which is older; null: from the newest. `limit`: how many entries, at the most. */
type Page = EntriesBound & { readonly before: number | null; readonly limit: number }

export type AuditSearch = (filter: AuditFilter, page: Page) => Promise<AuditFound>

/** Reads where a page begins: the `next` of the one before. */
export function readAfter(after: string | undefined): Result<number | null> {
  if (after === undefined) return succeed(null)
  return /^\d{1,15}$/.test(after) ? succeed(Number(after)) : fail('invalid', 'after: not the `next` of a page')
}

/** A row that begins an entry. */
const row = expressionBuilder<{ readonly r: DatabaseSchema['audit_rows'] }, 'r'>()
type Condition = Expression<SqlBool>

/** Finds what operators asked for: what began, with what came of it, and what was told at once. It throws what the database says. */
export function createAuditSearch(queries: Kysely<DatabaseSchema>, underWay: UnderWay, now: () => number): AuditSearch {
  /** The entries of a page, newest first. */
  async function findEntries(filter: AuditFilter, { before, limit }: Page): Promise<readonly number[]> {
    const person = filter.target === undefined ? undefined : (await findPersonIds(queries, [filter.target])).get(filter.target)
    if (filter.target !== undefined && person === undefined) return []
    const span = await spanOf(queries, filter)
    if (span === null) return []
    const fits = row.and([
      ...span,
      ...conditions(filter, before),
      ...(person === undefined ? [] : [row('r.seq', 'in', entriesAbout(queries, person))]),
    ])
    const { result } = filter
    // What has ended so lies together in an index, in the order of the entries.
    const found =
      result === undefined || result === 'running' || result === 'unknown'
        ? queries.selectFrom('audit_rows as r').select('r.seq').where('r.step', '<>', 'outcome').orderBy('r.seq', 'desc')
        : queries
            .selectFrom('audit_rows as e')
            .innerJoin('audit_rows as r', 'r.seq', 'e.entry')
            .select('r.seq')
            .where('e.result', '=', result)
            .$if(before !== null, (query) => query.where('e.entry', '<', before ?? 0))
            .orderBy('e.entry', 'desc')
    const rows = await found
      .where(fits)
      .limit(limit + 1)
      .execute()
    return rows.map(({ seq }) => seq)
  }

  function conditions({ operator, room, type, result, from, to }: AuditFilter, before: number | null): Condition[] {
    return [
      ...(before === null ? [] : [row('r.seq', '<', before)]),
      ...(operator === undefined ? [] : [row('r.operator', '=', storable(operator))]),
      ...(room === undefined ? [] : [row('r.room', '=', storable(room))]),
      ...(type === undefined ? [] : [row('r.type', '=', type)]),
      ...(from === undefined ? [] : [row('r.at', '>=', from)]),
      ...(to === undefined ? [] : [row('r.at', '<', to)]),
      ...(result === 'running' || result === 'unknown' ? withoutEnd(result) : []),
    ]
  }

  /** What began, has no end, and may still get one, or not. */
  function withoutEnd(result: 'running' | 'unknown'): Condition[] {
    const own = [...underWay.own.keys()]
    const isOwn = own.length === 0 ? row.lit(false) : row('r.action_id', 'in', own)
    const here = row.and([row('r.instance', '=', underWay.instance), isOwn])
    const elsewhere = row.and([row('r.instance', '<>', underWay.instance), row('r.at', '>', now() - UNDER_WAY_MS)])
    const running = underWay.isAlone ? here : row.or([here, elsewhere])
    const outcome = queries
      .selectFrom('audit_rows as o')
      .select('o.seq')
      .whereRef('o.entry', '=', row.ref('r.seq'))
      .where('o.step', '=', 'outcome')
    return [row('r.result', 'is', null), row.not(row.exists(outcome)), result === 'running' ? running : row.not(running)]
  }

  return async (filter, page) => {
    const found = await findEntries(filter, page)
    const entries = await readEntries(queries, found.slice(0, page.limit), page, underWay, now())
    return { entries, next: found.length > entries.length ? (entries.at(-1)?.seq ?? null) : null }
  }
}

/**
 * Which rows can be of a time; null: none. Times mostly rise with the rows, so that with these no more rows are looked at than are of that time. The sum keeps PostgreSQL from walking all
 * rows in their order to find the least.
 */
async function spanOf(queries: Kysely<DatabaseSchema>, { from, to }: AuditFilter): Promise<Condition[] | null> {
  if (from === undefined && to === undefined) return []
  const span = await queries
    .selectFrom('audit_rows')
    .select([sql<number | null>`min(seq + 0)`.as('first'), sql<number | null>`max(seq + 0)`.as('last')])
    .$if(from !== undefined, (query) => query.where('at', '>=', from ?? 0))
    .$if(to !== undefined, (query) => query.where('at', '<', to ?? 0))
    .executeTakeFirstOrThrow()
  if (span.first === null || span.last === null) return null
  return [row('r.seq', '>=', span.first), row('r.seq', '<=', span.last)]
}

/** The entries that began, told or ended something about somebody. */
function entriesAbout(queries: Kysely<DatabaseSchema>, person: string) {
  return queries
    .selectFrom('audit_targets as t')
    .innerJoin('audit_rows as a', 'a.seq', 't.seq')
    .select('a.entry')
    .where('t.person_id', '=', person)
}
