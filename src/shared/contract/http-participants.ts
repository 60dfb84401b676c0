import { z } from 'zod'
import { participantSchema } from '../domain/participant.ts'

export const participantsQuerySchema = z.object({ room: z.string().min(1).max(512) })

/**
 * `source`: whether the server's copy said so, or LiveKit had to be asked because the room was not in it (S0.2). `confirmedAt` (ms): when LiveKit last
 * said something of that room, by a webhook or a list.
 */
export const participantsAnswerSchema = z.object({
  room: z.string(),
  participants: z.array(participantSchema),
  source: z.enum(['cache', 'livekit']),
  confirmedAt: z.number(),
})
