import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { DatabaseSettings } from '#shared/contract/embedded.ts'
import type { Insights } from '#shared/contract/http-insights.ts'
import { openDatabase, type Database } from '#server/records/database.ts'
import { BEGIN, createHappenings } from '#server/sessions/testing/happenings.ts'
import { openService } from '#server/sessions/testing/recording-service.ts'
import type { InsightsRange } from '../insights-range.ts'
import { createInsightsReader } from '../insights-reader.ts'
import { createSlices } from '../slices.ts'
import { countNaively, type SessionHistory, type StayHistory } from './naive-insights.ts'

/** Midnight of some day, ms. */
const DAY = 1_799_971_200_000
const NOW = DAY + 120

/** The time from 20 to 90 ms after midnight, in buckets of 10 ms that begin at round times. */
const range = (from = 20, until = 90): InsightsRange => ({
  ...{ from: DAY + from, until: DAY + until, bucketMs: 10 },
  firstAt: DAY + Math.floor(from / 10) * 10,
  buckets: Math.ceil(until / 10) - Math.floor(from / 10),
})

function stay(sid: string, identity: string, joined: number, left: number | null, more: Partial<StayHistory> = {}): StayHistory {
  return { sid, identity, joined: DAY + joined, left: left === null ? null : DAY + left, reconnects: 0, spoke: [], qualities: [], ...more }
}
function session(sid: string, room: string, times: readonly [number, number | null], more: Partial<SessionHistory> = {}): SessionHistory {
  const [started, ended] = times
  return { sid, room, started: DAY + started, ended: ended === null ? null : DAY + ended, observed: [], stays: [], ...more }
}
const span = (from: number, to: number) => ({ from: DAY + from, to: DAY + to })

