import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import {
  addedOperatorSchema,
  addOperatorSchema,
  operatorsSchema,
  revokedOperatorSchema,
  revokeOperatorSchema,
} from '#shared/contract/http-operators.ts'
import { addNote, revokeNote } from '#server/operators/operator-notes.ts'
import { operatorOf } from '../guard.ts'
import { failures, withStatus } from '../refuse.ts'
import type { Services } from '../services.ts'

/** Operators and their tokens, as the command line has them. */
export function addOperatorsRoutes(instance: FastifyInstance, { operators, audit }: Pick<Services, 'operators' | 'audit'>): void {
  const app = instance.withTypeProvider<ZodTypeProvider>()
  const config = { who: 'manage_operators' } as const
  const tags = ['operators']
  const path = '/api/operators'

  app.get(
    path,
    {
      config,
      schema: { tags, summary: 'Every token that was ever made, without the token', response: { 200: operatorsSchema, ...failures } },
    },
    async (_request, reply) => {
      const listed = await operators.list()
      return listed.ok ? { operators: [...listed.value] } : withStatus(reply, listed)
    },
  )
  app.post(
    path,
    {
      config,
      schema: {
        tags,
        summary: 'Makes a token; this answer alone holds it',
        body: addOperatorSchema,
        response: { 200: addedOperatorSchema, ...failures },
      },
    },
    async (request, reply) => {
      void reply.header('cache-control', 'no-store')
      const operator = operatorOf(request)
      const added = await operators.add(request.body, operator.name)
      await audit.note(addNote(operator, request.body), added.ok ? null : added)
      return added.ok ? added.value : withStatus(reply, added)
    },
  )
  // The name is in the query: it may hold anything, and a body of a DELETE is dropped by some on the way.
  app.delete(
    path,
    {
      config,
      schema: {
        tags,
        summary: 'Ends the token of that name; its connections close within 5 s',
        querystring: revokeOperatorSchema,
        response: { 200: revokedOperatorSchema, ...failures },
      },
    },
    async (request, reply) => {
      const { name } = request.query
      const revoked = await operators.revoke(name)
      await audit.note(revokeNote(operatorOf(request), name), revoked.ok ? null : revoked)
      return revoked.ok ? { revoked: revoked.value } : withStatus(reply, revoked)
    },
  )
}
