import { setImmediate as nextTurn } from 'node:timers/promises'
import { sql, type Kysely } from 'kysely'
import { connectionQualitySchema, type ConnectionQuality } from '#shared/domain/presence.ts'
import { joinSpans, overlapSpans, totalMs, type Span } from '#server/history/spans.ts'
import { inParts } from '#server/records/in-parts.ts'
import type { DatabaseSchema } from '#server/records/schema.ts'

/** How many sids one query names. SQLite works in this process, and a session may have tens of thousands of intervals, a stay hundreds. */
const SIDS = 50
const TALKING = { participant_sid: 50, room_sid: 5 } as const

type Queries = Kysely<DatabaseSchema>

/** When these sessions were observed, by room sid; without those that never were. */
export async function readObserved(queries: Queries, roomSids: readonly string[]): Promise<ReadonlyMap<string, readonly Span[]>> {
  const rows = await readParts(roomSids, (sids) =>
    queries.selectFrom('observed_spans').select(['room_sid', 'from_at', 'to_at']).where('room_sid', 'in', sids).execute(),
  )
  const spans = grouped(rows.map(({ room_sid, from_at, to_at }) => [room_sid, { from: from_at, to: to_at }]))
  return new Map([...spans].map(([sid, each]) => [sid, joinSpans(each)]))
}

/**
 * How long each of these stays is known to have spoken, ms; without those who never did. Two observers may overlap for a moment: each moment counts once, which the database does, because
 * a talkative session has tens of thousands of intervals.
 */
export async function readTalk(
  queries: Queries,
  by: 'participant_sid' | 'room_sid',
  sids: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const rows = await readParts(
    sids,
    (part) =>
      queries
        .selectFrom(
          queries
            .selectFrom('speaking_intervals')
            .select([
              `${by} as sid`,
              'from_at',
              'to_at',
              sql<
                number | null
              >`max(to_at) over (partition by participant_sid order by from_at rows between unbounded preceding and 1 preceding)`.as(
                'told_to',
              ),
            ])
            .where(by, 'in', part)
            .as('intervals'),
        )
        .select([
          'sid',
          // PostgreSQL's sum of whole numbers is a decimal, which comes as a text.
          sql<
            number | string
          >`sum(case when told_to is null or told_to <= from_at then to_at - from_at when told_to < to_at then to_at - told_to else 0 end)`.as(
            'talk',
          ),
        ])
        .groupBy('sid')
        .execute(),
    TALKING[by],
  )
  return new Map(rows.map(({ sid, talk }) => [sid, Number(talk)]))
}

/** When these stays spoke, by sid, in order; at most so many spans in all, the earliest. */
export async function readSpoken(
  queries: Queries,
  roomSid: string,
  most: number,
): Promise<{ readonly spoken: ReadonlyMap<string, readonly Span[]>; readonly cut: boolean }> {
  const rows = await queries
    .selectFrom('speaking_intervals')
    .select(['participant_sid', 'from_at', 'to_at'])
    .where('room_sid', '=', roomSid)
    .orderBy('from_at')
    .limit(most + 1)
    .execute()
  const spans = grouped(rows.slice(0, most).map(({ participant_sid, from_at, to_at }) => [participant_sid, { from: from_at, to: to_at }]))
  return { spoken: new Map([...spans].map(([sid, each]) => [sid, joinSpans(each)])), cut: rows.length > most }
}

/** A stay, and when its session was observed. */
type ObservedStay = { readonly sid: string; readonly span: Span; readonly observed: readonly Span[] }

export type QualityShare = Partial<Record<ConnectionQuality, number>>

/** For how long each stay's connection was known to be of each quality, ms: from each change to the next, as far as the session was observed. */
export async function readQuality(queries: Queries, stays: readonly ObservedStay[]): Promise<ReadonlyMap<string, QualityShare>> {
  const rows = await readParts(
    stays.filter(({ observed }) => observed.length > 0).map(({ sid }) => sid),
    (sids) =>
      queries
        .selectFrom('quality_changes')
        .select(['participant_sid', 'at', 'quality'])
        .where('participant_sid', 'in', sids)
        .orderBy('at')
        .execute(),
  )
  const changes = grouped(rows.map(({ participant_sid, at, quality }) => [participant_sid, { at, quality }]))
  return new Map(stays.map(({ sid, span, observed }) => [sid, shareOf(changes.get(sid) ?? [], span, observed)]))
}

function shareOf(
  changes: readonly { readonly at: number; readonly quality: string }[],
  { from, to }: Span,
  observed: readonly Span[],
): QualityShare {
  const spans = new Map<ConnectionQuality, Span[]>()
  for (const [index, { at, quality: stored }] of changes.entries()) {
    const quality = connectionQualitySchema.safeParse(stored)
    const end = changes[index + 1]?.at ?? to
    if (!quality.success) continue
    const known = spans.get(quality.data) ?? []
    spans.set(quality.data, known)
    known.push({ from: Math.max(at, from), to: Math.min(end, to) })
  }
  const known = [...spans].map(([quality, each]) => [quality, totalMs(overlapSpans(each, observed))] as const)
  return Object.fromEntries(known.filter(([, ms]) => ms > 0))
}

function grouped<T>(entries: readonly (readonly [string, T])[]): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const [key, value] of entries) {
    const group = groups.get(key)
    if (group) group.push(value)
    else groups.set(key, [value])
  }
  return groups
}

async function readParts<T>(
  sids: readonly string[],
  read: (sids: readonly string[]) => Promise<readonly T[]>,
  size: number = SIDS,
): Promise<T[]> {
  const found: T[] = []
  for (const some of inParts(sids, size)) {
    found.push(...(await read(some)))
    await nextTurn()
  }
  return found
}
