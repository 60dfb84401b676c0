import type { Kysely } from 'kysely'
import type { DatabaseSchema } from '#server/records/schema.ts'
import type { RoomEvent } from '#server/rooms/room-event.ts'

/** What the records should have of a history, or have: texts that can be compared. A joining may be told by LiveKit's time or by ours. */
export type Recorded = { readonly stays: readonly string[]; readonly sessions: readonly string[]; readonly participants: readonly string[] }

type ModelStay = { sid: string; identity: string; room: string; roomSid: string; left: number | null; reconnects: number }
type ModelSession = { room: string; online: number; peak: number; joins: number; ended: number | null }

/** The simplest records of what happened in this order, where nothing is told twice or late. */
export function recordsOf(happened: readonly RoomEvent[]): Recorded {
  const stays = new Map<string, ModelStay>()
  const sessions = new Map<string, ModelSession>()
  const participants = new Map<string, string>()
  const leave = (stay: ModelStay, at: number) => {
    if (stay.left !== null) return
    stay.left = at
    const session = sessions.get(stay.roomSid)
    if (session) session.online -= 1
    participants.set(`${stay.room} ${stay.identity}`, `LEFT ${at}`)
  }
  const open = (sid: string) => [...stays.values()].filter((stay) => stay.roomSid === sid && stay.left === null)
  for (const event of happened) {
    const { room, at } = event
    const session = sessions.get(room.sid) ?? { room: room.name, online: 0, peak: 0, joins: 0, ended: null }
    sessions.set(room.sid, session)
    if (event.type === 'room_finished') {
      for (const stay of open(room.sid)) leave(stay, at)
      session.ended = at
    }
    if (event.type === 'participant_joined' && !event.participant.hidden) {
      const { sid, identity } = event.participant
      // Of one identity there is one stay at a time.
      for (const earlier of open(room.sid)) if (earlier.identity === identity) leave(earlier, at)
      const reconnects = [...stays.values()].filter((stay) => stay.roomSid === room.sid && stay.identity === identity).length
      stays.set(sid, { sid, identity, room: room.name, roomSid: room.sid, left: null, reconnects })
      session.online += 1
      session.joins += 1
      session.peak = Math.max(session.peak, session.online)
      participants.set(`${room.name} ${identity}`, 'JOINED null')
    }
    if (event.type === 'participant_left') {
      const stay = stays.get(event.participant.sid)
      if (stay) leave(stay, at)
    }
  }
  return {
    stays: [...stays.values()]
      .map(
        ({ sid, identity, room, roomSid, left, reconnects }) =>
          `${sid} ${identity} in ${room} ${roomSid} until ${left}, after ${reconnects}`,
      )
      .toSorted(),
    sessions: [...sessions]
      .map(([sid, { room, online, peak, joins, ended }]) => `${sid} ${room} ${online} ${peak} ${joins} ${ended}`)
      .toSorted(),
    participants: [...participants].map(([who, what]) => `${who} ${what}`).toSorted(),
  }
}

/** What the database has. */
export async function readRecorded(queries: Kysely<DatabaseSchema>): Promise<Recorded> {
  const stays = await queries.selectFrom('participant_sessions').selectAll().execute()
  const sessions = await queries.selectFrom('room_sessions').selectAll().execute()
  const participants = await queries.selectFrom('participants').selectAll().execute()
  return {
    stays: stays
      .map(
        ({ sid, identity, room, room_sid, left_at, reconnects }) =>
          `${sid} ${identity} in ${room} ${room_sid} until ${left_at}, after ${reconnects}`,
      )
      .toSorted(),
    sessions: sessions
      .map(({ sid, room, online, peak, joins, ended_at }) => `${sid} ${room} ${online} ${peak} ${joins} ${ended_at}`)
      .toSorted(),
    participants: participants.map(({ room, identity, status, left_at }) => `${room} ${identity} ${status} ${left_at}`).toSorted(),
  }
}
