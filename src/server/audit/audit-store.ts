import { sql, type Kysely, type Transaction } from 'kysely'
import { personIdsOf } from '#server/people/person-id.ts'
import { quickTransaction } from '#server/records/quick-transaction.ts'
import type { DatabaseSchema } from '#server/records/schema.ts'
import type { AuditRowsTable, AuditTargetsTable } from '#server/records/tables/audit-tables.ts'
import { rowHash, targetsDigest, textDigest } from './audit-chain.ts'
import type { AuditDraft } from './audit-draft.ts'

/** How many targets one statement inserts: SQLite takes 32,766 values. */
const CHUNK = 1000

/** Where the chain ends. */
export type AuditHead = { readonly seq: number; readonly hash: string }

/** The audit in the database. Every method throws what the database says. */
export type AuditStore = {
  /**
   * Adds rows to the chain in their order, all or none. For each whether it is there: false where another draft was first with this step of this action. A draft that was added before, and
   * nobody could tell, is not added twice.
   */
  readonly append: (drafts: readonly AuditDraft[]) => Promise<readonly boolean[]>
  readonly head: () => Promise<AuditHead>
  /** Whether a row came of this very draft. */
  readonly holds: (draft: AuditDraft) => Promise<boolean>
}

/** A row with whom it is about, before its place in the chain. */
type Prepared = {
  readonly row: Omit<AuditRowsTable, 'seq' | 'entry' | 'hash'>
  /** Where it began; null where that is nowhere yet. */
  readonly begunAt: number | null
  readonly targets: readonly Omit<AuditTargetsTable, 'seq'>[]
  readonly text: { readonly salt: string; readonly text: string } | null
}

/** Some steps are there already: nothing was added. */
class Taken extends Error {}

/** `instance`: this run of this server. */
export function createAuditStore(queries: Kysely<DatabaseSchema>, instance: string): AuditStore {
  async function prepare(drafts: readonly AuditDraft[]): Promise<readonly Prepared[]> {
    // Before the chain is locked: the lock is everybody's, and who waits for it holds nobody up.
    const ids = await personIdsOf(
      queries,
      drafts.flatMap(({ targets }) => targets.map(({ identity }) => identity)),
    )
    const begun = await readBegun(drafts)
    return drafts.map((draft) => {
      const targets = draft.targets.map(({ identity, ok, code, detail }, position) => ({
        position,
        person_id: ids.get(identity) ?? '',
        ok: ok === null ? null : Number(ok),
        code,
        detail,
      }))
      const { at, step, operator, role, type, room, result, code, detail, salt, text } = draft
      const said = { at, step, operator, role, type, room, result, code, detail }
      const digests = { targets_digest: targetsDigest(targets), text_digest: textDigest(salt, text) }
      const row = { ...said, action_id: draft.actionId, instance, measure_id: draft.measureId, ...digests }
      return { row, begunAt: begun.get(draft) ?? null, targets, text: text === '' ? null : { salt, text } }
    })
  }

  /** Where the outcomes among these began. */
  async function readBegun(drafts: readonly AuditDraft[]): Promise<ReadonlyMap<AuditDraft, number | null>> {
    const outcomes = drafts.filter(({ step }) => step === 'outcome')
    if (outcomes.length === 0) return new Map()
    const rows = await queries
      .selectFrom('audit_rows')
      .select(['action_id', 'seq'])
      .where('step', '=', 'intent')
      .where(
        'action_id',
        'in',
        outcomes.map(({ actionId }) => actionId),
      )
      .execute()
    const seqs = new Map(rows.map(({ action_id, seq }) => [action_id, seq]))
    return new Map(outcomes.map((outcome) => [outcome, seqs.get(outcome.actionId) ?? null]))
  }

  /** False where a step was there already, and nothing was added. */
  async function add(prepared: readonly Prepared[]): Promise<boolean> {
    try {
      // Somebody waits for an intent, and its outcome follows.
      const areIntents = prepared.every(({ row }) => row.step === 'intent')
      const write = (transaction: Transaction<DatabaseSchema>) => extend(transaction, prepared)
      await (areIntents ? quickTransaction(queries, write) : queries.transaction().execute(write))
      return true
    } catch (error) {
      if (error instanceof Taken) return false
      throw error
    }
  }

  /** The digests of the texts that stand where these drafts would. */
  async function standing(drafts: readonly AuditDraft[]): Promise<ReadonlyMap<string, string>> {
    const rows = await queries
      .selectFrom('audit_rows')
      .select(['action_id', 'step', 'text_digest'])
      .where(
        'action_id',
        'in',
        drafts.map(({ actionId }) => actionId),
      )
      .execute()
    return new Map(rows.map(({ action_id, step, text_digest }) => [placeOf(action_id, step), text_digest]))
  }

  const came = (draft: AuditDraft, digests: ReadonlyMap<string, string>) =>
    digests.get(placeOf(draft.actionId, draft.step)) === textDigest(draft.salt, draft.text)

  return {
    async append(drafts) {
      const prepared = await prepare(drafts)
      if (await add(prepared)) return drafts.map(() => true)
      const before = await standing(drafts)
      const places = drafts.map(({ actionId, step }) => placeOf(actionId, step))
      const isFree = (index: number) => !before.has(places[index] ?? '') && places.indexOf(places[index] ?? '') === index
      const free = prepared.filter((_, index) => isFree(index))
      // Another instance may have taken one of these places since; who asked tries the whole again.
      if (free.length > 0 && !(await add(free))) throw new Error('another server was quicker at the audit: try again')
      return drafts.map((draft, index) => isFree(index) || came(draft, before))
    },
    head: () => queries.selectFrom('audit_head').select(['seq', 'hash']).executeTakeFirstOrThrow(),
    holds: async (draft) => came(draft, await standing([draft])),
  }
}

