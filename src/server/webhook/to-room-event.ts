import type { WebhookEvent } from 'livekit-server-sdk'
import type { NoteType, RoomEvent, RoomReference } from '#server/rooms/room-event.ts'
import { toParticipantFacts, toRoomFacts, toTrack } from '#server/livekit/facts.ts'

/**
 * A verified webhook as the fact it tells; null for one that tells nothing about a room Usher can name (an unknown event, a field missing).
 * Fields as in LiveKit's `WebhookEvent`; track events carry no more than sid and name of the room. `at`: when it was accepted, ms.
 */
export function toRoomEvent(webhook: WebhookEvent, at: number): RoomEvent | null {
  const { room: livekitRoom, participant, track } = webhook
  if (webhook.id === '') return null
  const note = toNote(webhook)
  if (note) return { ...note, id: webhook.id, at, cause: 'webhook' }
  if (!livekitRoom?.name || !livekitRoom.sid) return null
  const bare: RoomReference = { name: livekitRoom.name, sid: livekitRoom.sid, facts: null }
  const common = { id: webhook.id, at, cause: 'webhook' } as const
  const facts = livekitRoom.creationTime > 0n || livekitRoom.creationTimeMs > 0n ? toRoomFacts(livekitRoom) : null
  const room = { ...bare, facts }
  switch (webhook.event) {
    case 'room_started':
    case 'room_finished':
      return { ...common, room, type: webhook.event }
    case 'participant_joined':
    case 'participant_left':
    case 'participant_connection_aborted':
      return participant?.identity && participant.sid
        ? { ...common, room, type: webhook.event, participant: toParticipantFacts(participant) }
        : null
    case 'track_published':
    case 'track_unpublished':
      if (!participant?.identity || !participant.sid || !track?.sid) return null
      return {
        ...common,
        room,
        type: webhook.event,
        participant: { identity: participant.identity, sid: participant.sid },
        track: toTrack(track),
      }
    default:
      return null
  }
}

type Note = { readonly type: 'noted'; readonly note: NoteType; readonly room: RoomReference; readonly detail?: string }

function toNote(webhook: WebhookEvent): Note | null {
  switch (webhook.event) {
    case 'egress_started':
    case 'egress_updated':
    case 'egress_ended': {
      const egress = webhook.egressInfo
      if (!egress?.roomName) return null
      return {
        type: 'noted',
        note: webhook.event,
        room: { name: egress.roomName, sid: egress.roomId, facts: null },
        detail: egress.egressId,
      }
    }
    case 'ingress_started':
    case 'ingress_ended': {
      const ingress = webhook.ingressInfo
      if (!ingress?.roomName) return null
      return { type: 'noted', note: webhook.event, room: { name: ingress.roomName, sid: '', facts: null }, detail: ingress.ingressId }
    }
    default:
      return null
  }
}
