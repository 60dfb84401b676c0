import type { Kysely } from 'kysely'
import type { Insights } from '#shared/contract/http-insights.ts'
import { storable } from '#server/people/search-words.ts'
import type { DatabaseSchema } from '#server/records/schema.ts'
import type { InsightsRange } from './insights-range.ts'
import { readBefore, readPeaks, readPopulation } from './population.ts'
import { sessions, stays, type Scope } from './scope.ts'
import { createSlices, type InSlices } from './slices.ts'
import { readPeople, readSessions, readStays, totalSessions, totalStays, type StaySums } from './sums.ts'
import { qualities, readObserved, readQualities, readTalk, type QualityTimes } from './told-time.ts'

/** How many rooms and people are named. */
const NAMED = 20

/** What is asked; `now` in ms. */
type Asked = { readonly range: InsightsRange; readonly room: string | null; readonly now: number }

/**
 * Sums rooms and people up over a time (S2.6), with statements that are short each. What is written meanwhile may be in one sum and not yet in another. It keeps a number for each room and for each who
 * spoke, and nothing else that grows. Throws what the database says.
 */
export type ReadInsights = (asked: Asked) => Promise<Insights>

export function createInsightsReader(queries: Kysely<DatabaseSchema>, inSlices: InSlices = createSlices(queries)): ReadInsights {
  return async ({ range, room, now }) => {
    const { from, until, bucketMs, firstAt } = range
    const scope: Scope = { from, until, now, room: room === null ? null : storable(room) }
    const reading = { queries, inSlices, scope }
    const stayed = await readBefore(reading, stays)
    const lasted = await readBefore(reading, sessions)
    const people = await readPopulation(reading, stays, range, stayed.count)
    const rooms = await readPopulation(reading, sessions, range, lasted.count)
    const staysOf = await readStays(reading, stayed.since)
    const sessionsOf = await readSessions(reading, lasted.since)
    const observed = sumOf((await readObserved(reading, lasted.since)).values())
    const talkOf = await readTalk(reading, stayed.since)
    const quality = await readQualities(reading, stayed.since)

    const busiest = largest(staysOf, ({ stayMs }) => stayMs)
    const peaks = await readPeaks(
      reading,
      busiest.map(([name]) => name),
      stayed.since,
    )
    const talkers = largest(talkOf, (ms) => ms)
    const known = await readPeople(
      reading,
      talkers.map(([identity]) => identity),
      stayed.since,
    )
    const all = totalStays(staysOf.values())
    const { sessions: roomSessions, roomMs } = totalSessions(sessionsOf.values())
    const { people: different, stayMs, joins, reconnects } = all
    return {
      from,
      to: until,
      room,
      bucketMs,
      totals: {
        roomSessions,
        roomMs,
        stays: all.stays,
        people: different,
        joins,
        leaves: people.reduce((sum, { ended }) => sum + ended, 0),
        reconnects,
        peak: people.reduce((most, bucket) => Math.max(most, bucket.most), 0),
        stayMs,
        averageStayMs: averageOf(all),
        talkMs: observed === 0 ? null : sumOf(talkOf.values()),
        observedShare: roomMs === 0 ? null : Math.min(1, observed / roomMs),
      },
      overTime: people.map(({ begun, ended, most }, index) => ({
        at: firstAt + index * bucketMs,
        rooms: rooms[index]?.most ?? 0,
        people: most,
        joins: begun,
        leaves: ended,
      })),
      quality: sharesOf(quality),
      busiestRooms: busiest.map(([name, sums]) => ({
        room: name,
        roomSessions: sessionsOf.get(name)?.sessions ?? 0,
        stays: sums.stays,
        joins: sums.joins,
        peak: peaks.get(name) ?? 0,
        stayMs: sums.stayMs,
        averageStayMs: averageOf(sums),
      })),
      talk: talkers.map(([identity, talkMs]) => {
        const { name, stayMs: inRoomMs, ...counts } = known.get(identity) ?? { name: '', joins: 0, reconnects: 0, stayMs: 0 }
        return { identity, name: name ?? '', talkMs, stayMs: inRoomMs, ...counts }
      }),
    }
  }
}

function sumOf(each: Iterable<number>): number {
  let sum = 0
  for (const value of each) sum += value
  return sum
}

function averageOf({ stays: count, wholeMs }: StaySums): number | null {
  return count === 0 ? null : Math.round(wholeMs / count)
}

/** Those of which this is largest, in order; of equal ones the first by name. */
function largest<T>(each: ReadonlyMap<string, T>, of: (value: T) => number): readonly (readonly [string, T])[] {
  return [...each].toSorted(([a, some], [b, other]) => of(other) - of(some) || (a < b ? -1 : 1)).slice(0, NAMED)
}

function sharesOf(times: QualityTimes): Insights['quality'] {
  const { observedMs } = times
  if (observedMs === 0) return null
  const known = qualities.reduce((sum, quality) => sum + times[quality], 0)
  const whole = Math.max(observedMs, known)
  const { excellent, good, poor, lost } = times
  return { excellent: excellent / whole, good: good / whole, poor: poor / whole, lost: lost / whole, unknown: (whole - known) / whole }
}
