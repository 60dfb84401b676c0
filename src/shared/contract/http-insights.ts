import { z } from 'zod'
import type { ConnectionQuality } from '../domain/presence.ts'

const DAY_MS = 86_400_000

/** How long a time may be asked for, days. */
export const INSIGHTS_DAYS = 366
/** The time that is answered where none is asked for, ms. */
export const INSIGHTS_DEFAULT_MS = DAY_MS

const time = z.coerce.number().int().nonnegative().max(8_640_000_000_000_000)

/** `from`, `to`: UTC ms, the first included and the second not, at most 366 days; without them the last 24 hours. `room`: that one alone. */
export const insightsQuerySchema = z.object({ from: time.optional(), to: time.optional(), room: z.string().min(1).max(512).optional() })
export type InsightsQuery = Readonly<z.infer<typeof insightsQuerySchema>>

const count = z.number().int()
const share = z.number().min(0).max(1)

/**
 * All that happened in the time. A stay or session belongs to it that began, went on or ended in it. `people`: different ones; `joins`, `leaves`: what happened in the time; `reconnects`: joins of
 * somebody who had been in the same session of the room before. `peak`: the most people at once; who is in two rooms counts in both. `roomMs`, `stayMs`: how long all sessions and all stays lasted within
 * the time. `averageStayMs`: of the stays, each whole, also what of it lies outside; one that goes on lasts until now; null where there was none. `talkMs`: of all together, of several at once each; null
 * where nobody observed. `observedShare`: the part of `roomMs` that was observed; null where there was no session.
 */
const totalsSchema = z.object({
  roomSessions: count,
  roomMs: z.number(),
  stays: count,
  people: count,
  joins: count,
  leaves: count,
  reconnects: count,
  peak: count,
  stayMs: z.number(),
  averageStayMs: z.number().nullable(),
  talkMs: z.number().nullable(),
  observedShare: share.nullable(),
})

/**
 * What happened from `at` on, for `bucketMs`, as far as it lies in the time: the first bucket may begin before it, and the last end after it. `rooms`, `people`: the most at once. `joins`, `leaves`: how often.
 */
const bucketSchema = z.object({ at: z.number(), rooms: count, people: count, joins: count, leaves: count })

/**
 * The part of the observed time of all stays in which the connection was so; together 1. `unknown`: they published nothing, or LiveKit hadn't told.
 */
const qualitySharesSchema = z.object({
  excellent: share,
  good: share,
  poor: share,
  lost: share,
  unknown: share,
}) satisfies z.ZodType<Record<ConnectionQuality, number>>

/** A room by its name, whatever its sessions; everything as in the totals. */
const busyRoomSchema = z.object({
  room: z.string(),
  roomSessions: count,
  stays: count,
  joins: count,
  peak: count,
  stayMs: z.number(),
  averageStayMs: z.number().nullable(),
})

/** Somebody who was heard, and what they did in the time, in all rooms that were asked for. Who isn't there wasn't heard, which doesn't say that they were silent. */
const talkerSchema = z.object({
  identity: z.string(),
  name: z.string(),
  talkMs: z.number(),
  stayMs: z.number(),
  joins: count,
  reconnects: count,
})

/**
 * Rooms and people over a time, summed up (S2.6). `to` is never after now. `overTime`: at most 200 buckets, in order, on round times UTC. `quality`: null where nobody observed. `busiestRooms`: at most
 * 20, by `stayMs`. `talk`: at most 20, by `talkMs`; null for whom the roles don't let read of people.
 */
export const insightsSchema = z.object({
  from: z.number(),
  to: z.number(),
  room: z.string().nullable(),
  bucketMs: z.number().int(),
  totals: totalsSchema,
  overTime: z.array(bucketSchema),
  quality: qualitySharesSchema.nullable(),
  busiestRooms: z.array(busyRoomSchema),
  talk: z.array(talkerSchema).nullable(),
})
export type Insights = Readonly<z.infer<typeof insightsSchema>>
