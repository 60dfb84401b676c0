import { z } from 'zod'

/** Text that UTF-8 can't carry would reach Redis and LiveKit as another name. */
const username = z
  .string()
  .min(1)
  .max(512)
  .refine((text) => text.isWellFormed(), 'is not well-formed text')

/** `position` counts from 1; 0 where the user does not wait, because they are matched or have left. */
const ack = z.object({ ok: z.literal(true), position: z.number().int().min(0) })

/** What a connection of an app's user may send; its handshake token is a LiveKit token of ours, good for its own identity only. */
export const matchRequests = {
  join_queue: { payload: z.object({ username }), ack },
  leave_queue: { payload: z.object({ username }), ack },
} as const
export type MatchRequestName = keyof typeof matchRequests

/** What it is told: `token` and `url` lead into `room`, which is the pair's alone. `match_found` may come before the acknowledgement. */
export const matchPushes = {
  match_found: z.object({ room: z.string(), token: z.string(), url: z.string(), partner: z.string() }),
  partner_left: z.object({ room: z.string() }),
} as const
export type MatchFound = Readonly<z.infer<typeof matchPushes.match_found>>
export type PartnerLeft = Readonly<z.infer<typeof matchPushes.partner_left>>
