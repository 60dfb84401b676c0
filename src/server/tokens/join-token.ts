import { TrackSource } from '@livekit/protocol'
import { AccessToken, type VideoGrant } from 'livekit-server-sdk'
import type { ServerSettings } from '#shared/contract/embedded.ts'
import type { JoinGrant, TokenRequest } from '#shared/contract/http-tokens.ts'
import { fail, succeed, type Result } from '#shared/domain/failure.ts'
import { publishSourceSchema, type PublishSource } from '#shared/domain/participant.ts'

/** How long a token may be used to connect, seconds. */
const TTL_S = 600

const trackSources = {
  microphone: TrackSource.MICROPHONE,
  camera: TrackSource.CAMERA,
  screen_share: TrackSource.SCREEN_SHARE,
  screen_share_audio: TrackSource.SCREEN_SHARE_AUDIO,
} as const satisfies Record<PublishSource, TrackSource>

/** Makes tokens to join with; `forbidden` with the detail `banned` for who may not. What measures deny is not in the grant. */
export type IssueJoinToken = (request: TokenRequest) => Promise<Result<JoinGrant>>

/** What measures say of somebody in a room; `closed`: nobody may be there. */
export type MeasureCheck = (
  identity: string,
  room: string,
) => Promise<{
  readonly banned: boolean
  readonly closed: boolean
  readonly deniedSources: readonly PublishSource[]
  readonly until: number | null
}>

type Issuing = {
  readonly settings: Pick<ServerSettings, 'livekitKeys' | 'livekitPublicUrl'>
  readonly check: MeasureCheck
  /** Told before a token is given to somebody who is denied something: what it leaves out; nothing where it would not have let them publish. */
  readonly leftOut: (room: string, identity: string, sources: readonly PublishSource[]) => Promise<void>
  readonly now?: () => number
}

export function createJoinTokens({ settings, check, leftOut, now = Date.now }: Issuing): IssueJoinToken {
  const [signing] = settings.livekitKeys
  return async ({ room, username, name, metadata, canPublish }) => {
    const { banned, closed, deniedSources, until } = await check(username, room)
    if (closed) return fail('forbidden', `the room ${room} is closed${untilText(until)}`, 'banned')
    if (banned) return fail('forbidden', `${username} is banned from the room ${room}${untilText(until)}`, 'banned')
    if (deniedSources.length > 0) await leftOut(room, username, canPublish ? deniedSources : [])
    const token = new AccessToken(signing?.key, signing?.secret, { identity: username, ttl: TTL_S })
    if (name !== undefined) token.name = name
    if (metadata !== undefined) token.metadata = metadata
    token.addGrant({ roomJoin: true, room, canSubscribe: true, canPublishData: true, ...publishGrant(canPublish, deniedSources) })
    // Read before the token is signed: it is good at least until then.
    const expiresAt = (Math.floor(now() / 1000) + TTL_S) * 1000
    return succeed({ token: await token.toJwt(), url: settings.livekitPublicUrl, expiresAt })
  }
}

/** To LiveKit an empty list of sources means all of them, so whoever may publish none may not publish. */
function publishGrant(canPublish: boolean, denied: readonly PublishSource[]): Pick<VideoGrant, 'canPublish' | 'canPublishSources'> {
  const left = publishSourceSchema.options.filter((source) => !denied.includes(source))
  if (!canPublish || left.length === 0) return { canPublish: false }
  return { canPublish: true, ...(denied.length === 0 ? {} : { canPublishSources: left.map((source) => trackSources[source]) }) }
}

function untilText(until: number | null): string {
  return until === null ? '' : ` until ${new Date(until).toISOString()}`
}
