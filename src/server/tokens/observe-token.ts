import { randomBytes } from 'node:crypto'
import { AccessToken } from 'livekit-server-sdk'
import type { ObserveGrant } from '#shared/contract/http.ts'
import type { ServerSettings } from '#shared/contract/embedded.ts'

/** How long a token may be used to connect, seconds. Who is connected stays. */
const TTL_S = 60

/**
 * A token to look into one room unseen. `hidden` keeps it out of the others' sight; `kind: agent` makes it weightless:
 * no seat, no count, and the room closes without it. It may subscribe and nothing else.
 */
export async function createObserveGrant(
  settings: Pick<ServerSettings, 'livekitKeys' | 'livekitPublicUrl'>,
  room: string,
  now = Date.now(),
): Promise<ObserveGrant> {
  const [signing] = settings.livekitKeys
  const token = new AccessToken(signing?.key, signing?.secret, {
    identity: `usher-observer-${randomBytes(9).toString('base64url')}`,
    ttl: TTL_S,
  })
  token.kind = 'agent'
  token.addGrant({
    roomJoin: true,
    room,
    hidden: true,
    canSubscribe: true,
    canPublish: false,
    canPublishData: false,
    canUpdateOwnMetadata: false,
  })
  return { token: await token.toJwt(), url: settings.livekitPublicUrl, until: now + TTL_S * 1000 }
}
