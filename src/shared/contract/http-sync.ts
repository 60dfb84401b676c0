import { z } from 'zod'

/** How the sweeps fare (S1.4). Times in ms, null before the first; `drift` counts what sweeps had to put right since the start, `errors` the sweeps that failed. */
export const syncStatusSchema = z.object({
  running: z.boolean(),
  intervalMs: z.number(),
  cleanupIntervalMs: z.number(),
  lastSync: z.number().nullable(),
  nextSync: z.number().nullable(),
  lastCleanup: z.number().nullable(),
  /** Rooms that the last sweep found live. */
  rooms: z.number(),
  drift: z.number(),
  errors: z.number(),
  /** Why the last sweep failed; null where it didn't. */
  lastError: z.string().nullable(),
  lastWebhook: z.number().nullable(),
  /** No webhook for two minutes while sweeps find drift. */
  webhooksMissing: z.boolean(),
})
export type SyncStatus = Readonly<z.infer<typeof syncStatusSchema>>

/** `room`: only that one is read; with `sync` and `full-sync`. */
export const syncRequestSchema = z.object({
  action: z.enum(['sync', 'cleanup', 'full-sync', 'start-service', 'stop-service']),
  room: z.string().min(1).max(512).optional(),
})
export type SyncRequest = z.infer<typeof syncRequestSchema>

export const syncAnswerSchema = z.object({
  synced: z.number().optional(),
  cleaned: z.number().optional(),
  drift: z.number().optional(),
  running: z.boolean().optional(),
})
export type SyncAnswer = Readonly<z.infer<typeof syncAnswerSchema>>

/** What Redis was asked for by all instances (S3.4), days and months in UTC. `warnings`: a line for each budget that is used up. */
export const usageSchema = z.object({
  commandsToday: z.number(),
  bytesThisMonth: z.number(),
  budgets: z.object({ commandsPerDay: z.number(), bytesPerMonth: z.number() }),
  warnings: z.array(z.string()),
})
export type Usage = Readonly<z.infer<typeof usageSchema>>

/** The matches and the queue, and what is known of the rooms (S1.6). */
export const checkMatchSchema = z.object({
  activeMatchesCount: z.number(),
  queueLength: z.number(),
  roomParticipantsCount: z.number(),
  roomStatesCount: z.number(),
  syncServiceRunning: z.boolean(),
  roomParticipants: z.record(z.string(), z.array(z.string())),
  roomStates: z.record(
    z.string(),
    z.object({ roomName: z.string(), participants: z.array(z.string()), isActive: z.boolean(), lastUpdated: z.number() }),
  ),
})
export type CheckMatch = Readonly<z.infer<typeof checkMatchSchema>>
