import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Transaction } from 'kysely'
import { inParts } from '#server/records/in-parts.ts'
import type { DatabaseSchema } from '#server/records/schema.ts'
import type { RecordEvent } from './record-event.ts'
import { seenSession, type SeenSession, type SeenStay, type Snapshot } from './snapshot.ts'

/** How many rows are asked for before everybody else has a turn: SQLite works in this process, and LiveKit waits for it. */
const ROWS = 50
/** How many stays are looked at in memory meanwhile; that takes a fraction of a millisecond. */
const STAYS = 500

/** What has to be told to the records, in order, so that they are as the live rooms; and these rooms. */
export type Differences = { readonly events: readonly RecordEvent[]; readonly sessions: readonly SeenSession[] }

/** What is over though the records have it open, and what is live that they lack or take for over. */
type Compared = { readonly over: readonly RecordEvent[]; readonly begun: readonly RecordEvent[] }

/**
 * Compares the records with the live rooms. What ended while nobody wrote ended when the rooms say so, or when it was last known to go on: that is when somebody last wrote (`writtenAt`,
 * ms). Mostly nothing differs: then what is live is looked up and found open, and as many are open in all, so none of them needs to be read. Throws what the database says.
 */
export async function findDifferences(
  transaction: Transaction<DatabaseSchema>,
  snapshot: Snapshot,
  writtenAt: number,
): Promise<Differences> {
  const sessions = await describeRooms(snapshot)
  const stays = await compareStays(transaction, sessions, writtenAt)
  const rooms = await compareRooms(transaction, sessions, writtenAt)
  const begun = [...rooms.begun, ...stays.begun].toSorted((a, b) => a.at - b.at)
  return { events: [...stays.over, ...rooms.over, ...begun], sessions }
}

async function describeRooms({ rooms, at }: Snapshot): Promise<readonly SeenSession[]> {
  const sessions: SeenSession[] = []
  let stays = 0
  for (const room of rooms) {
    const session = seenSession(room, at)
    sessions.push(session)
    stays += 1 + session.stays.length
    if (stays < STAYS) continue
    stays = 0
    await nextTurn()
  }
  return sessions
}

async function compareStays(
  transaction: Transaction<DatabaseSchema>,
  sessions: readonly SeenSession[],
  writtenAt: number,
): Promise<Compared> {
  const table = () => transaction.selectFrom('participant_sessions')
  // Who left before somebody last wrote, and isn't known, was erased.
  const mayLack = ({ leftAt }: SeenStay) => leftAt === null || leftAt > writtenAt
  const seen = sessions.flatMap((session) => session.stays.filter(mayLack).map((stay) => ({ session, stay })))
  const isOpen = new Map<string, boolean>()
  for (const some of inParts(seen, ROWS)) {
    const sids = some.map(({ stay }) => stay.sid)
    for (const { sid, left_at } of await table().select(['sid', 'left_at']).where('sid', 'in', sids).execute())
      isOpen.set(sid, left_at === null)
    await nextTurn()
  }
  const begun = seen.flatMap(({ session, stay }) => whatIsLacking(session, stay, isOpen.get(stay.sid)))
  const here = new Set(seen.flatMap(({ stay }) => (stay.leftAt === null && isOpen.get(stay.sid) ? [stay.sid] : [])))
  const { count } = await table()
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .where('left_at', 'is', null)
    .executeTakeFirstOrThrow()
  if (count === here.size) return { over: [], begun }

  const open = await table().select('sid').where('left_at', 'is', null).execute()
  const leftAt = new Map(sessions.flatMap(({ stays }) => stays.map((stay) => [stay.sid, stay.leftAt])))
  const over: RecordEvent[] = []
  for (const some of inParts(
    open.filter(({ sid }) => !here.has(sid)),
    ROWS,
  )) {
    const sids = some.map(({ sid }) => sid)
    const rows = await table().select(['sid', 'identity', 'name', 'room', 'room_sid']).where('sid', 'in', sids).execute()
    for (const { room, room_sid, ...stay } of rows)
      over.push({ kind: 'left', room: { name: room, sid: room_sid }, at: leftAt.get(stay.sid) ?? writtenAt, stay })
    await nextTurn()
  }
  return { over, begun }
}

/** What the records need to be told of a stay that is `isOpen` there, over, or not known. */
function whatIsLacking(session: SeenSession, stay: SeenStay, isOpen: boolean | undefined): RecordEvent[] {
  const { sid, identity, name, joinedAt, leftAt, allowed } = stay
  if (isOpen === true || (isOpen === false && leftAt !== null)) return []
  const room = { name: session.name, sid: session.sid }
  const reference = { sid, identity, name }
  const told = { at: joinedAt, stay: reference, roomStartedAt: session.startedAt, allowed, isBack: isOpen === false }
  const joined = { kind: 'joined', room, ...told } as const
  return leftAt === null ? [joined] : [joined, { kind: 'left', room, at: leftAt, stay: reference }]
}

async function compareRooms(
  transaction: Transaction<DatabaseSchema>,
  sessions: readonly SeenSession[],
  writtenAt: number,
): Promise<Compared> {
  const table = () => transaction.selectFrom('room_sessions')
  const known = new Set<string>()
  const live = new Set(sessions.map(({ sid }) => sid))
  for (const sids of inParts([...live], ROWS)) {
    for (const { sid } of await table().select('sid').where('sid', 'in', sids).execute()) known.add(sid)
    await nextTurn()
  }
  const begun = sessions.flatMap(({ name, sid, startedAt: at }): RecordEvent[] =>
    known.has(sid) ? [] : [{ kind: 'room_started', room: { name, sid }, at }],
  )
  // Rooms are far fewer than people.
  const open = await table().select(['sid', 'room']).where('ended_at', 'is', null).execute()
  const over = open.flatMap(({ sid, room }): RecordEvent[] =>
    live.has(sid) ? [] : [{ kind: 'room_finished', room: { name: room, sid }, at: writtenAt }],
  )
  return { over, begun }
}
