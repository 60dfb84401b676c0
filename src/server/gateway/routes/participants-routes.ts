import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { participantsAnswerSchema, participantsQuerySchema } from '#shared/contract/http-participants.ts'
import { failures, withStatus } from '../refuse.ts'
import type { Services } from '../services.ts'

/** Who is in a room, for consoles and other backends (S0.2). */
export function addParticipantsRoutes(instance: FastifyInstance, { firstRead, readParticipants }: Services): void {
  const app = instance.withTypeProvider<ZodTypeProvider>()
  app.get(
    '/api/livekit/participants',
    {
      config: { who: 'read_participants' },
      schema: {
        tags: ['rooms'],
        summary: 'Who is in a room',
        querystring: participantsQuerySchema,
        response: { 200: participantsAnswerSchema, ...failures },
      },
    },
    async (request, reply) => {
      const { room } = request.query
      await firstRead
      const read = await readParticipants(room)
      return read.ok ? { room, ...read.value, participants: [...read.value.participants] } : withStatus(reply, read)
    },
  )
}
