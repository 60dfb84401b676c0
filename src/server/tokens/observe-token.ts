import { randomBytes } from 'node:crypto'
import { AccessToken } from 'livekit-server-sdk'
import type { ObserveGrant } from '#shared/contract/http.ts'
import type { ServerSettings } from '#shared/contract/embedded.ts'
import { observerIdentity } from '#server/livekit/own-observers.ts'

/** How long a token may be used to connect, seconds. Who is connected stays. */
const TTL_S = 60

/**
 * A room preset that no LiveKit server has. Looked up only where a room would have to be created, it makes the server refuse just that: whoever
 * joins with this token joins a room that is there, and never raises one that has ended (livekit-server, `getOrCreateRoom` and
 * `applyNamedRoomConfiguration`). A server that knows no presets creates the room all the same.
 */
const NO_SUCH_PRESET = 'usher-never-creates-a-room'

/**
 * A token to look into one room unseen. `hidden` keeps it out of the others' sight; `kind: agent` makes it weightless:
 * no seat, no count, and the room closes without it. It may subscribe and nothing else.
 */
export async function signObserveToken(keys: ServerSettings['livekitKeys'], room: string, identity: string): Promise<string> {
  const [signing] = keys
  const token = new AccessToken(signing?.key, signing?.secret, { identity, ttl: TTL_S })
  token.kind = 'agent'
  token.roomPreset = NO_SUCH_PRESET
  token.addGrant({
    roomJoin: true,
    room,
    hidden: true,
    canSubscribe: true,
    canPublish: false,
    canPublishData: false,
    canUpdateOwnMetadata: false,
  })
  return token.toJwt()
}

/** What a console needs to look into one room by itself. `now` in ms. */
export async function createObserveGrant(
  settings: Pick<ServerSettings, 'livekitKeys' | 'livekitPublicUrl'>,
  room: string,
  now = Date.now(),
): Promise<ObserveGrant> {
  const identity = observerIdentity(randomBytes(9).toString('base64url'))
  const token = await signObserveToken(settings.livekitKeys, room, identity)
  return { token, url: settings.livekitPublicUrl, until: now + TTL_S * 1000 }
}