/** What holds for insights in any database. */
export function describeInsights(kind: string, fresh: () => Promise<DatabaseSettings>): void {
  describe(`insights in ${kind}`, () => {
    let database: Database
    beforeEach(async () => {
      const opened = await openDatabase(await fresh())
      if (!opened.ok) throw new Error(opened.message)
      database = opened.value
    })
    afterEach(() => database.close())

    async function store(histories: readonly SessionHistory[]): Promise<void> {
      const { queries } = database
      for (const table of [
        'room_sessions',
        'participant_sessions',
        'observed_spans',
        'speaking_intervals',
        'quality_changes',
        'people',
      ] as const)
        await queries.deleteFrom(table).execute()
      const identities = new Set(histories.flatMap(({ stays }) => stays.map(({ identity }) => identity)))
      for (const identity of identities)
        await queries
          .insertInto('people')
          .values({ id: identity, identity, name: `name of ${identity}`, first_seen_at: 1, last_seen_at: 1 })
          .execute()
      for (const { sid: room_sid, room, started, ended, observed, stays } of histories) {
        await queries
          .insertInto('room_sessions')
          .values({ sid: room_sid, room, started_at: started, ended_at: ended, peak: 0, online: 0, joins: 0 })
          .execute()
        for (const { from, to } of observed)
          await queries.insertInto('observed_spans').values({ room_sid, from_at: from, to_at: to }).execute()
        for (const { sid, identity, joined, left, reconnects, spoke, qualities } of stays) {
          await queries
            .insertInto('participant_sessions')
            .values({ sid, identity, name: '', room, room_sid, joined_at: joined, left_at: left, reconnects })
            .execute()
          for (const { from, to } of spoke)
            await queries
              .insertInto('speaking_intervals')
              .values({ participant_sid: sid, room_sid, from_at: from, to_at: to, peak: 1 })
              .execute()
          for (const { at, quality } of qualities)
            await queries.insertInto('quality_changes').values({ participant_sid: sid, room_sid, at, quality }).execute()
        }
      }
    }

    /** With slices of one row first, so that what lies in different ones meets. */
    function read(asked = range(), room: string | null = null, mostRows = 2): Promise<Insights> {
      const slices = createSlices(database.queries, { firstRows: 1, mostRows })
      return createInsightsReader(database.queries, slices)({ range: asked, room, now: NOW })
    }

    it('S2.6 of a time in which nobody was there nothing is said but that', async () => {
      await store([session('RM_1', 'lobby', [1, 10], { stays: [stay('PA_1', 'ana', 2, 9)] }), session('RM_2', 'lobby', [90, null])])
      const insights = await read()
      expect(insights.totals).toEqual({
        ...{ roomSessions: 0, roomMs: 0, stays: 0, people: 0, joins: 0, leaves: 0, reconnects: 0, peak: 0, stayMs: 0 },
        ...{ averageStayMs: null, talkMs: null, observedShare: null },
      })
      expect(insights.overTime).toHaveLength(7)
      expect(insights.overTime[0]).toEqual({ at: DAY + 20, rooms: 0, people: 0, joins: 0, leaves: 0 })
      expect(insights).toMatchObject({ from: DAY + 20, to: DAY + 90, bucketMs: 10, quality: null, busiestRooms: [], talk: [] })
    })

    it('S2.6 who came before or stays on counts as far as the time goes; stays are averaged whole, those that go on up to now', async () => {
      await store([
        session('RM_1', 'lobby', [0, null], {
          stays: [stay('PA_1', 'ana', 10, 30), stay('PA_2', 'bo', 80, null), stay('PA_3', 'cleo', 0, 20), stay('PA_4', 'dan', 90, null)],
        }),
        session('RM_2', 'other', [5, 100], { stays: [stay('PA_5', 'ana', 25, 95, { reconnects: 1 })] }),
      ])
      const { totals, overTime, busiestRooms } = await read()
      expect(totals).toEqual({
        ...{ roomSessions: 2, roomMs: 140, stays: 4, people: 3, joins: 2, leaves: 2, reconnects: 1, peak: 2, stayMs: 85 },
        ...{ averageStayMs: 38, talkMs: null, observedShare: 0 },
      })
      expect(overTime.map(({ people, joins, leaves }) => [people, joins, leaves])).toEqual([
        [2, 1, 1],
        [1, 0, 1],
        ...Array.from({ length: 4 }, () => [1, 0, 0]),
        [2, 1, 0],
      ])
      expect(busiestRooms).toEqual([
        { room: 'other', roomSessions: 1, stays: 1, joins: 1, peak: 1, stayMs: 65, averageStayMs: 70 },
        { room: 'lobby', roomSessions: 1, stays: 3, joins: 1, peak: 1, stayMs: 20, averageStayMs: 27 },
      ])
      expect((await read(range(), 'lobby')).totals).toMatchObject({ roomSessions: 1, stays: 3, people: 3, joins: 1, leaves: 2, peak: 1 })
      expect((await read(range(), 'nowhere')).totals).toMatchObject({ roomSessions: 0, stays: 0, observedShare: null })
    })

    it('S2.6 X4 talk and quality are told as far as it was observed, and are null where it was not', async () => {
      const heard = stay('PA_1', 'ana', 10, 60, {
        spoke: [span(15, 25), span(24, 30), span(58, 60)],
        qualities: [
          { at: DAY + 12, quality: 'poor' },
          { at: DAY + 40, quality: 'good' },
        ],
      })
      const silent = stay('PA_2', 'bo', 30, null)
      const seen = session('RM_1', 'lobby', [0, null], { observed: [span(5, 50), span(49, 60)], stays: [heard, silent] })
      const unseen = session('RM_2', 'dark', [0, null], { stays: [stay('PA_3', 'cleo', 20, 90)] })
      await store([seen, unseen])
      const insights = await read()
      expect(insights.totals).toMatchObject({ talkMs: 12, observedShare: 40 / 140 })
      expect(insights.talk).toEqual([{ identity: 'ana', name: 'name of ana', talkMs: 12, stayMs: 40, joins: 0, reconnects: 0 }])
      expect(insights.quality).toEqual({ excellent: 0, good: 20 / 70, poor: 20 / 70, lost: 0, unknown: 30 / 70 })
      expect(await read(range(), 'dark')).toMatchObject({ totals: { talkMs: null, observedShare: 0 }, quality: null, talk: [] })
      // There is nobody there any more, and it is observed that nobody speaks.
      expect((await read(range(50, 55), 'lobby')).totals.talkMs).toBe(0)
    })

    it('S2.6 names the twenty busiest rooms and the twenty who were heard longest', async () => {
      await store(
        Array.from({ length: 23 }, (_none, index) =>
          session(`RM_${index}`, `room ${index}`, [0, null], {
            observed: [span(0, 90)],
            stays: [stay(`PA_${index}`, `person ${index}`, 20, 21 + index, { spoke: [span(20, 21 + index)] })],
          }),
        ),
      )
      const { busiestRooms, talk, totals } = await read(range(), null, 5)
      expect(busiestRooms.map(({ room }) => room)).toEqual(Array.from({ length: 20 }, (_none, index) => `room ${22 - index}`))
      expect(talk?.map(({ identity }) => identity)).toEqual(Array.from({ length: 20 }, (_none, index) => `person ${22 - index}`))
      expect(totals).toMatchObject({ people: 23, roomSessions: 23 })
    })

    it('S2.6 counts nobody who is hidden', async () => {
      const service = await openService()
      const writer = service.openWriter(database.queries)
      const lobby = createHappenings()
      await service.happen([lobby.start(0), lobby.join(1, 'ana'), lobby.join(2, 'eye', { hidden: true }), lobby.join(3, 'bo')])
      await writer.writeNow()
      const asked: InsightsRange = { from: BEGIN, until: BEGIN + 10_000, bucketMs: 10_000, firstAt: BEGIN, buckets: 1 }
      const { totals, overTime } = await read(asked)
      expect(totals).toMatchObject({ roomSessions: 1, stays: 2, people: 2, joins: 2, peak: 2 })
      expect(overTime).toEqual([{ at: BEGIN, rooms: 1, people: 2, joins: 2, leaves: 0 }])
      await writer.close()
      await service.close()
    })

    it('S2.6 says of any history what one would count by hand', async () => {
      await fc.assert(
        fc.asyncProperty(
          histories,
          fc.integer({ min: 0, max: 60 }),
          fc.integer({ min: 1, max: 60 }),
          fc.constantFrom(null, 'a', 'b'),
          async (some, from, length, room) => {
            await store(some)
            const asked = range(from, from + length)
            expect(rounded(await read(asked, room))).toEqual(rounded(countNaively(some, asked, room, NOW)))
          },
        ),
        { numRuns: kind === 'SQLite' ? 250 : 40, seed: 20_261_122 },
      )
    }, 60_000)
  })
}

