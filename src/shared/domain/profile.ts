import { z } from 'zod'
import { livekitAddressSchema, redisAddressSchema } from './address.ts'

const name = z.string().trim().min(1).max(80)

/** Where the console gets its rooms from, with the secrets that main keeps. */
export const profileSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('demo'), id: z.string(), name }),
  z.object({
    kind: z.literal('direct'),
    id: z.string(),
    name,
    livekitUrl: livekitAddressSchema,
    apiKey: z.string().trim().min(1, 'the API key is missing'),
    apiSecret: z.string().trim().min(1, 'the API secret is missing'),
    redisUrl: redisAddressSchema.nullable().default(null),
  }),
  z.object({
    kind: z.literal('team'),
    id: z.string(),
    name,
    serverUrl: z.url({ protocol: /^https?$/, error: 'an address that starts with http:// or https://' }),
    token: z.string().trim().min(1, 'the operator token is missing'),
  }),
])
export type Profile = z.infer<typeof profileSchema>
export type ProfileKind = Profile['kind']

/** A profile without its secrets: what the renderer may see. `address` is the LiveKit or sync server it points to. */
export const profileSummarySchema = z.object({
  id: z.string(),
  kind: z.enum(['demo', 'direct', 'team']),
  name: z.string(),
  address: z.string().nullable(),
  selected: z.boolean(),
})
export type ProfileSummary = Readonly<z.infer<typeof profileSummarySchema>>
