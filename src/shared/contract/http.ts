import { z } from 'zod'
import { roomSummarySchema } from '../domain/room.ts'

/** LiveKit's webhook is taken at each of these paths. */
export const WEBHOOK_PATHS = ['/api/livekit-webhook', '/api/webhooks/livekit', '/api/livekit/webhook'] as const

export const roomParamsSchema = z.object({ room: z.string().min(1).max(512) })

/** `q`: a part of the name, case-insensitive. `after`: the name the page before ended with. */
export const roomsQuerySchema = z.object({
  q: z.string().optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  after: z.string().optional(),
})
/** `next` is there while more follow: it goes into `after`. */
export const roomsPageSchema = z.object({ rooms: z.array(roomSummarySchema), next: z.string().optional() })

export const observeRequestSchema = z.object({
  room: z.string().min(1).max(512),
  mode: z.enum(['signals', 'listen', 'watch']),
  reason: z.string().trim().max(500).optional(),
})

/** A token to look into one room unseen: hidden, subscribe only. It must be used before `until` (ms). */
export const observeGrantSchema = z.object({ token: z.string(), url: z.string(), until: z.number() })
export type ObserveGrant = z.infer<typeof observeGrantSchema>
