import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Kysely, Transaction } from 'kysely'
import { relateCursor } from '#server/feed/cursor.ts'
import type { DatabaseSchema } from '#server/records/schema.ts'
import { findDifferences, type Recorded } from './find-differences.ts'
import { inParts } from './in-parts.ts'
import { lockRecordCursor, setRecordCursor } from './record-cursor.ts'
import type { RecordEvent } from './record-event.ts'
import { writeEvents } from './session-rows.ts'
import type { Snapshot } from './snapshot.ts'
import { eventsAfter, type Batch, type Written } from './write-batch.ts'

type Options = {
  /** What is waiting to be written; it ends where the snapshot was taken. */
  readonly batch: Batch
  readonly snapshot: Snapshot
  /** How many events are applied at a time. */
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
    const recorded = await readRecorded(transaction, snapshot, writtenAt)
    await writeInParts(transaction, findDifferences(snapshot, recorded), batchSize)
    await count(transaction, snapshot)
    await setRecordCursor(transaction, { cursor: snapshot.cursor, writtenAt: now })
    return { kind: 'written', cursor: snapshot.cursor }
  })
}

async function writeInParts(transaction: Transaction<DatabaseSchema>, events: readonly RecordEvent[], size: number): Promise<void> {
  for (let first = 0; first < events.length; first += size) {
    await writeEvents(transaction, events.slice(first, first + size))
    // SQLite works in this process: the others are to have their turn.
    await nextTurn()
  }
}

async function readRecorded(transaction: Transaction<DatabaseSchema>, { sessions }: Snapshot, writtenAt: number): Promise<Recorded> {
  const stays = transaction
    .selectFrom('participant_sessions')
    .select(['sid', 'identity', 'name', 'room', 'room_sid', 'joined_at', 'left_at'])
  const rooms = transaction.selectFrom('room_sessions').select(['sid', 'room', 'ended_at'])
  const open = await stays.where('left_at', 'is', null).execute()
  const openSids = new Set(open.map(({ sid }) => sid))
  const others = sessions.flatMap((session) => session.stays.map(({ sid }) => sid)).filter((sid) => !openSids.has(sid))
  const closed = await readParts(others, (sids) => stays.where('sid', 'in', sids).execute())
  const live = await rooms.where('ended_at', 'is', null).execute()
  const liveSids = new Set(live.map(({ sid }) => sid))
  const otherRooms = sessions.map(({ sid }) => sid).filter((sid) => !liveSids.has(sid))
  const ended = await readParts(otherRooms, (sids) => rooms.where('sid', 'in', sids).execute())
  return { stays: [...open, ...closed], sessions: [...live, ...ended], writtenAt }
}

async function readParts<T>(sids: readonly string[], read: (sids: readonly string[]) => Promise<readonly T[]>): Promise<T[]> {
  const found: T[] = []
  for (const some of inParts(sids)) found.push(...(await read(some)))
  return found
}

/** What is counted is counted anew, where that is another number. */
async function count(transaction: Transaction<DatabaseSchema>, { sessions }: Snapshot): Promise<void> {
  const rows = await transaction
    .selectFrom('room_sessions')
    .select(['sid', 'online', 'peak', 'ended_at'])
    .where('ended_at', 'is', null)
    .execute()
  const ended = await readParts(
    sessions.map(({ sid }) => sid),
    (sids) =>
      transaction
        .selectFrom('room_sessions')
        .select(['sid', 'online', 'peak', 'ended_at'])
        .where('sid', 'in', sids)
        .where('ended_at', 'is not', null)
        .execute(),
  )
  const known = new Map([...rows, ...ended].map((row) => [row.sid, row]))
  for (const { sid, stays } of sessions) {
    const row = known.get(sid)
    const online = stays.filter(({ leftAt }) => leftAt === null).length
    if (!row || (row.online === online && row.ended_at === null)) continue
    await transaction
      .updateTable('room_sessions')
      .set({ online, peak: Math.max(row.peak, online), ended_at: null })
      .where('sid', '=', sid)
      .execute()
  }
}
