import { z } from 'zod'
import { checkMatchSchema, syncAnswerSchema, syncRequestSchema, syncStatusSchema, usageSchema } from './http-sync.ts'
import { observerStatusSchema } from './observer-status.ts'

/** What the sync server says of Redis' budget and of its matches, when it is asked. */
export const serverReportSchema = z.object({
  usage: usageSchema,
  matches: checkMatchSchema.pick({ activeMatchesCount: true, queueLength: true, roomStatesCount: true, roomParticipantsCount: true }),
})
export type ServerReport = Readonly<z.infer<typeof serverReportSchema>>

export const syncRequests = {
  read_server: { payload: z.object({}), value: serverReportSchema },
  control_sync: { payload: syncRequestSchema, value: syncAnswerSchema },
} as const

/** `null`: the link is down, or the server has not said yet. */
export const syncPushes = {
  sync_changed: syncStatusSchema.nullable(),
  observers_changed: observerStatusSchema.nullable(),
} as const
