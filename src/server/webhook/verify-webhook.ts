import { createHash } from 'node:crypto'
import { TokenVerifier, WebhookEvent } from 'livekit-server-sdk'
import { z } from 'zod'
import { fail, succeed, type Result } from '#shared/domain/failure.ts'
import type { ServerSettings } from '#shared/contract/embedded.ts'

const claimsSchema = z.object({ iss: z.string() })

/** Checks a webhook and reads it. `authorization` is the header as it came. */
export type VerifyWebhook = (body: Buffer, authorization: string | undefined) => Promise<Result<WebhookEvent>>

/**
 * Takes webhooks whose `Authorization` is a JWT, signed with one of the keys, that carries the SHA-256 of the raw body (S4.1).
 * While keys are rotated, the token's issuer says which. Fails with `unauthorized`, or `invalid` where a signed body is no webhook event.
 */
export function createWebhookVerifier(keys: ServerSettings['livekitKeys']): VerifyWebhook {
  const verifiers = new Map(keys.map(({ key, secret }) => [key, new TokenVerifier(key, secret)]))
  return async (body, authorization) => {
    const verifier = verifiers.get(issuerOf(authorization) ?? '')
    if (!verifier || authorization === undefined) return fail('unauthorized', 'the webhook is not signed with a key of this server')
    const claims = await verifier.verify(authorization).catch(() => null)
    if (!claims) return fail('unauthorized', "the webhook's token has a wrong signature or is out of date")
    if (claims.sha256 !== createHash('sha256').update(body).digest('base64')) {
      return fail('unauthorized', "the webhook's body is not the one that was signed")
    }
    try {
      return succeed(WebhookEvent.fromJsonString(body.toString(), { ignoreUnknownFields: true }))
    } catch {
      return fail('invalid', 'the webhook is signed, but its body is not a webhook event')
    }
  }
}

function issuerOf(authorization: string | undefined): string | null {
  const payload = authorization?.split('.')[1]
  if (!payload) return null
  try {
    return claimsSchema.parse(JSON.parse(Buffer.from(payload, 'base64url').toString())).iss
  } catch {
    return null
  }
}
