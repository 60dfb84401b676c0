import { TokenVerifier, type ClaimGrants } from 'livekit-server-sdk'
import type { ServerSettings } from '#shared/contract/embedded.ts'

/** The identity that a LiveKit token of ours is for; null where it is none of ours, out of date, or for nobody. */
export type VerifyAppToken = (token: string) => Promise<string | null>

/** Three parts in base64url: anything else is an operator's token, and not worth a signature. */
const jwtForm = /^[\w-]+\.[\w-]+\.[\w-]+$/

/** What LiveKit itself signs, as its webhooks, is for nobody; observers, agents and other programs are nobody to be matched with. */
function userOf({ sub, kind = 'standard', video }: ClaimGrants & { readonly sub?: string }): string | null {
  const isUser = kind === 'standard' && video?.hidden !== true
  return isUser && typeof sub === 'string' && sub !== '' ? sub : null
}

/** Takes tokens that were signed with any of the keys, whatever they let their holder do at LiveKit. */
export function createAppTokenVerifier(keys: ServerSettings['livekitKeys']): VerifyAppToken {
  const verifiers = keys.map(({ key, secret }) => new TokenVerifier(key, secret))
  return async (token) => {
    if (!jwtForm.test(token)) return null
    for (const verifier of verifiers) {
      const claims = await verifier.verify(token).catch(() => null)
      if (claims) return userOf(claims)
    }
    return null
  }
}
