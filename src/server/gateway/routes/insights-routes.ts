import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { insightsQuerySchema, insightsSchema } from '#shared/contract/http-insights.ts'
import { may } from '#shared/domain/operator.ts'
import { operatorOf } from '../guard.ts'
import { failures, withStatus } from '../refuse.ts'
import type { Services } from '../services.ts'

/** Rooms and people over a time, summed up. */
export function addInsightsRoutes(instance: FastifyInstance, { insights }: Pick<Services, 'insights'>): void {
  instance.withTypeProvider<ZodTypeProvider>().get(
    '/api/insights',
    {
      config: { who: 'look' },
      schema: {
        tags: ['records'],
        summary: 'Rooms and people over a time, summed up: of all rooms or of one, the last 24 hours where no time is given',
        querystring: insightsQuerySchema,
        response: { 200: insightsSchema, ...failures },
      },
    },
    async (request, reply) => {
      const answered = await insights(request.query)
      if (!answered.ok) return withStatus(reply, answered)
      return may(operatorOf(request), 'read_people') ? answered.value : { ...answered.value, talk: null }
    },
  )
}
