import type { Kysely } from 'kysely'
import { auditResultSchema, type AuditEntry, type AuditResult, type AuditTarget } from '#shared/contract/http-audit.ts'
import { errorCodeSchema, errorDetailSchema } from '#shared/domain/failure.ts'
import { operatorSchema } from '#shared/domain/operator.ts'
import type { DatabaseSchema } from '#server/records/schema.ts'
import type { AuditRowsTable } from '#server/records/tables/audit-tables.ts'
import { isUnderWay, type UnderWay } from './audit-standing.ts'
import { readText, withIdentity } from './audit-text.ts'

/** `targets`: how many of each entry, at the most. `targetsInAll`: how many of all together; the entry with which they would be more ends the reading, unless it is the first. */
export type EntriesBound = { readonly targets: number; readonly targetsInAll?: number }

/** What is read of one entry. `about`: the row that knows best whom it was about. */
type Place = { readonly began: AuditRowsTable; readonly ended: AuditRowsTable | undefined; readonly about: number }

// What only another version knows is left out.
const storedCode = errorCodeSchema.nullable().catch(null)
const storedDetail = errorDetailSchema.nullable().catch(null)
const storedRole = operatorSchema.shape.role.catch('service')
const storedResult = auditResultSchema.catch('unknown')

/** Reads the entries that begin with these rows, in their order, as many from the first on as the bound lets. `now` in ms. Throws what the database says. */
export async function readEntries(
  queries: Kysely<DatabaseSchema>,
  seqs: readonly number[],
  bound: EntriesBound,
  underWay: UnderWay,
  now: number,
): Promise<readonly AuditEntry[]> {
  if (seqs.length === 0) return []
  const rows = await queries.selectFrom('audit_rows').selectAll().where('entry', 'in', seqs).execute()
  const counts = await countTargets(
    queries,
    rows.map(({ seq }) => seq),
  )
  const countShown = ({ about }: Place) => Math.min(counts.get(about) ?? 0, bound.targets)
  const places = upTo(bound.targetsInAll ?? Infinity, placeRows(seqs, rows, counts), countShown)
  const targets = await readTargets(
    queries,
    places.map(({ about }) => about),
    bound.targets,
  )
  const texts = await readTexts(
    queries,
    places.flatMap(({ began, ended }) => (ended ? [began.seq, ended.seq] : [began.seq])),
  )

  return places.map(({ began, ended, about }): AuditEntry => {
    const asked = readText(texts.get(began.seq))
    const said = readText(ended && texts.get(ended.seq))
    const listed = targets.get(about) ?? []
    const [message] = counts.get(about) === 1 ? (said.messages ?? []) : []
    const result = resultOf(ended?.result ?? began.result)
    const isRefusedWhole = ended !== undefined && about === began.seq && result !== 'done'
    return {
      seq: began.seq,
      at: began.at,
      endedAt: began.step === 'note' ? began.at : (ended?.at ?? null),
      operator: began.operator,
      role: storedRole.parse(began.role),
      type: began.type,
      actionId: began.action_id,
      room: began.room,
      targets: listed.map((target) => (isRefusedWhole ? { ...target, ok: false } : target)),
      targetCount: counts.get(about) ?? 0,
      reason: asked.reason ?? null,
      text: asked.text ?? null,
      result:
        result ??
        (isUnderWay({ actionId: began.action_id, instance: began.instance, at: began.at }, underWay, now) ? 'running' : 'unknown'),
      code: storedCode.parse(ended?.code ?? began.code),
      detail: storedDetail.parse(ended?.detail ?? began.detail),
      why: asked.why ?? said.why ?? (message ? withIdentity(message, listed[0]?.identity ?? null) : null),
      measureId: ended?.measure_id ?? began.measure_id,
      hash: began.hash,
    }
  })
}

function placeRows(seqs: readonly number[], rows: readonly AuditRowsTable[], counts: ReadonlyMap<number, number>): readonly Place[] {
  const bySeq = new Map(rows.map((row) => [row.seq, row]))
  const ends = new Map(rows.filter(({ step }) => step === 'outcome').map((row) => [row.entry, row]))
  return seqs.flatMap((seq) => {
    const began = bySeq.get(seq)
    const ended = ends.get(seq)
    // Whom it was about is known best at its end: many actions name nobody.
    return began ? [{ began, ended, about: ended && counts.has(ended.seq) ? ended.seq : seq }] : []
  })
}

/** As many of these, from the first on, as come to no more than `most` together; one at the least. Pure. */
export function upTo<T>(most: number, items: readonly T[], size: (item: T) => number): readonly T[] {
  let sum = 0
  const tooMany = items.findIndex((item, index) => {
    sum += size(item)
    return index > 0 && sum > most
  })
  return tooMany === -1 ? items : items.slice(0, tooMany)
}

/** How many each of these rows is about; a row about nobody is not there. Throws what the database says. */
export async function countTargets(queries: Kysely<DatabaseSchema>, seqs: readonly number[]): Promise<ReadonlyMap<number, number>> {
  if (seqs.length === 0) return new Map()
  const counts = await queries
    .selectFrom('audit_targets')
    .select(({ fn }) => ['seq', fn.countAll<number>().as('count')])
    .where('seq', 'in', seqs)
    .groupBy('seq')
    .execute()
  return new Map(counts.map(({ seq, count }) => [seq, count]))
}

/** Whom rows are about, the first `most` of each. */
async function readTargets(
  queries: Kysely<DatabaseSchema>,
  seqs: readonly number[],
  most: number,
): Promise<ReadonlyMap<number, readonly AuditTarget[]>> {
  const targets = new Map<number, AuditTarget[]>()
  if (seqs.length === 0) return targets
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
  return targets
}

async function readTexts(queries: Kysely<DatabaseSchema>, seqs: readonly number[]): Promise<ReadonlyMap<number, string>> {
  if (seqs.length === 0) return new Map()
  const texts = await queries.selectFrom('audit_texts').select(['seq', 'text']).where('seq', 'in', seqs).execute()
  return new Map(texts.map(({ seq, text }) => [seq, text]))
}

/** Null where nothing has come of it yet. */
function resultOf(stored: string | null): AuditResult | null {
  return stored === null ? null : storedResult.parse(stored)
}
