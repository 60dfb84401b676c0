import { sql } from 'kysely'
import { countWhere, ofRoom, reaches, stays, sumOf, type Reading, type Visits } from './scope.ts'

/** After every time. */
const NEVER_MS = 8_640_000_000_000_000

/** What had begun before the time and reaches into it: how many, and when the first of them began, ms; `from` where there is none. */
export type Before = { readonly count: number; readonly since: number }

/** Finds what was there when the time began. */
export async function readBefore({ queries, inSlices, scope }: Reading, visits: Visits): Promise<Before> {
  const { from } = scope
  const [begin, end] = [sql.ref(visits.begin), sql.ref(visits.end)]
  let [count, since] = [0, from]
  async function add(ended: ReturnType<typeof sql<boolean>>): Promise<void> {
    const { rows } = await sql<{ count: number; since: number | null }>`
      select count(*) as count, min(${begin}) as since from ${sql.table(visits.table)} as v
      where ${ended} and ${begin} < ${from} and ${ofRoom(scope, 'v')}
    `.execute(queries)
    for (const row of rows) {
      count += row.count
      since = Math.min(since, row.since ?? since)
    }
  }
  await add(sql<boolean>`${end} is null`)
  await inSlices({ from, to: NEVER_MS }, [{ table: visits.table, column: visits.end }], (slice) =>
    add(sql<boolean>`${end} >= ${slice.from} and ${end} < ${slice.to}`),
  )
  return { count, since }
}

/** How many began and ended in a bucket, and the most there were at once. */
export type Bucket = { readonly begun: number; readonly ended: number; readonly most: number }

/** How a time is cut: into buckets of this length from a time on, ms. */
export type Cut = { readonly firstAt: number; readonly bucketMs: number; readonly buckets: number }

/** How many there were over the time. `before`: how many when it began. Who leaves and who comes in the same millisecond were not there at once. */
export async function readPopulation(reading: Reading, visits: Visits, cut: Cut, before: number): Promise<readonly Bucket[]> {
  const level = createLevel(reading.scope.from, cut, before)
  await walk(reading, visits, cut, null, (told) => level.add(told))
  return level.buckets()
}

/** The most people at once in each of these rooms; `since`: when the first of who is in the time came, ms. */
export async function readPeaks(reading: Reading, rooms: readonly string[], since: number): Promise<ReadonlyMap<string, number>> {
  if (rooms.length === 0) return new Map()
  const { queries, inSlices, scope } = reading
  const { from, until } = scope
  const before = new Map<string, number>()
  await inSlices({ from: since, to: from }, [{ table: stays.table, column: stays.begin }], async (slice) => {
    const counted = await sql<{ room: string; count: number }>`
      select room, count(*) as count from participant_sessions as v
      where v.joined_at >= ${slice.from} and v.joined_at < ${slice.to} and ${reaches(scope, stays, 'v')} and room in (${sql.join(rooms)})
      group by room
    `.execute(queries)
    for (const { room, count } of counted.rows) before.set(room, (before.get(room) ?? 0) + count)
  })
  const cut = { firstAt: from, bucketMs: until - from, buckets: 1 }
  const levels = new Map(rooms.map((room) => [room, createLevel(from, cut, before.get(room) ?? 0)]))
  await walk(reading, stays, cut, rooms, (told) => levels.get(told.room)?.add(told))
  return new Map([...levels].map(([room, level]) => [room, level.buckets()[0]?.most ?? 0]))
}

/** What happened in a bucket, or in a part of one, of a room; `most`: compared with how many there were before it. */
type Told = {
  readonly room: string
  readonly bucket: number
  readonly at: number
  readonly begun: number
  readonly ended: number
  readonly most: number
}

async function walk(
  { queries, inSlices, scope }: Reading,
  { table, begin, end }: Visits,
  { firstAt, bucketMs }: Cut,
  rooms: readonly string[] | null,
  tell: (told: Told) => void,
): Promise<void> {
  const ofRooms = rooms === null ? ofRoom(scope, 'v') : sql<boolean>`v.room in (${sql.join(rooms)})`
  const room = rooms === null ? sql`''` : sql`v.room`
  const changes = (column: string, by: number, { from, to }: { readonly from: number; readonly to: number }) => {
    const at = sql.ref(`v.${column}`)
    return sql`select ${room} as room, ${at} as at, ${sql.lit(by)} as change from ${sql.table(table)} as v where ${at} >= ${from} and ${at} < ${to} and ${ofRooms}`
  }
  const walked = [begin, end].map((column) => ({ table, column }))
  await inSlices({ from: scope.from, to: scope.until }, walked, async (slice) => {
    // How many more there are after each moment than before the slice.
    const { rows } = await sql<Told & { readonly net: number }>`
      with changes as (${changes(begin, 1, slice)} union all ${changes(end, -1, slice)}),
      moments as (select room, at, sum(change) as net, ${countWhere(sql<boolean>`change > 0`)} as begun from changes group by room, at),
      levels as (select room, at, net, begun, sum(net) over (partition by room order by at) as level from moments)
      select room, cast((at - ${firstAt}) / ${bucketMs} as bigint) as bucket, min(at) as at, ${sumOf(sql<number>`begun`)} as begun,
        ${sumOf(sql<number>`begun - net`)} as ended, ${sumOf(sql<number>`net`)} as net, cast(max(level) as bigint) as most
      from levels group by 1, 2 order by 2
    `.execute(queries)
    // Of a room's buckets in this slice each begins where the one before ended.
    const reached = new Map<string, number>()
    for (const { net, ...told } of rows) {
      const before = reached.get(told.room) ?? 0
      reached.set(told.room, before + net)
      tell({ ...told, most: told.most - before })
    }
  })
}

/** Follows how many there are, bucket by bucket. */
function createLevel(from: number, { firstAt, bucketMs, buckets }: Cut, before: number) {
  const done: Bucket[] = []
  let online = before
  let bucket: Bucket | null = null

  function close(upTo: number): void {
    while (done.length < upTo) {
      done.push(bucket ?? { begun: 0, ended: 0, most: Math.max(0, online) })
      bucket = null
    }
  }

  return {
    add({ bucket: index, at, begun, ended, most }: Told): void {
      close(index)
      // Until the first moment there were as many as before, if there was a while until then.
      const startsAt = Math.max(from, firstAt + index * bucketMs)
      const known: Bucket = bucket ?? { begun: 0, ended: 0, most: at > startsAt ? Math.max(0, online) : 0 }
      bucket = { begun: known.begun + begun, ended: known.ended + ended, most: Math.max(known.most, online + most) }
      online += begun - ended
    },
    buckets(): readonly Bucket[] {
      close(buckets)
      return done
    },
  }
}
