import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { roomSessionsSchema, sessionParamsSchema, sessionsQuerySchema, wholeSessionSchema } from '#shared/contract/http-sessions.ts'
import { roomParamsSchema } from '#shared/contract/http.ts'
import { failures, withStatus } from '../refuse.ts'
import type { Services } from '../services.ts'

/** What was: the sessions of a room, also of one that is live, and one of them with who was there when. */
export function addSessionsRoutes(instance: FastifyInstance, { sessions }: Pick<Services, 'sessions'>): void {
  const app = instance.withTypeProvider<ZodTypeProvider>()
  const tags = ['records']
  app.get(
    '/api/rooms/:room/sessions',
    {
      config: { who: 'read_sessions' },
      schema: {
        tags,
        summary: 'The sessions of a room, newest first',
        params: roomParamsSchema,
        querystring: sessionsQuerySchema,
        response: { 200: roomSessionsSchema, ...failures },
      },
    },
    async (request, reply) => {
      const found = await sessions.ofRoom(request.params.room, request.query)
      return found.ok ? found.value : withStatus(reply, found)
    },
  )
  app.get(
    '/api/sessions/:sid',
    {
      config: { who: 'read_sessions' },
      schema: {
        tags,
        summary: 'One session of a room: who was there when, and who spoke when',
        params: sessionParamsSchema,
        response: { 200: wholeSessionSchema, ...failures },
      },
    },
    async (request, reply) => {
      const found = await sessions.whole(request.params.sid)
      return found.ok ? found.value : withStatus(reply, found)
    },
  )
}
