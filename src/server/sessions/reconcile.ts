import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Kysely, Transaction } from 'kysely'
import { relateCursor } from '#server/feed/cursor.ts'
import { inParts } from '#server/records/in-parts.ts'
import type { DatabaseSchema } from '#server/records/schema.ts'
import { findDifferences } from './find-differences.ts'
import { lockRecordCursor, setRecordCursor } from './record-cursor.ts'
import type { RecordEvent } from './record-event.ts'
import { writeEvents } from './session-rows.ts'
import type { SeenSession, Snapshot } from './snapshot.ts'
import { eventsAfter, type Batch, type Written } from './write-batch.ts'

type Options = {
  /** What is waiting to be written; it ends where the snapshot was taken. */
  readonly batch: Batch
  readonly snapshot: Snapshot
  /** How many events are applied at a time, and rooms counted: SQLite works in this process. */
  readonly batchSize: number
  /** A cursor from which the log can't be read any more: what it told after that is lost, and the snapshot stands for it. */
  readonly unreadable: string | null
  readonly now: number
}

/**
 * Makes the records what the live rooms are, in one transaction: first what is waiting is written, then what differs. `others`: somebody has written more than the snapshot knows. Throws
 * what the database says; then it may be tried again.
 */
export function reconcile(queries: Kysely<DatabaseSchema>, { batch, snapshot, batchSize, unreadable, now }: Options): Promise<Written> {
  return queries.transaction().execute(async (transaction) => {
    const { cursor, writtenAt } = await lockRecordCursor(transaction)
    const isLost = cursor === unreadable
    const relation = relateCursor(cursor, batch.since)
    if (relation === 'other' && !isLost) return { kind: 'other_life', cursor }
    if (relation === 'before' && !isLost) return { kind: 'behind', cursor }
    if (relation === 'reached' && cursor !== snapshot.cursor && relateCursor(cursor, snapshot.cursor) === 'reached')
      return { kind: 'others', cursor }
    await writeInParts(transaction, isLost ? batch.events.map(({ event }) => event) : eventsAfter(cursor, batch.events), batchSize)
    const { events, sessions } = await findDifferences(transaction, snapshot, writtenAt)
    await writeInParts(transaction, events, batchSize)
    await count(transaction, sessions, batchSize)
    await setRecordCursor(transaction, { cursor: snapshot.cursor, writtenAt: now })
    return { kind: 'written', cursor: snapshot.cursor }
  })
}

async function writeInParts(transaction: Transaction<DatabaseSchema>, events: readonly RecordEvent[], size: number): Promise<void> {
  for (const some of inParts(events, size)) {
    await writeEvents(transaction, some)
    // SQLite works in this process: the others are to have their turn.
    await nextTurn()
  }
}

/** What is counted is counted anew, where that is another number. */
async function count(transaction: Transaction<DatabaseSchema>, sessions: readonly SeenSession[], size: number): Promise<void> {
  for (const some of inParts(sessions, size)) {
    const sids = some.map(({ sid }) => sid)
    const rows = await transaction
      .selectFrom('room_sessions')
      .select(['sid', 'online', 'peak', 'ended_at'])
      .where('sid', 'in', sids)
      .execute()
    const known = new Map(rows.map((row) => [row.sid, row]))
    for (const { sid, stays } of some) {
      const row = known.get(sid)
      const online = stays.filter(({ leftAt }) => leftAt === null).length
      if (!row || (row.online === online && row.ended_at === null)) continue
      await transaction
        .updateTable('room_sessions')
        .set({ online, peak: Math.max(row.peak, online), ended_at: null })
        .where('sid', '=', sid)
        .execute()
    }
    await nextTurn()
  }
}
