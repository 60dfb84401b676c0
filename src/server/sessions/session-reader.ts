import { sql, type Kysely, type Selectable } from 'kysely'
import type { PersonSession } from '#shared/contract/http-people.ts'
import type { RoomSession, RoomSessions, WholeSession } from '#shared/contract/http-sessions.ts'
import { fail, succeed, type Result } from '#shared/domain/failure.ts'
import { storable } from '#server/people/search-words.ts'
import { overlapSpans, totalMs } from '#server/history/spans.ts'
import type { DatabaseSchema } from '#server/records/schema.ts'
import type { ParticipantSessionsTable, RoomSessionsTable } from '#server/records/tables/session-tables.ts'
import { readObserved, readQuality, readSpoken, readTalk } from './session-facts.ts'

/** How much of one session is answered. */
const MOST_STAYS = 5000
const MOST_SPANS = 20_000

/** The records of sessions, for who reads them (S2.6). Every method throws what the database says. */
export type SessionReader = {
  /** Of a room, newest first; `after`: the `next` of the page before. `invalid` where that is none. */
  readonly ofRoom: (room: string, page: { readonly after?: string | undefined; readonly limit: number }) => Promise<Result<RoomSessions>>
  /** One session whole; null where nobody knows of it. */
  readonly whole: (sid: string) => Promise<WholeSession | null>
  /** The stays of one person, newest first. */
  readonly sessionsOf: (identity: string, limit: number) => Promise<PersonSession[]>
}

type Stay = Selectable<ParticipantSessionsTable>
type Session = Selectable<RoomSessionsTable>

