import type { Insights } from '#shared/contract/http-insights.ts'
import { overlapSpans, totalMs, type Span } from '#server/history/spans.ts'
import type { InsightsRange } from '../insights-range.ts'

/** A stay, with what was told of it, ms. `left` null: it goes on. */
export type StayHistory = {
  readonly sid: string
  readonly identity: string
  readonly joined: number
  readonly left: number | null
  readonly reconnects: number
  readonly spoke: readonly Span[]
  readonly qualities: readonly { readonly at: number; readonly quality: 'excellent' | 'good' | 'poor' | 'lost' | 'unknown' }[]
}
export type SessionHistory = {
  readonly sid: string
  readonly room: string
  readonly started: number
  readonly ended: number | null
  readonly observed: readonly Span[]
  readonly stays: readonly StayHistory[]
}

type Visit = { readonly begin: number; readonly end: number | null }

/** Insights as one would count them by hand: each moment by itself. */
export function countNaively(histories: readonly SessionHistory[], range: InsightsRange, room: string | null, now: number): Insights {
  const { from, until, bucketMs, firstAt, buckets } = range
  const touches = ({ begin, end }: Visit) => begin < until && (end === null || end >= from)
  const visitOf = (session: SessionHistory): Visit => ({ begin: session.started, end: session.ended })
  const asked = histories.filter((session) => room === null || session.room === room)
  const sessions = asked.filter((session) => touches(visitOf(session)))
  const stays = asked.flatMap((session) =>
    session.stays.map((stay) => ({ ...stay, session, begin: stay.joined, end: stay.left })).filter(touches),
  )
  type Stay = (typeof stays)[number]
  const part = ({ begin, end }: Visit): Span => ({ from: Math.max(begin, from), to: Math.min(end ?? until, until) })
  const lengthOf = (span: Span) => Math.max(0, span.to - span.from)
  const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0)
  const isIn = (at: number | null, span: Span = { from, to: until }) => at !== null && at >= span.from && at < span.to
  const mostOf = (visits: readonly Visit[], span: Span) => {
    let most = 0
    for (let at = span.from; at < span.to; at += 1)
      most = Math.max(most, visits.filter(({ begin, end }) => begin <= at && (end === null || end > at)).length)
    return most
  }
  const averageOf = (some: readonly Stay[]) =>
    some.length === 0 ? null : Math.round(sum(some.map(({ joined, left }) => (left ?? now) - joined)) / some.length)
  const countsOf = (some: readonly Stay[]) => ({
    stayMs: sum(some.map((stay) => lengthOf(part(stay)))),
    joins: some.filter(({ joined }) => isIn(joined)).length,
  })
  const reconnectsOf = (some: readonly Stay[]) => some.filter(({ joined, reconnects }) => isIn(joined) && reconnects > 0).length
  const seen = (stay: Stay) => overlapSpans(stay.session.observed, [part(stay)])
  const roomMs = sum(sessions.map((session) => lengthOf(part(visitOf(session)))))
  const observedMs = sum(sessions.map((session) => totalMs(overlapSpans(session.observed, [part(visitOf(session))]))))
  const talkOf = (stay: Stay) => totalMs(overlapSpans(stay.spoke, [part(stay)]))
  const by = (key: (stay: Stay) => string) =>
    [...new Set(stays.map(key))].map((name) => [name, stays.filter((stay) => key(stay) === name)] as const)

  const times = { excellent: 0, good: 0, poor: 0, lost: 0, unknown: 0 }
  for (const stay of stays) {
    let told = 0
    for (const [index, { at, quality }] of stay.qualities.entries()) {
      const ms = totalMs(overlapSpans(seen(stay), [{ from: at, to: stay.qualities[index + 1]?.at ?? until }]))
      times[quality] += ms
      told += ms
    }
    times.unknown += totalMs(seen(stay)) - told
  }
  const known = sum(Object.values(times))

  return {
    ...{ from, to: until, room, bucketMs },
    totals: {
      roomSessions: sessions.length,
      roomMs,
      stays: stays.length,
      people: new Set(stays.map(({ identity }) => identity)).size,
      ...countsOf(stays),
      leaves: stays.filter(({ left }) => isIn(left)).length,
      reconnects: reconnectsOf(stays),
      peak: mostOf(stays, { from, to: until }),
      averageStayMs: averageOf(stays),
      talkMs: observedMs === 0 ? null : sum(stays.map(talkOf)),
      observedShare: roomMs === 0 ? null : observedMs / roomMs,
    },
    overTime: Array.from({ length: buckets }, (_none, index) => {
      const at = firstAt + index * bucketMs
      const span = { from: Math.max(at, from), to: Math.min(at + bucketMs, until) }
      return {
        at,
        rooms: mostOf(sessions.map(visitOf), span),
        people: mostOf(stays, span),
        joins: stays.filter(({ joined }) => isIn(joined, span)).length,
        leaves: stays.filter(({ left }) => isIn(left, span)).length,
      }
    }),
    quality:
      known === 0
        ? null
        : {
            excellent: times.excellent / known,
            good: times.good / known,
            poor: times.poor / known,
            lost: times.lost / known,
            unknown: times.unknown / known,
          },
    busiestRooms: by((stay) => stay.session.room)
      .map(([name, some]) => ({
        room: name,
        roomSessions: sessions.filter((session) => session.room === name).length,
        stays: some.length,
        ...countsOf(some),
        peak: mostOf(some, { from, to: until }),
        averageStayMs: averageOf(some),
      }))
      .toSorted((a, b) => b.stayMs - a.stayMs || (a.room < b.room ? -1 : 1))
      .slice(0, 20),
    talk: by((stay) => stay.identity)
      .map(([identity, some]) => ({
        ...{ identity, name: `name of ${identity}`, talkMs: sum(some.map(talkOf)), reconnects: reconnectsOf(some) },
        ...countsOf(some),
      }))
      .filter(({ talkMs }) => talkMs > 0)
      .toSorted((a, b) => b.talkMs - a.talkMs || (a.identity < b.identity ? -1 : 1))
      .slice(0, 20),
  }
}