function placeOf(actionId: string, step: string): string {
  return `${step} ${actionId}`
}

/** Takes the chain's lock with its first statement, and adds to the end. */
async function extend(transaction: Transaction<DatabaseSchema>, prepared: readonly Prepared[]): Promise<void> {
  const count = prepared.length
  const before = await transaction
    .updateTable('audit_head')
    .set({ seq: sql<number>`seq + ${sql.lit(count)}` })
    .where('only', '=', 1)
    .returning(['seq', 'hash'])
    .executeTakeFirst()
  if (!before) throw new Error('the end of the audit’s chain is missing (table audit_head): npm run operator -- verify-audit tells more')
  let { hash } = before
  let seq = before.seq - count
  const begunHere = new Map<string, number>()
  const rows = prepared.map(({ row, begunAt }) => {
    seq += 1
    if (row.step === 'intent') begunHere.set(row.action_id, seq)
    const entry = row.step === 'outcome' ? (begunAt ?? begunHere.get(row.action_id) ?? seq) : seq
    const placed = { seq, entry, ...row }
    hash = rowHash(placed, hash)
    return { ...placed, hash }
  })
  const added = await transaction
    .insertInto('audit_rows')
    .values(rows)
    .onConflict((conflict) => conflict.columns(['action_id', 'step']).doNothing())
    .returning('seq')
    .execute()
  if (added.length < count) throw new Taken()
  const first = before.seq - count + 1
  const targets = prepared.flatMap((each, index) => each.targets.map((target) => ({ seq: first + index, ...target })))
  for (let from = 0; from < targets.length; from += CHUNK) {
    await transaction
      .insertInto('audit_targets')
      .values(targets.slice(from, from + CHUNK))
      .execute()
  }
  const texts = prepared.flatMap(({ text }, index) => (text ? [{ seq: first + index, ...text }] : []))
  if (texts.length > 0) await transaction.insertInto('audit_texts').values(texts).execute()
  await transaction.updateTable('audit_head').set({ hash }).where('only', '=', 1).execute()
}
