import { expressionBuilder, sql, type Expression, type Kysely, type SqlBool } from 'kysely'
import type { z } from 'zod'
import {
  auditResultSchema,
  type AuditEntry,
  type auditQuerySchema,
  type AuditResult,
  type AuditTarget,
} from '#shared/contract/http-audit.ts'
import { errorCodeSchema, errorDetailSchema, fail, succeed, type Result } from '#shared/domain/failure.ts'
import { operatorSchema } from '#shared/domain/operator.ts'
import { findPersonIds } from '#server/people/person-id.ts'
import { storable } from '#server/people/search-words.ts'
import type { DatabaseSchema } from '#server/records/schema.ts'
import { isUnderWay, UNDER_WAY_MS, type UnderWay } from './audit-standing.ts'
import { readText, withIdentity } from './audit-text.ts'

/** What is looked for. */
export type AuditFilter = Omit<z.output<typeof auditQuerySchema>, 'limit' | 'after' | 'format'>

/** Entries, newest first. `next`: where the next page begins; null at the end. */
export type AuditFound = { readonly entries: readonly AuditEntry[]; readonly next: number | null }

/** `before`: the row that the page comes after, which is older; null: from the newest. `targets`: how many of each entry, at the most. */
type Page = { readonly before: number | null; readonly limit: number; readonly targets: number }

export type AuditSearch = (filter: AuditFilter, page: Page) => Promise<AuditFound>

/** Reads where a page begins: the `next` of the one before. */
export function readAfter(after: string | undefined): Result<number | null> {
  if (after === undefined) return succeed(null)
  return /^\d{1,15}$/.test(after) ? succeed(Number(after)) : fail('invalid', 'after: not the `next` of a page')
}

// What only another version knows is left out.
const storedCode = errorCodeSchema.nullable().catch(null)
const storedDetail = errorDetailSchema.nullable().catch(null)
const storedRole = operatorSchema.shape.role.catch('service')
const storedResult = auditResultSchema.catch('unknown')

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
    const shown = found.slice(0, page.limit)
    const rows = shown.length === 0 ? [] : await queries.selectFrom('audit_rows').selectAll().where('entry', 'in', shown).execute()
    const seqs = rows.map(({ seq }) => seq)
    const bySeq = new Map(rows.map((each) => [each.seq, each]))
    const ends = new Map(rows.filter(({ step }) => step === 'outcome').map((each) => [each.entry, each]))
    const [targets, counts, texts] = await readBeside(queries, seqs, page.targets)
    const at = now()
    const entries = shown.flatMap((seq): AuditEntry[] => {
      const began = bySeq.get(seq)
      if (!began) return []
      const ended = ends.get(seq)
      const asked = readText(texts.get(seq))
      const said = readText(ended && texts.get(ended.seq))
      // Whom it was about is known best at its end: many actions name nobody.
      const about = ended && counts.has(ended.seq) ? ended.seq : seq
      const result = resultOf(ended?.result ?? began.result)
      const isRefusedWhole = ended !== undefined && about === seq && result !== 'done'
      const listed = targets.get(about) ?? []
      const [message] = counts.get(about) === 1 ? (said.messages ?? []) : []
      return [
        {
          seq,
          at: began.at,
          endedAt: began.step === 'note' ? began.at : (ended?.at ?? null),
          operator: began.operator,
          role: storedRole.parse(began.role),
          type: began.type,
          actionId: began.action_id,
          room: began.room,
          targets: isRefusedWhole ? listed.map((target) => ({ ...target, ok: false })) : listed,
          targetCount: counts.get(about) ?? 0,
          reason: asked.reason ?? null,
          text: asked.text ?? null,
          result:
            result ??
            (isUnderWay({ actionId: began.action_id, instance: began.instance, at: began.at }, underWay, at) ? 'running' : 'unknown'),
          code: storedCode.parse(ended?.code ?? began.code),
          detail: storedDetail.parse(ended?.detail ?? began.detail),
          why: asked.why ?? said.why ?? (message ? withIdentity(message, listed[0]?.identity ?? null) : null),
          measureId: ended?.measure_id ?? began.measure_id,
          hash: began.hash,
        },
      ]
    })
    return { entries, next: found.length > page.limit ? (shown.at(-1) ?? null) : null }
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

/** Of rows: those they are about, how many these are, and what they say. */
async function readBeside(queries: Kysely<DatabaseSchema>, seqs: readonly number[], most: number) {
  const targets = new Map<number, AuditTarget[]>()
  if (seqs.length === 0) return [targets, new Map<number, number>(), new Map<number, string>()] as const
  const named = await queries
    .selectFrom('audit_targets as t')
    .leftJoin('people as p', 'p.id', 't.person_id')
    .select(['t.seq', 'p.identity', 't.ok', 't.code', 't.detail'])
    .where('t.seq', 'in', seqs)
    .where('t.position', '<', most)
    .orderBy('t.seq')
    .orderBy('t.position')
    .execute()
  for (const { seq, identity, ok, code, detail } of named) {
    const of = targets.get(seq) ?? []
    targets.set(seq, of)
    of.push({
      identity,
      ok: ok === null ? null : ok === 1,
      code: storedCode.parse(code) ?? undefined,
      detail: storedDetail.parse(detail) ?? undefined,
    })
  }
  const counts = await queries
    .selectFrom('audit_targets')
    .select(({ fn }) => ['seq', fn.countAll<number>().as('count')])
    .where('seq', 'in', seqs)
    .groupBy('seq')
    .execute()
  const texts = await queries.selectFrom('audit_texts').select(['seq', 'text']).where('seq', 'in', seqs).execute()
  return [targets, new Map(counts.map(({ seq, count }) => [seq, count])), new Map(texts.map(({ seq, text }) => [seq, text]))] as const
}

/** Null where nothing has come of it yet. */
function resultOf(stored: string | null): AuditResult | null {
  return stored === null ? null : storedResult.parse(stored)
}
