import { sql, type Kysely, type RawBuilder } from 'kysely'
import type { DatabaseSchema } from '#server/records/schema.ts'
import type { InSlices } from './slices.ts'

/** What is asked about, ms: one room, or all. What goes on lasts until `now`. */
export type Scope = { readonly from: number; readonly until: number; readonly now: number; readonly room: string | null }

/** What it takes to read a part of the insights. */
export type Reading = { readonly queries: Kysely<DatabaseSchema>; readonly inSlices: InSlices; readonly scope: Scope }

/** A table of what goes on for a while in a room: stays and sessions. `end` is null in who is still there. */
export type Visits = {
  readonly table: 'participant_sessions' | 'room_sessions'
  readonly begin: 'joined_at' | 'started_at'
  readonly end: 'left_at' | 'ended_at'
}
export const stays = { table: 'participant_sessions', begin: 'joined_at', end: 'left_at' } as const satisfies Visits
export const sessions = { table: 'room_sessions', begin: 'started_at', end: 'ended_at' } as const satisfies Visits

type Expression<T> = RawBuilder<T>

export function larger(a: Expression<number>, b: Expression<number>): Expression<number> {
  return sql<number>`case when ${a} > ${b} then ${a} else ${b} end`
}

export function smaller(a: Expression<number>, b: Expression<number>): Expression<number> {
  return sql<number>`case when ${a} < ${b} then ${a} else ${b} end`
}

/** A sum that both databases answer as a number; 0 of nothing. */
export function sumOf(each: Expression<number>): Expression<number> {
  return sql<number>`cast(coalesce(sum(${each}), 0) as bigint)`
}

/** How many of the rows are so. */
export function countWhere(condition: Expression<boolean>): Expression<number> {
  return sumOf(sql<number>`case when ${condition} then 1 else 0 end`)
}

/** The condition that a row is of the room that is asked about; `alias`: of the table that has the name. */
export function ofRoom({ room }: Scope, alias: string): Expression<boolean> {
  return room === null ? sql<boolean>`1 = 1` : sql<boolean>`${sql.ref(`${alias}.room`)} = ${room}`
}

/** The same of a table that has the session's sid alone; it finds those sessions by their room. */
export function ofRoomSid({ room, from, until }: Scope, alias: string): Expression<boolean> {
  if (room === null) return sql<boolean>`1 = 1`
  const sids = sql`select r.sid from room_sessions as r where r.room = ${room} and r.started_at < ${until} and (r.ended_at is null or r.ended_at >= ${from})`
  return sql<boolean>`${sql.ref(`${alias}.room_sid`)} in (${sids})`
}

/** The condition that what began before `until` goes on, or ends, at or after `from`. */
export function reaches({ from }: Scope, { end }: Visits, alias: string): Expression<boolean> {
  const ended = sql.ref(`${alias}.${end}`)
  return sql<boolean>`(${ended} is null or ${ended} >= ${from})`
}

/** The part of a visit that lies in the time: when it begins and ends there. */
export function within(
  { from, until }: Scope,
  { begin, end }: Visits,
  alias: string,
): { readonly from: Expression<number>; readonly to: Expression<number> } {
  return {
    from: larger(sql<number>`${sql.ref(`${alias}.${begin}`)}`, sql<number>`${from}`),
    to: smaller(sql<number>`coalesce(${sql.ref(`${alias}.${end}`)}, ${until})`, sql<number>`${until}`),
  }
}
