import type { FeedType } from '#shared/domain/feed-event.ts'
import type { Track } from '#shared/domain/participant.ts'
import type { Cause } from '#shared/domain/room.ts'
import type { ParticipantFacts, RoomFacts } from './room-model.ts'

/** Which room an event speaks of. LiveKit's track events carry no more than name and sid: then `facts` is null. */
export type RoomReference = { readonly name: string; readonly sid: string; readonly facts: RoomFacts | null }

/** Whom a track event speaks of. */
export type ParticipantReference = { readonly identity: string; readonly sid: string }

/** Who asked for it, where an operator did. */
export type Attribution = { readonly operator: string; readonly actionId: string; readonly reason?: string }

type Common = {
  /** LiveKit's event id, or one of ours; the same event has the same id however often it comes. */
  readonly id: string
  /** When this server accepted it, ms. */
  readonly at: number
  readonly room: RoomReference
  readonly cause: Cause
  readonly by?: Attribution
  /** What was inferred from a list: when that was asked for, ms. What changed after that is left alone. */
  readonly asOf?: number
  /** Not news: what was there before this server looked. The feed does not tell it. */
  readonly quiet?: boolean
}

/** A fact about one room, in the past tense. `participant` facts are always whole, so that the newest version wins in any order. */
export type RoomEvent = Common &
  (
    | { readonly type: 'room_started' | 'room_updated' }
    | { readonly type: 'room_finished' }
    | {
        readonly type: 'participant_joined' | 'participant_left' | 'participant_connection_aborted'
        readonly participant: ParticipantFacts
      }
    | {
        readonly type: ParticipantChange
        readonly participant: ParticipantFacts
        /** What else changed at once: the feed tells each. */
        readonly also?: readonly ParticipantChange[]
      }
    | { readonly type: 'participant_removed'; readonly participant: ParticipantReference }
    | {
        readonly type: 'track_published' | 'track_unpublished' | 'track_muted' | 'track_unmuted'
        readonly participant: ParticipantReference
        readonly track: Track
        /** The participant's version that told it, where one did. */
        readonly version?: number
      }
    | { readonly type: 'noted'; readonly note: NoteType; readonly detail?: string }
  )

/** What can change of somebody who is there. */
export type ParticipantChange = Extract<FeedType, 'permission_changed' | 'metadata_changed' | 'attributes_changed' | 'name_changed'>

/** Webhooks that are told in the feed and change no room. */
export type NoteType = Extract<FeedType, `egress_${string}` | `ingress_${string}`>
