import { assertNever } from '#shared/lib/assert-never.ts'
import { feedOf, type FeedDraft } from './feed-draft.ts'
import {
  beginDraft,
  finishDraft,
  hasEnded,
  isLateWebhook,
  relateSession,
  rememberEnd,
  startSession,
  wasInferred,
  type Draft,
} from './room-draft.ts'
import { joinParticipant, leaveParticipant, removeParticipant, updateParticipant } from './participant-rules.ts'
import { changeRole, inviteParticipant } from './role-rules.ts'
import { changeTrack } from './track-rules.ts'
import type { RoomChange } from './room-change.ts'
import type { RoomEvent } from './room-event.ts'
import type { RoomRecord } from './room-model.ts'

/** What an event does: the change to commit, and what to tell in the feed. */
export type Applied = { readonly change: RoomChange; readonly feed: readonly FeedDraft[] }

/**
 * The only place where a room changes. Pure. Null means: nothing new, because the event is doubled, of another session,
 * or older than what is known. Events of one room end in the same state in whatever order they come:
 * joined < left within a participant sid and the version only grows, published < unpublished within a track sid,
 * started < finished within a room sid; what ended is remembered, and the later stay of an identity wins.
 */
export function applyRoomEvent(record: RoomRecord, event: RoomEvent): Applied | null {
  const { memory } = record
  if (memory.eventIds.has(event.id)) return null
  // LiveKit tells of an egress after the room has finished.
  if (event.type !== 'noted' && memory.ended.has(`r:${event.room.sid}`)) return null
  const draft = beginDraft(record, event)
  if (!change(draft, event)) return null
  return { change: finishDraft(draft), feed: feedOf(draft) }
}

/** Applies the event to the draft; false when it says nothing new. */
function change(draft: Draft, event: RoomEvent): boolean {
  if (event.type === 'noted') return true
  const relation = relateSession(draft.record.room, event.room)
  if (event.type === 'room_finished') return finishRoom(draft, relation === 'same')
  if (event.type === 'role_changed') return relation === 'same' && changeRole(draft, event.participant, event.role)
  if (event.type === 'participant_invited') return relation === 'same' && inviteParticipant(draft, event)
  if (relation === 'older' || isLateWebhook(draft, `r:${event.room.sid}`)) return false
  if (relation === 'newer') startSession(draft)
  switch (event.type) {
    case 'room_started':
      return relation !== 'unknown' && tellStart(draft)
    case 'room_updated':
      return relation !== 'unknown' && updateRoom(draft)
    case 'participant_joined':
      return relation !== 'unknown' && joinParticipant(draft, event.participant)
    case 'participant_left':
    case 'participant_connection_aborted':
      return relation !== 'unknown' && leaveParticipant(draft, event.participant)
    case 'participant_removed':
      return removeParticipant(draft, event.participant)
    case 'permission_changed':
    case 'metadata_changed':
    case 'attributes_changed':
    case 'name_changed':
      return relation !== 'unknown' && updateParticipant(draft, event.participant)
    case 'track_published':
    case 'track_unpublished':
    case 'track_muted':
    case 'track_unmuted':
      return changeTrack(draft, event, relation === 'unknown')
    default:
      return assertNever(event, 'room event')
  }
}

/** A start is told once, by whatever noticed it first; another event of the session may have begun it before. */
function tellStart(draft: Draft): boolean {
  const key = startKey(draft.event)
  draft.isOldNews = hasEnded(draft, key)
  if (draft.isOldNews) return draft.session === 'started'
  if (!draft.event.quiet) draft.ended.push(key)
  return true
}

function startKey({ room }: RoomEvent): string {
  return `s:${room.sid}`
}

function finishRoom(draft: Draft, isCurrent: boolean): boolean {
  const { event, record } = draft
  // A list can be stale: what was confirmed after it was asked for stays.
  if (event.asOf !== undefined && (!isCurrent || !record.room || record.room.confirmed.at > event.asOf)) return false
  draft.isOldNews = wasInferred(draft, `r:${event.room.sid}`)
  rememberEnd(draft, `r:${event.room.sid}`)
  if (!isCurrent) return true
  draft.session = 'ended'
  for (const { sid, online } of draft.participants.values()) if (online && event.asOf !== undefined) rememberEnd(draft, `p:${sid}`)
  return true
}

function updateRoom(draft: Draft): boolean {
  const { event, record } = draft
  const { facts } = event.room
  if (!facts || !record.room) return draft.session === 'started'
  const known = record.room.facts
  // What an operator did is told with who did it, also where somebody else was quicker to see it.
  if (known.metadata === facts.metadata && known.maxParticipants === facts.maxParticipants && known.recording === facts.recording)
    return event.by !== undefined
  draft.facts = facts
  return true
}
