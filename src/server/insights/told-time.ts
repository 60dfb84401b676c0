import { sql } from 'kysely'
import type { Span } from '#server/history/spans.ts'
import { larger, ofRoom, ofRoomSid, reaches, sessions, smaller, stays, sumOf, within, type Reading, type Visits } from './scope.ts'

/** Spans of time that were told of a stay or a session, of which neighbours may overlap: where an observer takes over from another. */
type ToldSpans = {
  readonly table: 'observed_spans' | 'speaking_intervals'
  readonly owner: 'room_sid' | 'participant_sid'
  readonly visits: Visits
  /** By which column of the visits they are added up. */
  readonly by: 'room' | 'identity'
}
const observed = { table: 'observed_spans', owner: 'room_sid', visits: sessions, by: 'room' } as const satisfies ToldSpans
const spoken = { table: 'speaking_intervals', owner: 'participant_sid', visits: stays, by: 'identity' } as const satisfies ToldSpans

/** For how long each room was observed within the time, ms, each moment once. `since`: when the first session in the time began. */
export function readObserved(reading: Reading, since: number): Promise<ReadonlyMap<string, number>> {
  return readTold(reading, since, observed)
}

/** For how long each identity is known to have spoken within the time, ms; those who did. `since`: when the first of who is in the time came. */
export function readTalk(reading: Reading, since: number): Promise<ReadonlyMap<string, number>> {
  return readTold(reading, since, spoken)
}

async function readTold(
  { queries, inSlices, scope }: Reading,
  since: number,
  { table, owner, visits, by }: ToldSpans,
): Promise<ReadonlyMap<string, number>> {
  const sums = new Map<string, number>()
  const [told, sid, key] = [sql.table(table), sql.ref(`o.${owner}`), sql.ref(`v.${by}`)]
  const part = within(scope, visits, 'v')

  /** Adds up `spans`: rows of who (`by`), from when to when, and up to when it was told before. */
  async function add(spans: ReturnType<typeof sql>): Promise<void> {
    const from = larger(sql<number>`from_at`, sql<number>`told_to`)
    const { rows } = await sql<{ key: string; ms: number }>`
      select key, ${sumOf(sql<number>`to_at - (${from})`)} as ms from (${spans}) as spans where to_at > from_at and to_at > told_to group by key
    `.execute(queries)
    for (const { key: who, ms } of rows) sums.set(who, (sums.get(who) ?? 0) + ms)
  }

  // What had begun before the time and reaches into it: of each visit the last.
  await inSlices({ from: since, to: scope.from }, [{ table: visits.table, column: visits.begin }], (slice) => {
    const last = sql<number>`coalesce((select o.to_at from ${told} as o where ${sid} = v.sid and o.from_at < ${scope.from} order by o.from_at desc limit 1), 0)`
    const begin = sql.ref(`v.${visits.begin}`)
    return add(sql`
      select key, from_at, ${smaller(sql<number>`last_at`, sql<number>`to_at`)} as to_at, 0 as told_to from (
        select ${key} as key, ${part.from} as from_at, ${part.to} as to_at, ${last} as last_at from ${sql.table(visits.table)} as v
        where ${begin} >= ${slice.from} and ${begin} < ${slice.to} and ${reaches(scope, visits, 'v')} and ${ofRoom(scope, 'v')}
      ) as begun
    `)
  })
  await inSlices({ from: scope.from, to: scope.until }, [{ table, column: 'from_at' }], (slice) =>
    add(sql`
      select ${key} as key, ${larger(sql<number>`s.from_at`, part.from)} as from_at, ${smaller(sql<number>`s.to_at`, part.to)} as to_at, s.told_to from (
        select ${sid} as sid, o.from_at, o.to_at, coalesce(
          max(o.to_at) over (partition by ${sid} order by o.from_at rows between unbounded preceding and 1 preceding),
          (select e.to_at from ${told} as e where ${sql.ref(`e.${owner}`)} = ${sid} and e.from_at < o.from_at order by e.from_at desc limit 1),
          0
        ) as told_to
        from ${told} as o where o.from_at >= ${slice.from} and o.from_at < ${slice.to} and ${ofRoomSid(scope, 'o')}
      ) as s join ${sql.table(visits.table)} as v on v.sid = s.sid where ${ofRoom(scope, 'v')}
    `),
  )
  return sums
}

