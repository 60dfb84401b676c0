import { isOwnObserver } from '#server/livekit/own-observers.ts'
import type { NoteType, RoomEvent, RoomReference } from '#server/rooms/room-event.ts'
import type { Webhook } from './read-webhook.ts'

/**
 * A verified webhook as the fact it tells; null for one that tells nothing about a room Usher can name (an unknown event, a field missing), or of an observer of ours.
 * `at`: when it was accepted, ms.
 */
export function toRoomEvent(webhook: Webhook, at: number): RoomEvent | null {
  const { id, room, participant, track } = webhook
  if (id === '') return null
  const note = toNote(webhook)
  if (note) return { ...note, id, at, cause: 'webhook' }
  if (!room?.name || !room.sid) return null
  switch (webhook.event) {
    case 'room_started':
    case 'room_finished':
      return { id, at, cause: 'webhook', room, type: webhook.event }
    case 'participant_joined':
    case 'participant_left':
    case 'participant_connection_aborted':
      if (!participant?.identity || !participant.sid || isOwnObserver(participant)) return null
      return { id, at, cause: 'webhook', room, type: webhook.event, participant }
    case 'track_published':
    case 'track_unpublished': {
      if (!participant?.identity || !participant.sid || !track?.sid) return null
      const { identity, sid } = participant
      return { id, at, cause: 'webhook', room, type: webhook.event, participant: { identity, sid }, track }
    }
    default:
      return null
  }
}

type Note = { readonly type: 'noted'; readonly note: NoteType; readonly room: RoomReference; readonly detail?: string }

function toNote(webhook: Webhook): Note | null {
  switch (webhook.event) {
    case 'egress_started':
    case 'egress_updated':
    case 'egress_ended': {
      const { egress } = webhook
      if (!egress?.roomName) return null
      return { type: 'noted', note: webhook.event, room: { name: egress.roomName, sid: egress.roomSid, facts: null }, detail: egress.id }
    }
    case 'ingress_started':
    case 'ingress_ended': {
      const { ingress } = webhook
      if (!ingress?.roomName) return null
      return { type: 'noted', note: webhook.event, room: { name: ingress.roomName, sid: '', facts: null }, detail: ingress.id }
    }
    default:
      return null
  }
}
