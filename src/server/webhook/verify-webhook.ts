import type { ServerSettings } from '#shared/contract/embedded.ts'
import type { Result } from '#shared/domain/failure.ts'
import { readWebhook, type Webhook } from './read-webhook.ts'
import { createSignatureCheck } from './signature.ts'

/** Checks a webhook and reads it. `authorization` is the header as it came. */
export type VerifyWebhook = (body: Buffer, authorization: string | undefined) => Result<Webhook>

/** Fails with `unauthorized` where the signature is not one of these keys' (S4.1), or with `invalid` where a signed body is no webhook event. */
export function createWebhookVerifier(keys: ServerSettings['livekitKeys']): VerifyWebhook {
  const check = createSignatureCheck(keys)
  return (body, authorization) => check(body, authorization) ?? readWebhook(body)
}
