import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { WEBHOOK_PATHS } from '#shared/contract/http.ts'
import { fail } from '#shared/domain/failure.ts'
import type { WebhookResult } from '#server/metrics/metrics.ts'
import type { Submitted } from '#server/rooms/live-rooms.ts'
import { toRoomEvent } from '#server/webhook/to-room-event.ts'
import { refuse } from '../refuse.ts'
import type { Services } from '../services.ts'

/** How long an answer may take, ms. LiveKit sends a room's webhooks one by one, so a slow answer stalls that room. */
const ANSWER_MS = 1000

const resultOf = { committed: 'stored', ignored: 'ignored', unavailable: 'unavailable' } as const satisfies Record<
  Submitted['kind'],
  WebhookResult
>

/** LiveKit's webhooks: stored, then 200; 503 with `Retry-After: 5` where that can't be done, which LiveKit honours. */
export function addWebhookRoutes(app: FastifyInstance, { rooms, sync, verifyWebhook, metrics }: Services): void {
  async function take(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
    const verified = verifyWebhook(body, request.headers.authorization)
    if (!verified.ok) {
      metrics.webhook(null, 'refused')
      return refuse(reply, verified)
    }
    const at = Date.now()
    sync.webhookCame(at)
    const event = toRoomEvent(verified.value, at)
    const submitted = event ? await withinAnswerTime(rooms.submit(event)) : { kind: 'ignored' as const }
    metrics.webhook(verified.value.event, resultOf[submitted.kind])
    if (submitted.kind !== 'unavailable') return { ok: true }
    request.thrown = submitted.why
    return refuse(reply.header('retry-after', '5'), fail('unavailable', 'the event could not be stored: send it again'))
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

function withinAnswerTime(submitting: Promise<Submitted>): Promise<Submitted> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve({ kind: 'unavailable', why: 'storing it took too long' }), ANSWER_MS)
    submitting.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}
