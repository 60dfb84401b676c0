import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { BROADCAST_PAYLOAD_BYTES, broadcastAnswerSchema, broadcastRequestSchema } from '#shared/contract/http-match.ts'
import { fail } from '#shared/domain/failure.ts'
import { failures } from '../refuse.ts'
import type { Services } from '../services.ts'

/** What a body may have beside its payload, bytes. */
const ENVELOPE_BYTES = 8192

/** What other backends have for those who follow a room. */
export function addBroadcastRoutes(instance: FastifyInstance, { broadcasts }: Pick<Services, 'broadcasts'>): void {
  const app = instance.withTypeProvider<ZodTypeProvider>()
  app.post(
    '/broadcast',
    {
      config: { who: 'broadcast' },
      bodyLimit: BROADCAST_PAYLOAD_BYTES + ENVELOPE_BYTES,
      schema: {
        tags: ['rooms'],
        summary: "An event of another backend's for those who follow a room",
        body: broadcastRequestSchema,
        response: { 200: broadcastAnswerSchema, ...failures },
      },
    },
    ({ body: { room, event, payload } }, reply) => {
      if (Buffer.byteLength(JSON.stringify(payload)) > BROADCAST_PAYLOAD_BYTES) {
        void reply.code(413)
        return fail('invalid', `the payload has more than ${BROADCAST_PAYLOAD_BYTES} bytes`)
      }
      return { delivered: broadcasts.send({ room, event, payload }) }
    },
  )
}
