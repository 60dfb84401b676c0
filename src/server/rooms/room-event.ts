import type { FeedType } from '#shared/domain/feed-event.ts'
import type { Track } from '#shared/domain/participant.ts'
import type { Cause } from '#shared/domain/room.ts'
import type { ParticipantFacts, RoomFacts } from './room-model.ts'

/** Which room an event speaks of. LiveKit's track events carry no more than name and sid: then `facts` is null. */
export type RoomReference = { readonly name: string; readonly sid: string; readonly facts: RoomFacts | null }

/** Whom a track event speaks of. */
export type ParticipantReference = { readonly identity: string; readonly sid: string }

/** Whom something is about who need not be there; `sid`: which stay, where one is meant. */
export type PersonReference = { readonly identity: string; readonly sid?: string }

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
    /** Of who is there, has left or is invited; whoever else has it is told in the feed only. */
    | { readonly type: 'role_changed'; readonly participant: PersonReference; readonly role: string }
    /** Somebody is to come, who hasn't been there. The feed tells nothing of it. */
    | ({ readonly type: 'participant_invited' } & Invitation)
    | {
        readonly type: 'noted'
        readonly note: NoteType
        readonly participant?: PersonReference
        readonly measureId?: string
        readonly detail?: string
      }
  )

/** Who is to come, and what they will be there. */
export type Invitation = {
  readonly identity: string
  readonly name: string
  readonly role: string
  readonly canSpeak: boolean
  readonly canVideo: boolean
}

/** What can change of somebody who is there. */
export type ParticipantChange = Extract<FeedType, 'permission_changed' | 'metadata_changed' | 'attributes_changed' | 'name_changed'>

/** What is told in the feed, once by its event's id, and changes no room. */
export type NoteType = Extract<FeedType, `egress_${string}` | `ingress_${string}` | `measure_${string}` | 'message_sent'>
