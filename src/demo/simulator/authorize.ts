import { TokenVerifier, type VideoGrant } from 'livekit-server-sdk'

export type Grants = VideoGrant | null

/** The grants of a request's bearer token; null without a token, as LiveKit treats it. Rejects when there is one that isn't good. */
export async function readGrants(header: string | undefined, apiKey: string, apiSecret: string): Promise<Grants> {
  if (header === undefined || !header.startsWith('Bearer ')) return null
  const claims = await new TokenVerifier(apiKey, apiSecret).verify(header.slice('Bearer '.length), 0)
  return claims.video ?? {}
}

export type NeededGrant = 'roomList' | 'roomCreate' | 'roomAdmin'

/** Whether the grants allow a call; `roomAdmin` holds for the token's own room only. */
export function isGranted(grants: Grants, needed: NeededGrant, room: string): boolean {
  if (grants === null) return false
  if (needed === 'roomAdmin') return grants.roomAdmin === true && grants.room === room
  return grants[needed] === true
}
