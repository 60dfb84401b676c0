import { z } from 'zod'
import { livekitAddressSchema, livekitPublicAddressSchema, redisAddressSchema } from '../domain/address.ts'

/** One LiveKit key; the first of a list signs, all of them verify. */
const livekitKeySchema = z.object({ key: z.string().min(1), secret: z.string().min(1) })

/** Where records are kept: operators now. `memory` is for a demo. */
export const databaseSettingsSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('postgres'), url: z.url({ protocol: /^postgres(ql)?$/ }) }),
  z.object({ kind: z.literal('sqlite'), file: z.string().min(1) }),
  z.object({ kind: z.literal('memory') }),
])
export type DatabaseSettings = z.infer<typeof databaseSettingsSchema>

/** All a sync server must know to start. It comes from the environment, or as a message from the process that embeds it. */
export const serverSettingsSchema = z.object({
  host: z.string(),
  port: z.number().int().min(0).max(65_535),
  livekitHost: livekitAddressSchema,
  livekitPublicUrl: livekitPublicAddressSchema,
  livekitKeys: z.array(livekitKeySchema).min(1),
  redisUrl: redisAddressSchema.nullable(),
  admin: z.object({ token: z.string().min(1), name: z.string().min(1) }).nullable(),
  serviceToken: z.string().min(1).nullable(),
  database: databaseSettingsSchema,
  syncIntervalMs: z.number().int().min(250),
  cleanupIntervalMs: z.number().int().min(250),
  tokenLimitPerMinute: z.number().int().min(1),
  redisBudget: z.object({ commandsPerDay: z.number().int().min(1), bytesPerMonth: z.number().int().min(1) }),
  /** Whether a proxy's word is taken for the address a request comes from. */
  trustProxy: z.boolean(),
  /** How many rooms this server observes at the most; 0: none. */
  observeRooms: z.number().int().min(0),
  /** Whether it is recorded who was in which room when. No setting of the public contract: measuring what recording costs needs a server without it. */
  records: z.boolean().default(true),
  logLevel: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']),
})
export type ServerSettings = z.infer<typeof serverSettingsSchema>

/** What a demo must know: where its LiveKit sends webhooks. */
export const demoSettingsSchema = z.object({ webhookUrl: z.url() })
export type DemoSettings = z.infer<typeof demoSettingsSchema>

/** The LiveKit that a demo runs. A simulator has no media: livekit-client can't join it. */
export const demoRunningSchema = z.object({
  kind: z.enum(['livekit', 'simulator']),
  url: z.string(),
  apiKey: z.string(),
  apiSecret: z.string(),
})
export type DemoRunning = z.infer<typeof demoRunningSchema>

/** The child's answers to the one `start` message of its parent. `failed` carries one line for a person; the child then exits with 1. */
export function childReplySchema<T extends z.ZodType>(running: T) {
  return z.discriminatedUnion('type', [
    z.object({ type: z.literal('running'), value: running }),
    z.object({ type: z.literal('failed'), message: z.string() }),
  ])
}
export const serverRunningSchema = z.object({ url: z.string() })
export type ServerRunning = z.infer<typeof serverRunningSchema>

/** What a parent sends a child; `settings` are the child's own. A child whose parent is gone stops as if told to. */
export const parentMessageSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('start'), settings: z.unknown() }),
  z.object({ type: z.literal('stop') }),
])
