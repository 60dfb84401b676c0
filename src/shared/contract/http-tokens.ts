import { z } from 'zod'

/** A room's name or an identity. Text that UTF-8 can't carry would reach LiveKit as another name than the one that was checked. */
const name = z
  .string()
  .min(1)
  .max(512)
  .refine((text) => text.isWellFormed(), 'is not well-formed text')

const common = { room: name, username: name, name: z.string().max(512).optional(), metadata: z.string().max(64_000).optional() }

/** Whom a token is for. `username` becomes the identity; `canPublish: false` lets them only watch, and send data. */
export const tokenRequestSchema = z.object({ ...common, canPublish: z.boolean().default(true) })
export type TokenRequest = Readonly<z.infer<typeof tokenRequestSchema>>

/** The same as a query. */
export const tokenQuerySchema = z.object({ ...common, canPublish: z.stringbool().default(true) })

/** A token to join with. It must be used before `expiresAt` (ms); who is connected stays. */
export const joinGrantSchema = z.object({ token: z.string(), url: z.string(), expiresAt: z.number() })
export type JoinGrant = Readonly<z.infer<typeof joinGrantSchema>>
