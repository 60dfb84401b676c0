import type { Kysely } from 'kysely'
import { relateCursor } from '#server/feed/cursor.ts'
import { quickTransaction } from '#server/records/quick-transaction.ts'
import type { DatabaseSchema } from '#server/records/schema.ts'
import { lockRecordCursor, setRecordCursor } from './record-cursor.ts'
import type { RecordEvent } from './record-event.ts'
import { writeEvents } from './session-rows.ts'

/** An event, and where in the log it is. */
export type LoggedEvent = { readonly cursor: string; readonly event: RecordEvent }

/** All that the records keep of the log after `since` and up to `to`, in order. */
export type Batch = { readonly since: string; readonly to: string; readonly events: readonly LoggedEvent[] }

/**
 * What became of a batch; `cursor`: up to where the log is written now. `others`: somebody else has written all of it. `behind`: what is before the batch isn't written yet;
 * `other_life`: what is written is of another life of the store. Of these two nothing was written.
 */
export type Written = { readonly kind: 'written' | 'others' | 'behind' | 'other_life'; readonly cursor: string }

/** Writes what nobody has written of a batch, and how far that goes, in one transaction. Throws what the database says; then it may be tried again. */
export function writeBatch(queries: Kysely<DatabaseSchema>, batch: Batch, now: number): Promise<Written> {
  // What a power cut undoes it undoes with the cursor, and then that part of the log is written again.
  return quickTransaction(queries, async (transaction) => {
    const { cursor } = await lockRecordCursor(transaction)
    const relation = relateCursor(cursor, batch.since)
    if (relation === 'other') return { kind: 'other_life', cursor }
    if (relation === 'before') return { kind: 'behind', cursor }
    if (relateCursor(cursor, batch.to) === 'reached') return { kind: 'others', cursor }
    await writeEvents(transaction, eventsAfter(cursor, batch.events))
    await setRecordCursor(transaction, { cursor: batch.to, writtenAt: now })
    return { kind: 'written', cursor: batch.to }
  })
}

/** Those of these events that come after a cursor of the same life. */
export function eventsAfter(cursor: string, events: readonly LoggedEvent[]): RecordEvent[] {
  return events.filter((each) => relateCursor(cursor, each.cursor) === 'before').map(({ event }) => event)
}