/** What is stored of a connection; of who isn't known to be any of these it is unknown. */
export const qualities = ['excellent', 'good', 'poor', 'lost'] as const
type KnownQuality = (typeof qualities)[number]
/** For how long the stays in the time were observed, and in how much of it each quality was told, ms. */
export type QualityTimes = { readonly observedMs: number } & Readonly<Record<KnownQuality, number>>

/** How connections were. `since`: when the first of who is in the time came, ms. */
export async function readQualities({ queries, inSlices, scope }: Reading, since: number): Promise<QualityTimes> {
  const times = { observedMs: 0, excellent: 0, good: 0, poor: 0, lost: 0 }
  const part = within(scope, stays, 's')
  const touches = sql`${reaches(scope, stays, 's')} and ${ofRoom(scope, 's')}`
  const isIn = (column: string, { from, to }: Span) => sql`${sql.ref(column)} >= ${from} and ${sql.ref(column)} < ${to}`

  /** Adds up how much of `spans` was observed: rows of what is known, of which stay in which session, from when to when. */
  async function add(spans: ReturnType<typeof sql>): Promise<void> {
    // The one that had begun when a span does, and all until its end.
    const first = sql<number>`coalesce((select max(e.from_at) from observed_spans as e where e.room_sid = s.room_sid and e.from_at <= s.from_at), 0)`
    const toldTo = sql<number>`max(o.to_at) over (partition by s.sid, s.from_at order by o.from_at rows between unbounded preceding and 1 preceding)`
    const { rows } = await sql<{ known: keyof QualityTimes; ms: number }>`
      with spans as (${spans}),
      pieces as (
        select s.known, s.from_at, s.to_at, o.from_at as seen_from, o.to_at as seen_to, coalesce(${toldTo}, 0) as told_to
        from spans as s join observed_spans as o on o.room_sid = s.room_sid
        where s.to_at > s.from_at and o.from_at < s.to_at and o.from_at >= ${first}
      ),
      seen as (
        select known, ${larger(sql<number>`from_at`, larger(sql<number>`seen_from`, sql<number>`told_to`))} as from_at,
          ${smaller(sql<number>`to_at`, sql<number>`seen_to`)} as to_at from pieces
      )
      select known, ${sumOf(sql<number>`to_at - from_at`)} as ms from seen where to_at > from_at group by known
    `.execute(queries)
    for (const { known, ms } of rows) times[known] += ms
  }

  // The more was told in a while the fewer stays at a time.
  const joined = [
    { table: stays.table, column: stays.begin },
    { table: 'observed_spans', column: 'from_at' },
  ] as const
  await inSlices({ from: since, to: scope.until }, joined, (slice) =>
    add(sql`
      select 'observedMs' as known, s.sid, s.room_sid, ${part.from} as from_at, ${part.to} as to_at from participant_sessions as s
      where ${isIn('s.joined_at', slice)} and ${touches}
    `),
  )
  const next = sql<number>`coalesce((select n.at from quality_changes as n where n.participant_sid = q.participant_sid and n.at > q.at order by n.at limit 1), ${scope.until})`
  const told = sql`
    select q.quality as known, s.sid, s.room_sid, ${larger(sql<number>`q.at`, part.from)} as from_at, ${smaller(next, part.to)} as to_at
  `
  const isKnown = sql`q.quality in (${sql.join(qualities)})`
  // What had been told before the time, of who was there when it began.
  await inSlices({ from: since, to: scope.from }, joined, (slice) =>
    add(sql`
      ${told} from participant_sessions as s join quality_changes as q on q.participant_sid = s.sid
        and q.at = (select max(b.at) from quality_changes as b where b.participant_sid = s.sid and b.at < ${scope.from})
      where ${isIn('s.joined_at', slice)} and ${touches} and ${isKnown}
    `),
  )
  await inSlices({ from: scope.from, to: scope.until }, [{ table: 'quality_changes', column: 'at' }], (slice) =>
    add(sql`
      ${told} from quality_changes as q join participant_sessions as s on s.sid = q.participant_sid
      where ${isIn('q.at', slice)} and ${ofRoomSid(scope, 'q')} and ${ofRoom(scope, 's')} and ${isKnown}
    `),
  )
  return times
}
