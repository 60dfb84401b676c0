import type { ParticipantSessionsTable, RoomSessionsTable } from '#server/records/tables/session-tables.ts'
import type { RecordEvent } from './record-event.ts'
import type { SeenSession, SeenStay, Snapshot } from './snapshot.ts'

/** What the records have that isn't over, and of what is live also what is over there. `writtenAt` (ms): until then all was written. */
export type Recorded = {
  readonly stays: readonly Pick<ParticipantSessionsTable, 'sid' | 'identity' | 'name' | 'room' | 'room_sid' | 'joined_at' | 'left_at'>[]
  readonly sessions: readonly Pick<RoomSessionsTable, 'sid' | 'room' | 'ended_at'>[]
  readonly writtenAt: number
}

/**
 * What has to be told to the records so that they are as the live rooms. Pure. What ended while nobody wrote ended when the rooms say so, or when it was last known to go on: that is
 * when somebody last wrote.
 */
export function findDifferences({ sessions }: Snapshot, recorded: Recorded): RecordEvent[] {
  const known = new Map(recorded.stays.map((stay) => [stay.sid, stay]))
  const knownSessions = new Map(recorded.sessions.map((session) => [session.sid, session]))
  const live = new Map(sessions.map((session) => [session.sid, session]))
  const seen = new Map(sessions.flatMap(({ stays }) => stays.map((stay) => [stay.sid, stay])))
  const over: RecordEvent[] = []
  for (const stay of recorded.stays) {
    const now = seen.get(stay.sid)
    if (stay.left_at !== null || (now && now.leftAt === null)) continue
    const room = { name: stay.room, sid: stay.room_sid }
    over.push({
      kind: 'left',
      room,
      at: now?.leftAt ?? recorded.writtenAt,
      stay: { sid: stay.sid, identity: stay.identity, name: stay.name },
    })
  }
  for (const { sid, room, ended_at } of recorded.sessions) {
    if (ended_at === null && !live.has(sid)) over.push({ kind: 'room_finished', room: { name: room, sid }, at: recorded.writtenAt })
  }
  const begun: RecordEvent[] = []
  for (const session of sessions) {
    const { name, sid, startedAt } = session
    if (!knownSessions.has(sid)) begun.push({ kind: 'room_started', room: { name, sid }, at: startedAt })
    for (const stay of session.stays) begun.push(...beginnings(session, stay, known.get(stay.sid), recorded.writtenAt))
  }
  return [...over, ...begun.toSorted((a, b) => a.at - b.at)]
}

/** What of a stay the records lack. Who left before somebody last wrote, and isn't known, was erased. */
function beginnings(session: SeenSession, stay: SeenStay, known: Recorded['stays'][number] | undefined, writtenAt: number): RecordEvent[] {
  const isMissed = !known && (stay.leftAt === null || stay.leftAt > writtenAt)
  const isBack = known !== undefined && known.left_at !== null && stay.leftAt === null
  if (!isMissed && !isBack) return []
  const { sid, identity, name, joinedAt, leftAt, allowed } = stay
  const room = { name: session.name, sid: session.sid }
  const reference = { sid, identity, name }
  const joined = { kind: 'joined', room, at: joinedAt, stay: reference, roomStartedAt: session.startedAt, allowed, isBack } as const
  return leftAt === null ? [joined] : [joined, { kind: 'left', room, at: leftAt, stay: reference }]
}
