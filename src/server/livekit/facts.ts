import {
  ParticipantInfo_Kind,
  TrackSource as LivekitSource,
  type ParticipantInfo,
  type ParticipantPermission,
  type Room,
  type TrackInfo,
} from '@livekit/protocol'
import type { ParticipantKind, Permissions, PublishSource, Track, TrackSource } from '#shared/domain/participant.ts'
import type { ParticipantFacts, RoomFacts } from '#server/rooms/room-model.ts'

const sources = {
  [LivekitSource.UNKNOWN]: 'unknown',
  [LivekitSource.CAMERA]: 'camera',
  [LivekitSource.MICROPHONE]: 'microphone',
  [LivekitSource.SCREEN_SHARE]: 'screen_share',
  [LivekitSource.SCREEN_SHARE_AUDIO]: 'screen_share_audio',
} as const satisfies Record<LivekitSource, TrackSource>

const kinds = {
  [ParticipantInfo_Kind.STANDARD]: 'standard',
  [ParticipantInfo_Kind.INGRESS]: 'ingress',
  [ParticipantInfo_Kind.EGRESS]: 'egress',
  [ParticipantInfo_Kind.SIP]: 'sip',
  [ParticipantInfo_Kind.AGENT]: 'agent',
  [ParticipantInfo_Kind.CONNECTOR]: 'connector',
  [ParticipantInfo_Kind.BRIDGE]: 'bridge',
} as const satisfies Record<ParticipantInfo_Kind, ParticipantKind>

/** A room as LiveKit's protocol has it; its times come in seconds, newer servers also tell ms. */
export function toRoomFacts(room: Room): RoomFacts {
  return {
    sid: room.sid,
    startedAt: toMs(room.creationTimeMs, room.creationTime),
    metadata: room.metadata,
    maxParticipants: room.maxParticipants,
    recording: room.activeRecording,
  }
}

/** Somebody as LiveKit's protocol has them. A kind or source that is newer than this program counts as `standard`, `unknown`. */
export function toParticipantFacts(info: ParticipantInfo): ParticipantFacts {
  return {
    identity: info.identity,
    sid: info.sid,
    name: info.name,
    kind: kinds[info.kind] ?? 'standard',
    hidden: info.permission?.hidden ?? false,
    joinedAt: toMs(info.joinedAtMs, info.joinedAt),
    version: info.version,
    tracks: info.tracks.map(toTrack),
    permissions: toPermissions(info.permission),
    metadata: info.metadata,
    attributes: { ...info.attributes },
  }
}

export function toTrack(track: TrackInfo): Track {
  return { sid: track.sid, source: sources[track.source] ?? 'unknown', muted: track.muted }
}

/** Who has no permission told may do what LiveKit grants by default: everything. */
function toPermissions(permission: ParticipantPermission | undefined): Permissions {
  return {
    canSubscribe: permission?.canSubscribe ?? true,
    canPublish: permission?.canPublish ?? true,
    canPublishData: permission?.canPublishData ?? true,
    canPublishSources: (permission?.canPublishSources ?? []).map((source) => sources[source] ?? 'unknown').filter(isPublishSource),
    canUpdateMetadata: permission?.canUpdateMetadata ?? false,
  }
}

function isPublishSource(source: TrackSource): source is PublishSource {
  return source !== 'unknown'
}

function toMs(ms: bigint, seconds: bigint): number {
  return ms > 0n ? Number(ms) : Number(seconds) * 1000
}
