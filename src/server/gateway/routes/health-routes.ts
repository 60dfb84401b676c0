import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { fail } from '#shared/domain/failure.ts'
import { failures, stopping, withStatus } from '../refuse.ts'
import type { Services } from '../services.ts'

const okSchema = z.object({ ok: z.literal(true) })

/** For those who watch the process: whether it lives, and whether it can be relied on. */
export function addHealthRoutes(instance: FastifyInstance, { health, drain }: Services): void {
  const app = instance.withTypeProvider<ZodTypeProvider>()
  const tags = ['operation']
  app.get(
    '/healthz',
    { config: { who: 'open' }, schema: { tags, summary: 'The process answers', response: { 200: okSchema, ...failures } } },
    () => ({ ok: true }) as const,
  )
  app.get(
    '/readyz',
    { config: { who: 'open' }, schema: { tags, summary: 'The state can be relied on', response: { 200: okSchema, ...failures } } },
    (_request, reply) => {
      if (drain.phase() !== 'serving') return withStatus(reply, stopping)
      const why = health.notReady()
      return why === null ? ({ ok: true } as const) : withStatus(reply, fail('unavailable', why))
    },
  )
}
