import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { observeGrantSchema, observeRequestSchema, roomParamsSchema, roomsPageSchema, roomsQuerySchema } from '#shared/contract/http.ts'
import { fail, type Failure } from '#shared/domain/failure.ts'
import { roomDetailSchema } from '#shared/domain/room.ts'
import { toDetail } from '#server/rooms/room-view.ts'
import { failures, withStatus } from '../refuse.ts'
import type { Services } from '../services.ts'

/** The live rooms, one of them whole, and a token to look into it unseen. */
export function addRoomsRoutes(instance: FastifyInstance, services: Services): void {
  const app = instance.withTypeProvider<ZodTypeProvider>()
  const tags = ['rooms']
  app.get(
    '/api/rooms',
    {
      config: { who: 'look' },
      schema: { tags, summary: 'The live rooms, by name', querystring: roomsQuerySchema, response: { 200: roomsPageSchema, ...failures } },
    },
    ({ query: { q = '', limit, after } }) => {
      const wanted = q.toLowerCase()
      const names = services.summaries
        .all()
        .filter(({ room }) => room.toLowerCase().includes(wanted) && (after === undefined || room > after))
        .toSorted((a, b) => (a.room < b.room ? -1 : 1))
      const rooms = names.slice(0, limit)
      const next = names.length > limit ? rooms.at(-1)?.room : undefined
      return { rooms, ...(next === undefined ? {} : { next }) }
    },
  )
  app.get(
    '/api/rooms/:room',
    {
      config: { who: 'look' },
      schema: { tags, summary: 'One live room whole', params: roomParamsSchema, response: { 200: roomDetailSchema, ...failures } },
    },
    (request, reply) => {
      const { room } = request.params
      const record = services.liveRecord(room)
      if (!record) return withStatus(reply, notLive(room))
      const beside = { presence: services.board.get(room), attention: services.attention.of(room) }
      return toDetail(record, beside, services.viewers.of(room), services.measures.book.ofRoom(room))
    },
  )
  app.post(
    '/api/observe',
    {
      config: { who: 'observe_signals' },
      schema: {
        tags,
        summary: 'A token to follow a room unseen',
        body: observeRequestSchema,
        response: { 200: observeGrantSchema, ...failures },
      },
    },
    async (request, reply) => {
      const { room, mode } = request.body
      if (mode !== 'signals') return withStatus(reply, fail('unsupported', `this server does not offer the mode ${mode} yet`))
      if (!services.liveRecord(room)) return withStatus(reply, notLive(room))
      void reply.header('cache-control', 'no-store')
      return services.observeGrant(room)
    },
  )
}

function notLive(room: string): Failure {
  return fail('not_found', `the room ${room} is not live`, 'room_gone')
}
