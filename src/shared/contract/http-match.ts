import { z } from 'zod'

/** How many bytes of JSON a broadcast's payload may have. */
export const BROADCAST_PAYLOAD_BYTES = 65_536

/** What another backend has for those who follow a room. `event` and `payload` are its own. */
export const broadcastRequestSchema = z.object({
  room: z.string().min(1).max(512),
  event: z.string().min(1).max(128),
  payload: z.unknown(),
})
export type Broadcast = Readonly<z.infer<typeof broadcastRequestSchema>>

/** To how many sockets of this instance it went; those of other instances get it too. */
export const broadcastAnswerSchema = z.object({ delivered: z.number().int() })
