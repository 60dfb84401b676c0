import { z } from 'zod'

/**
 * The truth about the console's view of the rooms.
 * `connecting`: nothing is known yet. `live`: pushed, and the server vouches for it. `degraded`: connected, but what is
 * shown may be old. `reconnecting`: the link is down and being tried. `offline`: it was refused or there is nothing to connect to.
 */
export const connectionSchema = z.object({
  state: z.enum(['connecting', 'live', 'degraded', 'reconnecting', 'offline']),
  since: z.number(),
  why: z.string().nullable(),
})
export type Connection = Readonly<z.infer<typeof connectionSchema>>

/** What the sync server says of itself to its consoles: whether the state it pushes can be trusted. */
export const serviceStatusSchema = z.object({
  state: z.enum(['ok', 'degraded']),
  since: z.number(),
  why: z.string().nullable(),
})
export type ServiceStatus = Readonly<z.infer<typeof serviceStatusSchema>>
