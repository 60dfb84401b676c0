import type { FastifyInstance, FastifyReply } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { joinGrantSchema, tokenQuerySchema, tokenRequestSchema, type JoinGrant, type TokenRequest } from '#shared/contract/http-tokens.ts'
import type { Failure } from '#shared/domain/failure.ts'
import { failures, withStatus } from '../refuse.ts'
import type { Services } from '../services.ts'

const path = '/api/livekit/token'

/** Tokens for an app's users, asked for by its backend. */
export function addTokenRoutes(instance: FastifyInstance, { askToken }: Pick<Services, 'askToken'>): void {
  const app = instance.withTypeProvider<ZodTypeProvider>()
  const tags = ['tokens']
  const response = { 200: joinGrantSchema, ...failures }

  async function answer(request: TokenRequest, reply: FastifyReply): Promise<JoinGrant | Failure> {
    void reply.header('cache-control', 'no-store')
    const answered = await askToken(request)
    if (answered.ok) return answered.value
    if (answered.retryAfterS !== undefined) void reply.header('retry-after', String(answered.retryAfterS))
    return withStatus(reply, answered)
  }

  app.get(
    path,
    {
      config: { who: 'issue_tokens' },
      schema: { tags, summary: 'A token to join a room with', querystring: tokenQuerySchema, response },
    },
    ({ query }, reply) => answer(query, reply),
  )
  app.post(
    path,
    {
      config: { who: 'issue_tokens' },
      schema: { tags, summary: 'A token to join a room with', body: tokenRequestSchema, response },
    },
    ({ body }, reply) => answer(body, reply),
  )
}