const time = fc.integer({ min: 0, max: 119 })

/** Spans of which neighbours may overlap, as where an observer takes over from another. */
const spans = (within: readonly [number, number]) =>
  fc.uniqueArray(time, { maxLength: 6 }).map((times) => {
    const inside = times.filter((at) => at >= within[0] && at < within[1]).toSorted((a, b) => a - b)
    return inside.map((from, index) => span(from, Math.min(within[1], (inside[index + 1] ?? from + 7) + (index % 2 === 0 ? 2 : -1))))
  })

const visit = fc.tuple(time, fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 3 })).map(([begin, length, open]) => {
  const end = open === 0 || begin + length >= 120 ? null : begin + length
  return [begin, end] as const
})

const changes = (within: readonly [number, number]) =>
  fc
    .uniqueArray(fc.record({ at: time, quality: fc.constantFrom('excellent', 'good', 'poor', 'lost', 'unknown') }), {
      maxLength: 4,
      selector: ({ at }) => at,
    })
    .map((some) =>
      some
        .filter(({ at }) => at >= within[0] && at < within[1])
        .toSorted((a, b) => a.at - b.at)
        .map(({ at, quality }) => ({ at: DAY + at, quality })),
    )

const stayOf = (session_: string, [started, ended]: readonly [number, number | null], index: number) =>
  fc
    .tuple(fc.constantFrom('ana', 'bo', 'cleo', 'dan'), visit, fc.integer({ min: 0, max: 1 }))
    .map(([identity, [joined, left], reconnects]) => {
      // Nobody is in a session before it or after it.
      const begin = Math.min(Math.max(started, joined), ended ?? 119)
      return { identity, reconnects, begin, end: ended === null ? left : Math.max(begin, Math.min(left ?? ended, ended)) }
    })
    .chain(({ identity, reconnects, begin, end }) => {
      const last = end === null ? null : Math.max(begin, end)
      const within = [begin, last ?? 120] as const
      return fc
        .tuple(spans(within), changes(within))
        .map(([spoke, qualities]) => stay(`${session_} ${index}`, identity, begin, last, { reconnects, spoke, qualities }))
    })

const histories = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), visit), { maxLength: 4 }).chain((made) =>
  fc.tuple(
    ...made.map(([room, times], index) =>
      fc
        .tuple(
          spans([times[0], times[1] ?? 120]),
          fc
            .integer({ min: 0, max: 4 })
            .chain((count) => fc.tuple(...Array.from({ length: count }, (_none, at) => stayOf(`RM_${index}`, times, at)))),
        )
        .map(([observed, stays]) => session(`RM_${index}`, room, times, { observed, stays })),
    ),
  ),
)

/** Shares are compared as far as numbers go. */
function rounded(insights: Insights): unknown {
  return JSON.parse(JSON.stringify(insights, (_key, value: unknown) => (typeof value === 'number' ? Number(value.toFixed(9)) : value)))
}
