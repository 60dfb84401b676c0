import {
  ParticipantInfo_Kind,
  ParticipantPermission,
  TrackSource as LivekitSource,
  type ParticipantInfo,
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
    startedAt: toStartedMs(Number(room.creationTimeMs), Number(room.creationTime)),
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
    kind: toKind(info.kind),
    hidden: info.permission?.hidden ?? false,
    joinedAt: toStartedMs(Number(info.joinedAtMs), Number(info.joinedAt)),
    version: info.version,
    tracks: info.tracks.map(toTrack),
    permissions: info.permission ? toPermissions(info.permission) : everythingAllowed,
    metadata: info.metadata,
    attributes: { ...info.attributes },
  }
}

function toTrack(track: TrackInfo): Track {
  return { sid: track.sid, source: toSource(track.source), muted: track.muted }
}

/** What somebody may do of whom no permission is told: what LiveKit grants by default. */
export const everythingAllowed: Permissions = {
  canSubscribe: true,
  canPublish: true,
  canPublishData: true,
  canPublishSources: [],
  canUpdateMetadata: false,
}

function toPermissions(permission: ParticipantPermission): Permissions {
  const { canSubscribe, canPublish, canPublishData, canUpdateMetadata } = permission
  const canPublishSources = toPublishSources(permission.canPublishSources)
  return { canSubscribe, canPublish, canPublishData, canPublishSources, canUpdateMetadata }
}

/** LiveKit's number for each source. */
const sourceNumbers = {
  microphone: LivekitSource.MICROPHONE,
  camera: LivekitSource.CAMERA,
  screen_share: LivekitSource.SCREEN_SHARE,
  screen_share_audio: LivekitSource.SCREEN_SHARE_AUDIO,
} as const satisfies Record<PublishSource, LivekitSource>

/** LiveKit's permission of somebody with these in it; all else it says (`grant`), also what this program doesn't know, stays as it is. */
export function withPermissions(grant: ParticipantPermission | undefined, permissions: Permissions): ParticipantPermission {
  const next = grant?.clone() ?? new ParticipantPermission()
  const { canPublishSources, ...flags } = permissions
  return Object.assign(next, flags, { canPublishSources: canPublishSources.map((source) => sourceNumbers[source]) })
}

/** A source by LiveKit's number of it. */
export function toSource(source: number): TrackSource {
  return isKey(sources, source) ? sources[source] : 'unknown'
}

export function toKind(kind: number): ParticipantKind {
  return isKey(kinds, kind) ? kinds[kind] : 'standard'
}

export function toPublishSources(numbers: readonly number[]): PublishSource[] {
  return numbers.map(toSource).filter((source) => source !== 'unknown')
}

/** When something began, from LiveKit's two tellings of it: newer servers also tell ms. */
export function toStartedMs(ms: number, seconds: number): number {
  return ms > 0 ? ms : seconds * 1000
}

function isKey<T extends object>(table: T, key: PropertyKey): key is keyof T {
  return Object.hasOwn(table, key)
}
