import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { usageSchema } from '#shared/contract/http-sync.ts'
import { failures } from '../refuse.ts'
import type { Services } from '../services.ts'

/** What the service asked of Redis, beside its budgets. */
export function addUsageRoutes(instance: FastifyInstance, { usage }: Pick<Services, 'usage'>): void {
  instance.withTypeProvider<ZodTypeProvider>().get(
    '/api/usage',
    {
      config: { who: 'look' },
      schema: { tags: ['operation'], summary: 'What Redis was asked for', response: { 200: usageSchema, ...failures } },
    },
    () => usage(),
  )
}
