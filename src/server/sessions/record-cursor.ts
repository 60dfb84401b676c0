import type { Kysely, Transaction } from 'kysely'
import type { DatabaseSchema } from '#server/records/schema.ts'

/** Up to where the log is written to the records; `cursor` is empty where nothing was ever written. `writtenAt` (ms): when somebody last wrote, or found that all was written. */
export type RecordCursor = { readonly cursor: string; readonly writtenAt: number }

/** The cursor as it is now, without waiting for who is writing. */
export async function readRecordCursor(queries: Kysely<DatabaseSchema>): Promise<RecordCursor> {
  const row = await queries.selectFrom('record_cursor').select(['cursor', 'written_at']).where('only', '=', 1).executeTakeFirst()
  return { cursor: row?.cursor ?? '', writtenAt: row?.written_at ?? 0 }
}

/** The cursor, and no other transaction moves it before this one is over: that is what makes each event written once. */
export async function lockRecordCursor(transaction: Transaction<DatabaseSchema>): Promise<RecordCursor> {
  const lock = transaction.updateTable('record_cursor').set({ only: 1 }).where('only', '=', 1).returning(['cursor', 'written_at'])
  const row = await lock.executeTakeFirst()
  if (row) return { cursor: row.cursor, writtenAt: row.written_at }
  await transaction
    .insertInto('record_cursor')
    .values({ only: 1, cursor: '', written_at: 0 })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  const made = await lock.executeTakeFirstOrThrow()
  return { cursor: made.cursor, writtenAt: made.written_at }
}

export async function setRecordCursor(transaction: Transaction<DatabaseSchema>, { cursor, writtenAt }: RecordCursor): Promise<void> {
  await transaction.updateTable('record_cursor').set({ cursor, written_at: writtenAt }).where('only', '=', 1).execute()
}
