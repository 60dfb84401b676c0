import { sql, type Kysely, type RawBuilder } from 'kysely'
import { storable } from '#server/people/search-words.ts'
import type { HistoryFact } from '#server/history/history-sink.ts'
import { quickTransaction } from '#server/records/quick-transaction.ts'
import type { DatabaseSchema } from '#server/records/schema.ts'

/** Stores facts, all or none, each at most once: of two tellings the later one holds, and storing one again does no harm. Throws what the database says, and then all may be stored again. */
export function storeFacts(queries: Kysely<DatabaseSchema>, facts: readonly HistoryFact[]): Promise<void> {
  // A power cut may take the last moments: nobody waits for the disk because of these.
  return quickTransaction(queries, async (transaction) => {
    await storeObserved(transaction, facts)
    await storeSpoken(transaction, facts)
    await storeQualities(transaction, facts)
  })
}

async function storeObserved(queries: Kysely<DatabaseSchema>, facts: readonly HistoryFact[]): Promise<void> {
  const rows = facts.flatMap((fact) => (fact.kind === 'observed' ? [{ room_sid: fact.room.sid, from_at: fact.from, to_at: fact.to }] : []))
  if (rows.length === 0) return
  await queries
    .insertInto('observed_spans')
    .values(rows)
    .onConflict((conflict) => conflict.columns(['room_sid', 'from_at']).doUpdateSet({ to_at: larger('observed_spans', 'to_at') }))
    .execute()
}

async function storeSpoken(queries: Kysely<DatabaseSchema>, facts: readonly HistoryFact[]): Promise<void> {
  const rows = facts.flatMap((fact) =>
    fact.kind === 'spoke'
      ? [{ participant_sid: storable(fact.participant.sid), room_sid: fact.room.sid, from_at: fact.from, to_at: fact.to, peak: fact.peak }]
      : [],
  )
  if (rows.length === 0) return
  await queries
    .insertInto('speaking_intervals')
    .values(rows)
    .onConflict((conflict) =>
      conflict
        .columns(['participant_sid', 'from_at'])
        .doUpdateSet({ to_at: larger('speaking_intervals', 'to_at'), peak: larger('speaking_intervals', 'peak') }),
    )
    .execute()
}

async function storeQualities(queries: Kysely<DatabaseSchema>, facts: readonly HistoryFact[]): Promise<void> {
  const rows = facts.flatMap((fact) =>
    fact.kind === 'quality_changed'
      ? [{ participant_sid: storable(fact.participant.sid), room_sid: fact.room.sid, at: fact.at, quality: fact.quality }]
      : [],
  )
  if (rows.length === 0) return
  await queries
    .insertInto('quality_changes')
    .values(rows)
    .onConflict((conflict) => conflict.columns(['participant_sid', 'at']).doUpdateSet({ quality: sql<string>`excluded.quality` }))
    .execute()
}

/** Whichever is larger, what is stored or what is told now. */
function larger(table: string, column: string): RawBuilder<number> {
  const [told, stored] = [sql.ref(`excluded.${column}`), sql.ref(`${table}.${column}`)]
  return sql<number>`case when ${told} > ${stored} then ${told} else ${stored} end`
}
