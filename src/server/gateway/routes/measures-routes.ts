import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { measureCheckQuerySchema, measuresQuerySchema, measuresSchema, measureVerdictSchema } from '#shared/contract/http-measures.ts'
import { failures, withStatus } from '../refuse.ts'
import type { Services } from '../services.ts'

/** What stays in force, and what it says of somebody: for an app that issues its tokens itself. */
export function addMeasuresRoutes(instance: FastifyInstance, { measures }: Pick<Services, 'measures'>): void {
  const app = instance.withTypeProvider<ZodTypeProvider>()
  const tags = ['moderation']
  app.get(
    '/api/measures',
    {
      config: { who: 'read_measures' },
      schema: {
        tags,
        summary: 'Bans, denied sources, locks and closed rooms, newest first',
        querystring: measuresQuerySchema,
        response: { 200: measuresSchema, ...failures },
      },
    },
    async ({ query }, reply) => {
      const listed = await measures.list(query)
      return listed.ok ? { measures: [...listed.value] } : withStatus(reply, listed)
    },
  )
  app.get(
    '/api/measures/check',
    {
      config: { who: 'check_measures' },
      schema: {
        tags,
        summary: 'What is in force for somebody in a room; nothing while measures are not enforced',
        querystring: measureCheckQuerySchema,
        response: { 200: measureVerdictSchema, ...failures },
      },
    },
    ({ query }) => measures.book.checkKnown(query.identity, query.room),
  )
}
