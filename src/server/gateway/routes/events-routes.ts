import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { eventsMessageSchema, eventsQuerySchema, eventsTicketSchema } from '#shared/contract/http-events.ts'
import { createFeedFilter } from '#server/feed/feed-filter.ts'
import { endings } from '#server/operators/operator-book.ts'
import { holderOf } from '../guard.ts'
import { failures, refuse, withStatus } from '../refuse.ts'
import type { Services } from '../services.ts'

/** The feed as Server-Sent Events (S4.2), and a ticket to open it with where no header can be sent. */
export function addEventsRoutes(
  instance: FastifyInstance,
  { streams, tickets, isValidToken }: Pick<Services, 'streams' | 'tickets' | 'isValidToken'>,
): void {
  const app = instance.withTypeProvider<ZodTypeProvider>()
  const tags = ['events']
  app.get(
    '/api/events',
    {
      config: { who: 'look', takesTicket: true },
      exposeHeadRoute: false,
      schema: {
        tags,
        summary: 'The feed, live; Last-Event-ID resumes',
        querystring: eventsQuerySchema,
        headers: z.looseObject({ 'last-event-id': z.string().optional() }),
        response: { 200: { content: { 'text/event-stream': { schema: eventsMessageSchema } } }, ...failures },
      },
    },
    async (request, reply) => {
      const holder = holderOf(request)
      const refusal = streams.obstacle(holder)
      if (refusal) return refuse(reply, refusal)
      const { ticket } = request
      const { types, rooms, lastEventId } = request.query
      reply.hijack()
      await streams.open({
        response: reply.raw,
        holder,
        filter: createFeedFilter(types, rooms),
        lastEventId: request.headers['last-event-id'] ?? lastEventId,
        onClosed: () => void (ticket !== null && tickets.release(ticket, holder)),
      })
      // Revoked while the stream was opened.
      if (!isValidToken(holder.tokenId)) streams.disconnect(holder.tokenId, endings.revoked)
    },
  )
  app.post(
    '/api/events/ticket',
    {
      config: { who: 'look' },
      schema: {
        tags,
        summary: 'A ticket for GET /api/events?ticket=, to be used within 30 s',
        response: { 200: eventsTicketSchema, ...failures },
      },
    },
    async (request, reply) => {
      const issued = await tickets.issue(holderOf(request))
      void reply.header('cache-control', 'no-store')
      return issued.ok ? issued.value : withStatus(reply, issued)
    },
  )
}
