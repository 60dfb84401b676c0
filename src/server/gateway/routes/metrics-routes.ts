import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { failures } from '../refuse.ts'
import type { Services } from '../services.ts'

/** What this instance counts, for Prometheus. */
export function addMetricsRoutes(app: FastifyInstance, { metrics }: Pick<Services, 'metrics'>): void {
  app.get(
    '/metrics',
    {
      config: { who: 'read_metrics' },
      schema: {
        tags: ['operation'],
        summary: 'What this instance counts, in the text form of Prometheus',
        response: { 200: { content: { 'text/plain': { schema: z.string() } } }, ...failures },
      },
    },
    async (_request, reply) => reply.type(metrics.contentType).send(await metrics.read()),
  )
}
