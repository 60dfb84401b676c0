import { z } from 'zod'
import { livekitAddressSchema, livekitPublicAddressSchema, redisAddressSchema } from '#shared/domain/address.ts'
import { serverSettingsSchema, type ServerSettings } from '#shared/contract/embedded.ts'
import { fail, succeed, type Result } from '#shared/domain/failure.ts'
import { readDatabaseSettings } from './records/database-settings.ts'

const list = z
  .string()
  .transform((text) =>
    text
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== ''),
  )
  .refine((items) => items.length > 0, 'is empty')

const whole = (least: number, most: number) =>
  z
    .string()
    .regex(/^-?\d+$/, { error: 'is not a whole number', abort: true })
    .transform(Number)
    .refine((value) => value >= least && value <= most, `must be from ${least} to ${most}`)

/** What can stand in an `Authorization: Bearer` header. */
const token = z.string().regex(/^[!-~]+$/, 'must hold neither blanks nor characters beyond ASCII')

/** The environment, as `wire.md` names it. */
const environmentSchema = z.object({
  HOST: z.string().min(1).default('127.0.0.1'),
  PORT: whole(0, 65_535).default(3001),
  LIVEKIT_HOST: livekitAddressSchema,
  LIVEKIT_PUBLIC_URL: livekitPublicAddressSchema.optional(),
  LIVEKIT_API_KEY: list,
  LIVEKIT_API_SECRET: list,
  REDIS_URL: redisAddressSchema.optional(),
  USHER_ADMIN_TOKEN: token.optional(),
  USHER_SERVICE_TOKEN: token.optional(),
  SYNC_INTERVAL_MS: whole(250, 86_400_000).default(30_000),
  CLEANUP_INTERVAL_MS: whole(250, 86_400_000).default(300_000),
  OBSERVE_ROOMS: whole(0, 10_000).default(300),
  TOKEN_LIMIT_PER_MINUTE: whole(1, 1_000_000).default(20),
  REDIS_COMMAND_BUDGET: whole(1, 1_000_000_000).default(7000),
  /** Bytes a month; 150 MB. */
  REDIS_BYTE_BUDGET: whole(1, 1_000_000_000_000).default(150_000_000),
  TRUST_PROXY: z.stringbool({ error: 'must be on or off' }).default(false),
  LOG_LEVEL: z
    .enum(serverSettingsSchema.shape.logLevel.options, {
      error: `must be one of ${serverSettingsSchema.shape.logLevel.options.join(', ')}`,
    })
    .default('info'),
})

/** The settings that an environment says; a failure names the first variable that is missing or wrong, never a value. */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): Result<ServerSettings> {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''))
  const parsed = environmentSchema.safeParse(given)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    const name = String(issue?.path[0] ?? 'the environment')
    return fail('invalid', name in given ? `${name} ${issue?.message ?? 'is wrong'}` : `${name} is missing`)
  }
  const { data } = parsed
  const [keys, secrets] = [data.LIVEKIT_API_KEY, data.LIVEKIT_API_SECRET]
  if (keys.length !== secrets.length) return fail('invalid', `LIVEKIT_API_SECRET must list one secret for each of the ${keys.length} keys`)
  if (data.USHER_SERVICE_TOKEN !== undefined && data.USHER_SERVICE_TOKEN === data.USHER_ADMIN_TOKEN)
    return fail('invalid', 'USHER_SERVICE_TOKEN must be another one than USHER_ADMIN_TOKEN')
  const database = readDatabaseSettings(environment)
  if (!database.ok) return database
  return succeed({
    host: data.HOST,
    port: data.PORT,
    livekitHost: data.LIVEKIT_HOST,
    livekitPublicUrl: data.LIVEKIT_PUBLIC_URL ?? data.LIVEKIT_HOST.replace(/^http/, 'ws'),
    livekitKeys: keys.map((key, index) => ({ key, secret: secrets[index] ?? '' })),
    redisUrl: data.REDIS_URL ?? null,
    admin: data.USHER_ADMIN_TOKEN === undefined ? null : { token: data.USHER_ADMIN_TOKEN, name: 'admin' },
    serviceToken: data.USHER_SERVICE_TOKEN ?? null,
    database: database.value,
    syncIntervalMs: data.SYNC_INTERVAL_MS,
    cleanupIntervalMs: data.CLEANUP_INTERVAL_MS,
    tokenLimitPerMinute: data.TOKEN_LIMIT_PER_MINUTE,
    redisBudget: { commandsPerDay: data.REDIS_COMMAND_BUDGET, bytesPerMonth: data.REDIS_BYTE_BUDGET },
    trustProxy: data.TRUST_PROXY,
    observeRooms: data.OBSERVE_ROOMS,
    records: true,
    logLevel: data.LOG_LEVEL,
  })
}
