import { setImmediate as nextTurn } from 'node:timers/promises'
import { sql, type RawBuilder, type Transaction } from 'kysely'
import { touchPeople } from '#server/people/touch-person.ts'
import type { DatabaseSchema } from '#server/records/schema.ts'
import { inParts } from '#server/records/in-parts.ts'
import type { RecordEvent } from './record-event.ts'
import { applyToRecords, emptyDraft, keyOf, type SessionDraft } from './session-draft.ts'

/** Writes what these events change, in their order: reads the rows that they are about, and writes those that are others then. Throws what the database says. */
export async function writeEvents(transaction: Transaction<DatabaseSchema>, events: readonly RecordEvent[]): Promise<void> {
  if (events.length === 0) return
  const draft = await readDraft(transaction, events)
  // SQLite works in this process: whoever waits for an answer is to have a turn between two statements that write much.
  await nextTurn()
  for (const event of events) applyToRecords(draft, event)
  await writeDraft(transaction, draft)
}

async function readDraft(transaction: Transaction<DatabaseSchema>, events: readonly RecordEvent[]): Promise<SessionDraft> {
  const draft = emptyDraft()
  const rooms = distinct(events.map(({ room }) => room.name))
  const roomSids = distinct(events.map(({ room }) => room.sid))
  const sids = distinct(events.flatMap((event) => ('stay' in event ? [event.stay.sid] : [])))
  const identities = distinct(events.flatMap((event) => ('stay' in event ? [event.stay.identity] : [])))
  const finished = distinct(events.flatMap((event) => (event.kind === 'room_finished' ? [event.room.sid] : [])))
  await readStays(transaction, draft, { sids, identities, finished })
  const left = [...draft.stays.rows.values()].map(({ identity }) => identity)
  const joined = events.filter(({ kind }) => kind === 'joined')
  if (joined.length > 0) await readCounts(transaction, draft, roomSids, identities)
  const sessions = await transaction.selectFrom('room_sessions').selectAll().where('sid', 'in', roomSids).execute()
  for (const session of sessions) draft.sessions.rows.set(session.sid, session)
  const people = distinct([...identities, ...left])
  if (people.length === 0) return draft
  for (const some of inParts(people)) {
    const participants = await transaction
      .selectFrom('participants')
      .selectAll()
      .where('room', 'in', rooms)
      .where('identity', 'in', some)
      .execute()
    for (const participant of participants) draft.participants.rows.set(keyOf(participant.room, participant.identity), participant)
  }
  return draft
}

type WantedStays = { readonly sids: readonly string[]; readonly identities: readonly string[]; readonly finished: readonly string[] }

/** The stays that are named, all of these people that aren't over, all that aren't over in sessions that are, and where else those are who were in these. */
async function readStays(
  transaction: Transaction<DatabaseSchema>,
  { stays }: SessionDraft,
  { sids, identities, finished }: WantedStays,
): Promise<void> {
  const all = transaction.selectFrom('participant_sessions').selectAll()
  const reads = [
    ...(sids.length > 0 ? [all.where('sid', 'in', sids)] : []),
    ...(identities.length > 0 ? [all.where('identity', 'in', identities).where('left_at', 'is', null)] : []),
    ...(finished.length > 0 ? [all.where('room_sid', 'in', finished).where('left_at', 'is', null)] : []),
  ]
  for (const read of reads) for (const stay of await read.execute()) stays.rows.set(stay.sid, stay)
  if (finished.length === 0) return
  // Who is in the next session of such a room already has not left it.
  const inFinished = transaction
    .selectFrom('participant_sessions')
    .select('identity')
    .where('room_sid', 'in', finished)
    .where('left_at', 'is', null)
  const elsewhere = all.where('identity', 'in', inFinished).where('room_sid', 'not in', finished).where('left_at', 'is', null)
  for (const stay of await elsewhere.execute()) stays.rows.set(stay.sid, stay)
}

async function readCounts(
  transaction: Transaction<DatabaseSchema>,
  { stayCounts }: SessionDraft,
  roomSids: readonly string[],
  identities: readonly string[],
): Promise<void> {
  const counts = await transaction
    .selectFrom('participant_sessions')
    .select(({ fn }) => ['room_sid', 'identity', fn.countAll<number>().as('stays')])
    .where('room_sid', 'in', roomSids)
    .where('identity', 'in', identities)
    .groupBy(['room_sid', 'identity'])
    .execute()
  for (const { room_sid, identity, stays } of counts) stayCounts.set(keyOf(room_sid, identity), stays)
}

/** Rows in the order of their keys, so that two transactions wait for each other instead of both for the other. */
async function writeDraft(transaction: Transaction<DatabaseSchema>, { stays, sessions, participants, seen }: SessionDraft): Promise<void> {
  // A room that ends may hold thousands.
  for (const rows of inParts(changedOf(stays))) {
    await transaction
      .insertInto('participant_sessions')
      .values(rows)
      .onConflict((conflict) => conflict.column('sid').doUpdateSet({ name: given('name'), left_at: given('left_at') }))
      .execute()
    await nextTurn()
  }
  for (const rows of inParts(changedOf(sessions))) {
    await transaction
      .insertInto('room_sessions')
      .values(rows)
      .onConflict((conflict) =>
        conflict
          .column('sid')
          .doUpdateSet({ ended_at: given('ended_at'), peak: given('peak'), online: given('online'), joins: given('joins') }),
      )
      .execute()
    await nextTurn()
  }
  // The role isn't ours: who set it meanwhile has set it.
  const columns = ['name', 'status', 'joined_at', 'left_at', 'can_speak', 'can_video', 'changed_at'] as const
  for (const rows of inParts(changedOf(participants))) {
    await transaction
      .insertInto('participants')
      .values(rows)
      .onConflict((conflict) =>
        conflict.columns(['room', 'identity']).doUpdateSet(Object.fromEntries(columns.map((column) => [column, given(column)]))),
      )
      .execute()
    await nextTurn()
  }
  await touchPeople(transaction, [...seen.values()])
}

/** What a column would have been, had the row been new. */
function given<T>(column: string): RawBuilder<T> {
  return sql<T>`${sql.ref(`excluded.${column}`)}`
}

function changedOf<T>({ rows, changed }: { readonly rows: ReadonlyMap<string, T>; readonly changed: ReadonlySet<string> }): T[] {
  return [...changed].toSorted().flatMap((key) => rows.get(key) ?? [])
}

function distinct(values: readonly string[]): string[] {
  return [...new Set(values)]
}
