import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { WEBHOOK_PATHS } from '#shared/contract/http.ts'
import { createWebhookReceiver } from '../receive-webhook.ts'
import { comeAgain, refuse } from '../refuse.ts'
import type { Services } from '../services.ts'

/**
 * LiveKit's webhooks: stored, then 200; 503 with `Retry-After: 5` where that can't be done, which LiveKit honours. What comes to exactly these
 * paths is taken by the webhook door, before Fastify; the rest, as with a query behind the path, comes here.
 */
export function addWebhookRoutes(app: FastifyInstance, services: Services): void {
  const receive = createWebhookReceiver(services)

  async function take(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
    const refusal = await receive(body, request.headers.authorization)
    if (!refusal) return { ok: true }
    request.thrown = refusal.why
    if (refusal.failure.code === 'unavailable') void reply.headers(comeAgain)
    return refuse(reply, refusal.failure)
  }

  void app.register((scope, _options, done) => {
    // The signature is over the raw body, so nothing may parse it before.
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, parsed) => parsed(null, body))
    for (const path of WEBHOOK_PATHS)
      scope.post(path, { config: { who: 'livekit' }, schema: { tags: ['livekit'], summary: "LiveKit's webhooks" } }, take)
    done()
  })
}
