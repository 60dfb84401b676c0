import { sql } from 'kysely'
import { countWhere, ofRoom, reaches, sessions, stays, sumOf, within, type Reading } from './scope.ts'

/** The stays of a room, or of several, as they reach into the time. `wholeMs`: all of them together, also what lies outside. `people`: each counts in the room they came to last. */
export type StaySums = {
  readonly stays: number
  readonly people: number
  readonly joins: number
  readonly reconnects: number
  readonly stayMs: number
  readonly wholeMs: number
}

/** The sessions likewise. */
export type SessionSums = { readonly sessions: number; readonly roomMs: number }

const noStays: StaySums = { stays: 0, people: 0, joins: 0, reconnects: 0, stayMs: 0, wholeMs: 0 }
const noSessions: SessionSums = { sessions: 0, roomMs: 0 }

/** The stays of each room. `since`: when the first of who is in the time came, ms. */
export async function readStays({ queries, inSlices, scope }: Reading, since: number): Promise<ReadonlyMap<string, StaySums>> {
  const { from, until, now } = scope
  const part = within(scope, stays, 's')
  // Whether this is their last one: so each of them counts once, however many stays there are. A value, because of `not exists` PostgreSQL would make a join of all.
  const isLast = sql<boolean>`(
    select 1 from participant_sessions as l where l.identity = s.identity and l.joined_at >= s.joined_at and l.joined_at < ${until}
      and (l.joined_at, l.sid) > (s.joined_at, s.sid) and ${reaches(scope, stays, 'l')} and ${ofRoom(scope, 'l')} limit 1
  ) is null`
  const sums = new Map<string, StaySums>()
  await inSlices({ from: since, to: until }, [{ table: stays.table, column: stays.begin }], async (slice) => {
    const { rows } = await sql<StaySums & { readonly room: string }>`
      select s.room, count(*) as stays, ${countWhere(isLast)} as people, ${countWhere(sql<boolean>`s.joined_at >= ${from}`)} as joins,
        ${countWhere(sql<boolean>`s.joined_at >= ${from} and s.reconnects > 0`)} as reconnects, ${sumOf(sql<number>`${part.to} - ${part.from}`)} as ${sql.ref('stayMs')},
        ${sumOf(sql<number>`coalesce(s.left_at, ${now}) - s.joined_at`)} as ${sql.ref('wholeMs')}
      from participant_sessions as s
      where s.joined_at >= ${slice.from} and s.joined_at < ${slice.to} and ${reaches(scope, stays, 's')} and ${ofRoom(scope, 's')}
      group by s.room
    `.execute(queries)
    for (const { room, ...more } of rows) sums.set(room, added(sums.get(room) ?? noStays, more))
  })
  return sums
}

/** The sessions of each room. `since`: when the first of those in the time began, ms. */
export async function readSessions({ queries, inSlices, scope }: Reading, since: number): Promise<ReadonlyMap<string, SessionSums>> {
  const part = within(scope, sessions, 's')
  const sums = new Map<string, SessionSums>()
  await inSlices({ from: since, to: scope.until }, [{ table: sessions.table, column: sessions.begin }], async (slice) => {
    const { rows } = await sql<SessionSums & { readonly room: string }>`
      select s.room, count(*) as sessions, ${sumOf(sql<number>`${part.to} - ${part.from}`)} as ${sql.ref('roomMs')} from room_sessions as s
      where s.started_at >= ${slice.from} and s.started_at < ${slice.to} and ${reaches(scope, sessions, 's')} and ${ofRoom(scope, 's')}
      group by s.room
    `.execute(queries)
    for (const { room, ...more } of rows) sums.set(room, added(sums.get(room) ?? noSessions, more))
  })
  return sums
}

/** All of these together. */
export function totalStays(each: Iterable<StaySums>): StaySums {
  return [...each].reduce(added, noStays)
}

export function totalSessions(each: Iterable<SessionSums>): SessionSums {
  return [...each].reduce(added, noSessions)
}

function added<T extends Readonly<Record<keyof T, number>>>(a: T, b: T): T {
  // The same keys, each of which holds a number.
  return Object.fromEntries(Object.entries<number>(a).map(([key, value]) => [key, value + b[key as keyof T]])) as T
}

/** What somebody did in the time. */
export type PersonSums = { readonly name: string; readonly joins: number; readonly reconnects: number; readonly stayMs: number }

/** Of some people, by identity, as `readStays`. */
export async function readPeople(
  { queries, scope }: Reading,
  identities: readonly string[],
  since: number,
): Promise<ReadonlyMap<string, PersonSums>> {
  if (identities.length === 0) return new Map()
  const { from, until } = scope
  const part = within(scope, stays, 's')
  const { rows } = await sql<PersonSums & { readonly identity: string }>`
    select s.identity, (select p.name from people as p where p.identity = s.identity) as name, ${countWhere(sql<boolean>`s.joined_at >= ${from}`)} as joins,
      ${countWhere(sql<boolean>`s.joined_at >= ${from} and s.reconnects > 0`)} as reconnects, ${sumOf(sql<number>`${part.to} - ${part.from}`)} as ${sql.ref('stayMs')}
    from participant_sessions as s
    where s.identity in (${sql.join(identities)}) and s.joined_at >= ${since} and s.joined_at < ${until} and ${reaches(scope, stays, 's')} and ${ofRoom(scope, 's')}
    group by s.identity
  `.execute(queries)
  return new Map(rows.map(({ identity, ...sums }) => [identity, sums]))
}
