import { createHmac, createSecretKey, hash, timingSafeEqual, type KeyObject } from 'node:crypto'
import type { ServerSettings } from '#shared/contract/embedded.ts'
import { fail, type Failure } from '#shared/domain/failure.ts'

/** How far LiveKit's clock may be from ours, seconds: what LiveKit's own servers let each other have. */
const LEEWAY_S = 60

/** What a webhook's token must say; the rest of it doesn't matter. Times in seconds. */
type Claims = { readonly iss: string; readonly exp: number; readonly nbf: number; readonly sha256: string }

/** Null where a webhook is signed as it must be; `authorization` is the header as it came, `now` in ms. */
export type CheckSignature = (body: Buffer, authorization: string | undefined, now?: number) => Failure | null

/**
 * Takes webhooks whose `Authorization` is a JWT of LiveKit's kind, signed with one of the keys, in date, that carries the SHA-256 of the raw
 * body. While keys are rotated, the token's issuer says which. Everything else fails with `unauthorized`.
 *
 * It stands on node:crypto alone, because it runs for each webhook: HS256 is the only algorithm that LiveKit signs with, and the only one
 * that is taken, whatever the header asks for.
 */
export function createSignatureCheck(keys: ServerSettings['livekitKeys']): CheckSignature {
  const secrets = new Map(keys.map(({ key, secret }) => [key, createSecretKey(secret, 'utf8')]))
  // LiveKit's header is the same text each time.
  let goodHeader = ''

  function isGoodHeader(text: string): boolean {
    if (text === goodHeader) return true
    const header = decodeJson(text)
    // `crit` names extensions that must be understood, and none are.
    if (header?.['alg'] !== 'HS256' || 'crit' in header) return false
    goodHeader = text
    return true
  }

  return (body, authorization, now = Date.now()) => {
    const [header, payload, signature, ...more] = authorization?.split('.', 4) ?? []
    const claims = payload === undefined ? null : readClaims(payload)
    const secret = secrets.get(claims?.iss ?? '')
    if (header === undefined || !claims || !secret) return fail('unauthorized', 'the webhook is not signed with a key of this server')
    if (more.length > 0 || !isGoodHeader(header) || !isSignedWith(secret, `${header}.${payload}`, signature ?? ''))
      return fail('unauthorized', "the webhook's token has a wrong signature")
    const seconds = now / 1000
    if (claims.exp <= seconds - LEEWAY_S || claims.nbf > seconds + LEEWAY_S)
      return fail('unauthorized', "the webhook's token is out of date: the clocks of LiveKit and of this server must agree")
    if (claims.sha256 !== hash('sha256', body, 'base64')) return fail('unauthorized', "the webhook's body is not the one that was signed")
    return null
  }
}

function isSignedWith(secret: KeyObject, signed: string, signature: string): boolean {
  const right = Buffer.from(createHmac('sha256', secret).update(signed).digest('base64url'))
  const given = Buffer.from(signature)
  return given.length === right.length && timingSafeEqual(given, right)
}

/** A token without an end would be good for ever, so it must have one. */
function readClaims(text: string): Claims | null {
  const payload = decodeJson(text)
  const { iss, exp, nbf = 0, sha256 } = payload ?? {}
  if (typeof iss !== 'string' || typeof exp !== 'number' || typeof nbf !== 'number' || typeof sha256 !== 'string') return null
  return { iss, exp, nbf, sha256 }
}

function decodeJson(base64url: string): { readonly [key: string]: unknown } | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(base64url, 'base64url').toString())
    // An object or an array: an index of strings either way.
    return typeof value === 'object' ? (value as { readonly [key: string]: unknown } | null) : null
  } catch {
    return null
  }
}
