import { z } from 'zod'
import { measureSchema } from '../domain/measure.ts'
import { publishSourceSchema } from '../domain/participant.ts'

const name = z.string().min(1).max(512)

/** `active`: only what is in force (`true`), only what no longer is (`false`). `room`: what holds there, so also what holds everywhere. */
export const measuresQuerySchema = z.object({
  active: z.enum(['true', 'false']).optional(),
  identity: name.optional(),
  room: name.optional(),
})
export type MeasuresQuery = z.infer<typeof measuresQuerySchema>

/** Newest first; of what is no longer in force the newest thousand. */
export const measuresSchema = z.object({ measures: z.array(measureSchema) })

export const measureCheckQuerySchema = z.object({ identity: name, room: name })
/** What is in force for somebody in a room. `banned`: may not be there now, because of a ban or because the room is closed. `until` (ms): when that changes, null where it doesn't by itself. */
export const measureVerdictSchema = z.object({
  banned: z.boolean(),
  deniedSources: z.array(publishSourceSchema),
  until: z.number().nullable(),
})
export type MeasureVerdict = Readonly<z.infer<typeof measureVerdictSchema>>
