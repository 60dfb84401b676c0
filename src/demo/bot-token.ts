import { AccessToken, type VideoGrant } from 'livekit-server-sdk'
import type { PublishSource } from '#shared/domain/participant.ts'
import { trackSources } from './track-sources.ts'

/** Grants beside joining the room, under the token's own names. Left out: everything but what must be asked for. */
export type BotPermissions = Omit<VideoGrant, 'canPublishSources' | 'room' | 'roomJoin'> & {
  readonly canPublishSources?: readonly PublishSource[]
}

export type BotTokenOptions = {
  readonly apiKey: string
  readonly apiSecret: string
  readonly room: string
  readonly identity: string
  readonly name?: string
  readonly metadata?: string
  readonly attributes?: Readonly<Record<string, string>>
  readonly permissions?: BotPermissions
  readonly kind?: 'standard' | 'agent' | 'egress'
}

/** A token to join one room, as an app would give it to a participant. */
export async function mintBotToken(options: BotTokenOptions): Promise<string> {
  const token = new AccessToken(options.apiKey, options.apiSecret, {
    identity: options.identity,
    ...(options.name === undefined ? {} : { name: options.name }),
    ...(options.metadata === undefined ? {} : { metadata: options.metadata }),
    ...(options.attributes === undefined ? {} : { attributes: { ...options.attributes } }),
  })
  const { canPublishSources, ...grants } = options.permissions ?? {}
  token.addGrant({
    ...grants,
    roomJoin: true,
    room: options.room,
    ...(canPublishSources === undefined ? {} : { canPublishSources: canPublishSources.map((source) => trackSources[source]) }),
  })
  if (options.kind !== undefined) token.kind = options.kind
  return token.toJwt()
}
