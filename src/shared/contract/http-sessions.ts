import { z } from 'zod'
import { personSessionSchema } from './http-people.ts'

export const sessionParamsSchema = z.object({ sid: z.string().min(1).max(512) })

/** `after`: the `next` of the page before. */
export const sessionsQuerySchema = z.object({
  after: z.string().max(64).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
})

/**
 * One session of a room, from its start to its end (`endedAt` null: still live). `people`: how many different ones came; `joins`: how often somebody did. `averageStayMs`: of the stays
 * that are over. `talkMs`: of all together, null where nobody observed; `observedMs`: how much of it was observed.
 */
export const roomSessionSchema = z.object({
  sid: z.string(),
  room: z.string(),
  startedAt: z.number(),
  endedAt: z.number().nullable(),
  peak: z.number().int(),
  people: z.number().int(),
  joins: z.number().int(),
  averageStayMs: z.number().nullable(),
  talkMs: z.number().nullable(),
  observedMs: z.number(),
})
export type RoomSession = Readonly<z.infer<typeof roomSessionSchema>>

/** Newest first. */
export const roomSessionsSchema = z.object({ sessions: z.array(roomSessionSchema), next: z.string().optional() })
export type RoomSessions = Readonly<z.infer<typeof roomSessionsSchema>>

const span = z.object({ from: z.number(), to: z.number() })

/**
 * A session whole: everybody's stays with who spoke when (ms). Outside `observed` nothing is known of who spoke. `population`: how many were there from a time on. At most 5,000 stays and
 * 20,000 spans of speech; `cut` says that there were more.
 */
export const wholeSessionSchema = roomSessionSchema.extend({
  stays: z.array(personSessionSchema.extend({ spoke: z.array(span) })),
  observed: z.array(span),
  population: z.array(z.object({ at: z.number(), online: z.number().int() })),
  cut: z.boolean(),
})
export type WholeSession = Readonly<z.infer<typeof wholeSessionSchema>>
