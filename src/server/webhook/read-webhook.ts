import { ParticipantInfo_Kind, TrackSource } from '@livekit/protocol'
import type { Permissions, Track } from '#shared/domain/participant.ts'
import { fail, succeed, type Result } from '#shared/domain/failure.ts'
import { everythingAllowed, toKind, toPublishSources, toSource, toStartedMs } from '#server/livekit/facts.ts'
import type { ParticipantFacts, RoomFacts } from '#server/rooms/room-model.ts'
import {
  Malformed,
  readCount,
  readEnumeration,
  readEnumerations,
  readFlag,
  readTime,
  readMessage,
  readMessages,
  readText,
  readTexts,
  toMessage,
  type Message,
} from './protobuf-json.ts'

/** What LiveKit's `WebhookEvent` says that Usher has a use for. Texts that are missing are empty, as in protobuf. */
export type Webhook = {
  readonly event: string
  readonly id: string
  /** `facts` is null where no more than the name and the sid are told. */
  readonly room: { readonly name: string; readonly sid: string; readonly facts: RoomFacts | null } | null
  readonly participant: ParticipantFacts | null
  readonly track: Track | null
  readonly egress: { readonly id: string; readonly roomName: string; readonly roomSid: string } | null
  readonly ingress: { readonly id: string; readonly roomName: string } | null
}

/**
 * Reads a `WebhookEvent` in protobuf's JSON, just the fields Usher needs; the others are not looked at. Protobuf's own reader makes a message
 * of everything and takes ten times as long. Fails with `invalid`.
 */
export function readWebhook(body: Buffer): Result<Webhook> {
  try {
    const message = toMessage(JSON.parse(body.toString()), 'the body')
    const [room, participant, track] = [readMessage(message, 'room'), readMessage(message, 'participant'), readMessage(message, 'track')]
    const egress = readMessage(message, 'egressInfo', 'egress_info')
    const ingress = readMessage(message, 'ingressInfo', 'ingress_info')
    return succeed({
      event: readText(message, 'event'),
      id: readText(message, 'id'),
      room: room && readRoom(room),
      participant: participant && readParticipant(participant),
      track: track && readTrack(track),
      egress: egress && {
        id: readText(egress, 'egressId', 'egress_id'),
        roomName: readText(egress, 'roomName', 'room_name'),
        roomSid: readText(egress, 'roomId', 'room_id'),
      },
      ingress: ingress && { id: readText(ingress, 'ingressId', 'ingress_id'), roomName: readText(ingress, 'roomName', 'room_name') },
    })
  } catch (error) {
    if (!(error instanceof Malformed || error instanceof SyntaxError)) throw error
    return fail('invalid', 'the webhook is signed, but its body is not a webhook event')
  }
}

function readRoom(room: Message): NonNullable<Webhook['room']> {
  const sid = readText(room, 'sid')
  const [ms, seconds] = [readTime(room, 'creationTimeMs', 'creation_time_ms'), readTime(room, 'creationTime', 'creation_time')]
  const facts = {
    sid,
    startedAt: toStartedMs(ms, seconds),
    metadata: readText(room, 'metadata'),
    maxParticipants: readCount(room, 'maxParticipants', 'max_participants'),
    recording: readFlag(room, 'activeRecording', 'active_recording'),
  }
  return { name: readText(room, 'name'), sid, facts: ms > 0 || seconds > 0 ? facts : null }
}

function readParticipant(info: Message): ParticipantFacts {
  const permission = readMessage(info, 'permission')
  return {
    identity: readText(info, 'identity'),
    sid: readText(info, 'sid'),
    name: readText(info, 'name'),
    kind: toKind(readEnumeration(info, ParticipantInfo_Kind, 'kind')),
    hidden: permission !== null && readFlag(permission, 'hidden'),
    joinedAt: toStartedMs(readTime(info, 'joinedAtMs', 'joined_at_ms'), readTime(info, 'joinedAt', 'joined_at')),
    version: readCount(info, 'version'),
    tracks: readMessages(info, 'tracks').map(readTrack),
    permissions: permission ? readPermissions(permission) : everythingAllowed,
    metadata: readText(info, 'metadata'),
    attributes: readTexts(info, 'attributes'),
  }
}

function readPermissions(permission: Message): Permissions {
  return {
    canSubscribe: readFlag(permission, 'canSubscribe', 'can_subscribe'),
    canPublish: readFlag(permission, 'canPublish', 'can_publish'),
    canPublishData: readFlag(permission, 'canPublishData', 'can_publish_data'),
    canPublishSources: toPublishSources(readEnumerations(permission, TrackSource, 'canPublishSources', 'can_publish_sources')),
    canUpdateMetadata: readFlag(permission, 'canUpdateMetadata', 'can_update_metadata'),
  }
}

function readTrack(track: Message): Track {
  return { sid: readText(track, 'sid'), source: toSource(readEnumeration(track, TrackSource, 'source')), muted: readFlag(track, 'muted') }
}