/** `now` in ms: what goes on lasts until then. */
export function createSessionReader(queries: Kysely<DatabaseSchema>, now: () => number = Date.now): SessionReader {
  /** The stays as they are told, in their order. */
  async function describeStays(stays: readonly Stay[]): Promise<PersonSession[]> {
    const observed = await readObserved(queries, [...new Set(stays.map(({ room_sid }) => room_sid))])
    const at = now()
    const known = stays.map((stay) => {
      const span = { from: stay.joined_at, to: stay.left_at ?? at }
      return { sid: stay.sid, span, observed: overlapSpans(observed.get(stay.room_sid) ?? [], [span]), stay }
    })
    const sids = known.flatMap((each) => (each.observed.length > 0 ? [each.sid] : []))
    const talk = await readTalk(queries, 'participant_sid', sids)
    const quality = await readQuality(queries, known)
    return known.map(({ stay, observed: spans }) => ({
      sid: stay.sid,
      identity: stay.identity,
      name: stay.name,
      room: stay.room,
      roomSid: stay.room_sid,
      joinedAt: stay.joined_at,
      leftAt: stay.left_at,
      reconnects: stay.reconnects,
      ...toldTalk(talk.get(stay.sid) ?? 0, totalMs(spans)),
      quality: quality.get(stay.sid) ?? {},
    }))
  }

  async function describeSessions(sessions: readonly Session[]): Promise<RoomSession[]> {
    const sids = sessions.map(({ sid }) => sid)
    if (sids.length === 0) return []
    const counts = await queries
      .selectFrom('participant_sessions')
      .select(({ fn }) => [
        'room_sid',
        fn.count<number>('identity').distinct().as('people'),
        // PostgreSQL's average is a decimal, which comes as a text.
        sql<number | string | null>`avg(left_at - joined_at)`.as('stay'),
      ])
      .where('room_sid', 'in', sids)
      .groupBy('room_sid')
      .execute()
    const countOf = new Map(counts.map((count) => [count.room_sid, count]))
    const observed = await readObserved(queries, sids)
    const talk = await readTalk(queries, 'room_sid', sids)
    const at = now()
    return sessions.map((session) => {
      const { sid, room, started_at, ended_at, peak, joins } = session
      const count = countOf.get(sid)
      const stay = count?.stay ?? null
      const spans = overlapSpans(observed.get(sid) ?? [], [{ from: started_at, to: ended_at ?? at }])
      const observedMs = totalMs(spans)
      return {
        sid,
        room,
        startedAt: started_at,
        endedAt: ended_at,
        peak,
        people: count?.people ?? 0,
        joins,
        averageStayMs: stay === null ? null : Math.round(Number(stay)),
        // Of several who speak at once each counts.
        talkMs: observedMs === 0 ? null : (talk.get(sid) ?? 0),
        observedMs,
      }
    })
  }

  return {
    async ofRoom(given, { after, limit }) {
      const place = after === undefined ? null : readPlace(after)
      if (after !== undefined && !place) return fail('invalid', 'after: is not the next of a page')
      let read = queries.selectFrom('room_sessions').selectAll().where('room', '=', storable(given))
      if (place) {
        const { startedAt, sid } = place
        read = read.where((eb) =>
          eb.or([eb('started_at', '<', startedAt), eb.and([eb('started_at', '=', startedAt), eb('sid', '<', sid)])]),
        )
      }
      const rows = await read
        .orderBy('started_at', 'desc')
        .orderBy('sid', 'desc')
        .limit(limit + 1)
        .execute()
      const page = rows.slice(0, limit)
      const last = page.at(-1)
      const next = rows.length > limit && last ? { next: `${last.started_at}_${last.sid}` } : {}
      return succeed({ sessions: await describeSessions(page), ...next })
    },
    async whole(given) {
      const sid = storable(given)
      const session = await queries.selectFrom('room_sessions').selectAll().where('sid', '=', sid).executeTakeFirst()
      const [described] = session ? await describeSessions([session]) : []
      if (!described) return null
      const rows = await queries
        .selectFrom('participant_sessions')
        .selectAll()
        .where('room_sid', '=', sid)
        .orderBy('joined_at')
        .orderBy('sid')
        .limit(MOST_STAYS + 1)
        .execute()
      const stays = rows.slice(0, MOST_STAYS)
      const { spoken, cut } = await readSpoken(queries, sid, MOST_SPANS)
      const observed = (await readObserved(queries, [sid])).get(sid) ?? []
      return {
        ...described,
        stays: (await describeStays(stays)).map((stay) => ({ ...stay, spoke: [...(spoken.get(stay.sid) ?? [])] })),
        observed: [...observed],
        population: populationOf(stays),
        cut: cut || rows.length > MOST_STAYS,
      }
    },
    async sessionsOf(identity, limit) {
      const stays = await queries
        .selectFrom('participant_sessions')
        .selectAll()
        .where('identity', '=', storable(identity))
        .orderBy('joined_at', 'desc')
        .orderBy('sid', 'desc')
        .limit(limit)
        .execute()
      return describeStays(stays)
    },
  }
}

/** Who wasn't observed wasn't silent: of them nobody knows. */
function toldTalk(talkMs: number, observedMs: number): Pick<PersonSession, 'talkMs' | 'observedMs'> {
  return { talkMs: observedMs === 0 ? null : Math.min(talkMs, observedMs), observedMs }
}

function readPlace(after: string): { readonly startedAt: number; readonly sid: string } | null {
  const [, startedAt, sid] = /^(\d{1,15})_(.+)$/.exec(after) ?? []
  return startedAt === undefined || sid === undefined ? null : { startedAt: Number(startedAt), sid: storable(sid) }
}

/** How many there were from each time on at which that changed, ms. */
function populationOf(stays: readonly Stay[]): { at: number; online: number }[] {
  const changes = new Map<number, number>()
  const change = (at: number, by: number) => changes.set(at, (changes.get(at) ?? 0) + by)
  for (const stay of stays) {
    change(stay.joined_at, 1)
    if (stay.left_at !== null) change(stay.left_at, -1)
  }
  let online = 0
  const curve: { at: number; online: number }[] = []
  for (const [at, by] of [...changes].toSorted(([a], [b]) => a - b)) {
    online += by
    if (by !== 0) curve.push({ at, online })
  }
  return curve
}
