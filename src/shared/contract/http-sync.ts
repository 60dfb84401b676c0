import { z } from 'zod'

/** How the sweeps fare (S1.4). Times in ms, null before the first; `drift` counts what sweeps had to put right since this instance started, whichever instance swept; `errors` the sweeps that failed. */
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
  /** Rooms whose stored keys were damaged or stray, and were put right; not told by older servers. */
  repaired: z.number().optional(),
  errors: z.number(),
  /** Why the last sweep failed; null where it didn't. */
  lastError: z.string().nullable(),
  lastWebhook: z.number().nullable(),
  /** No webhook for two minutes while sweeps find drift. */
  webhooksMissing: z.boolean(),
})
export type SyncStatus = Readonly<z.infer<typeof syncStatusSchema>>

/**
 * `sync`: asks LiveKit once. `full-sync`: asks again where somebody was missing, so that they are declared gone, and cleans up. `cleanup`: puts
 * damaged and stray keys right. Stopping is for the whole service, also after a restart; these three still work. `room`: only that one is
 * asked for, and nothing cleaned; with `sync` and `full-sync`.
 */
export const syncRequestSchema = z.object({
  action: z.enum(['sync', 'cleanup', 'full-sync', 'start-service', 'stop-service']),
  room: z.string().min(1).max(512).optional(),
})
export type SyncRequest = z.infer<typeof syncRequestSchema>

/** `synced`: rooms that LiveKit listed. `cleaned`: rooms declared over, and rooms whose keys were put right. `drift`: facts put right. */
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

/** Anything by room name. Zod's own record drops what is named `__proto__`, which is just a name here. */
function byRoom<T extends z.ZodType>(value: T): z.ZodType<Readonly<Record<string, z.infer<T>>>> {
  const isByRoom = (given: unknown) =>
    typeof given === 'object' && given !== null && Object.values(given).every((each) => value.safeParse(each).success)
  const { $schema: _schema, ...additionalProperties } = z.toJSONSchema(value)
  // The refinement is what makes it one.
  return z.unknown().refine(isByRoom, 'is not by room name').meta({ type: 'object', additionalProperties }) as z.ZodType<
    Readonly<Record<string, z.infer<T>>>
  >
}

/** The matches and the queue, and what is known of the rooms (S1.6). The counts are of the entries below; a room without anybody has one too. */
export const checkMatchSchema = z.object({
  activeMatchesCount: z.number(),
  queueLength: z.number(),
  roomParticipantsCount: z.number(),
  roomStatesCount: z.number(),
  syncServiceRunning: z.boolean(),
  /** The identities online. */
  roomParticipants: byRoom(z.array(z.string())),
  /** `lastUpdated`: when the room changed or was confirmed last, ms. */
  roomStates: byRoom(z.object({ roomName: z.string(), participants: z.array(z.string()), isActive: z.boolean(), lastUpdated: z.number() })),
})
