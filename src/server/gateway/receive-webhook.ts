import { fail, type Failure } from '#shared/domain/failure.ts'
import type { WebhookResult } from '#server/metrics/metrics.ts'
import type { Submitted } from '#server/rooms/live-rooms.ts'
import { toRoomEvent } from '#server/webhook/to-room-event.ts'
import type { Services } from './services.ts'

/** How long an answer may take, ms. LiveKit sends a room's webhooks one by one, so a slow answer stalls that room. */
const ANSWER_MS = 1000

const resultOf = { committed: 'stored', ignored: 'ignored', unavailable: 'unavailable' } as const satisfies Record<
  Submitted['kind'],
  WebhookResult
>

/** Why a webhook was not taken; `why` is for the log. */
export type WebhookRefusal = { readonly failure: Failure; readonly why: string | null }

/** Takes one webhook: resolves to null when it is stored, or tells nothing new. `authorization` is the header as it came. */
export type ReceiveWebhook = (body: Buffer, authorization: string | undefined) => Promise<WebhookRefusal | null>

export function createWebhookReceiver({ rooms, sync, verifyWebhook, metrics }: Services): ReceiveWebhook {
  return async (body, authorization) => {
    const verified = verifyWebhook(body, authorization)
    if (!verified.ok) {
      metrics.webhook(null, 'refused')
      return { failure: verified, why: null }
    }
    const at = Date.now()
    sync.webhookCame(at)
    const event = toRoomEvent(verified.value, at)
    const submitted = event ? await withinAnswerTime(rooms.submit(event)) : { kind: 'ignored' as const }
    metrics.webhook(verified.value.event, resultOf[submitted.kind])
    if (submitted.kind !== 'unavailable') return null
    return { failure: fail('unavailable', 'the event could not be stored: send it again'), why: submitted.why }
  }
}

function withinAnswerTime(submitting: Promise<Submitted>): Promise<Submitted> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve({ kind: 'unavailable', why: 'storing it took too long' }), ANSWER_MS)
    submitting.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}
