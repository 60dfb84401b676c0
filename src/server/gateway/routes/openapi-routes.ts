import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { failures } from '../refuse.ts'

/** The contract over HTTP, for programs. */
export function addOpenapiRoutes(app: FastifyInstance): void {
  let document: string | null = null
  app.get(
    '/openapi.json',
    {
      config: { who: 'open' },
      schema: {
        tags: ['operation'],
        summary: 'This document',
        response: { 200: z.record(z.string(), z.unknown()), ...failures },
      },
    },
    (_request, reply) => {
      document ??= JSON.stringify(app.swagger())
      return reply.type('application/json').send(document)
    },
  )
}
