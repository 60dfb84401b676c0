import type { Permissions, PublishSource } from '#shared/domain/participant.ts'

/** LiveKit's protocol numbers of the track sources that a permission can name. */
const sources: ReadonlyMap<number, PublishSource> = new Map([
  [1, 'camera'],
  [2, 'microphone'],
  [3, 'screen_share'],
  [4, 'screen_share_audio'],
])

type ProtocolPermission = {
  readonly canSubscribe: boolean
  readonly canPublish: boolean
  readonly canPublishData: boolean
  readonly canPublishSources: readonly number[]
  readonly canUpdateMetadata: boolean
}

/** A permission of LiveKit's protocol in our words. */
export function readPermissions(permission: ProtocolPermission): Permissions {
  return {
    canSubscribe: permission.canSubscribe,
    canPublish: permission.canPublish,
    canPublishData: permission.canPublishData,
    canPublishSources: permission.canPublishSources.flatMap((number) => sources.get(number) ?? []),
    canUpdateMetadata: permission.canUpdateMetadata,
  }
}
