import type { FeedEvent, FeedType } from '#shared/domain/feed-event.ts'
import { assertNever } from '#shared/lib/assert-never.ts'
import { rowOf, type Draft } from './room-draft.ts'
import type { PersonReference, RoomEvent } from './room-event.ts'
import type { TrackRow } from './room-model.ts'

/** A feed event before the log gave it its cursor. */
export type FeedDraft = Omit<FeedEvent, 'data'> & { readonly data: Omit<FeedEvent['data'], 'cursor'> }

/**
 * What the feed tells of an event: nothing of hidden participants, nor of tracks whose owner is not known and so may be hidden;
 * a removal that ended a stay also as the leaving it is, and with a join or a leaving the tracks that came or went with it, as far as nobody else tells of them.
 */
export function feedOf(draft: Draft): FeedDraft[] {
  const { event } = draft
  if (event.quiet || event.type === 'participant_invited') return []
  const subject = subjectOf(draft)
  const news = subject?.hidden ? [] : newsOf(draft, feedDraft(event, event.type === 'noted' ? event.note : event.type, subject))
  return [...endsOf(draft), ...news]
}

function newsOf({ event, row, published, unpublished, isOldNews }: Draft, told: FeedDraft): FeedDraft[] {
  const ofTracks = (type: FeedType, tracks: readonly TrackRow[]) =>
    tracks.map(({ sid, source }) => besides(told, type, sid, { track: { sid, source } }))
  if (isOldNews) return ofTracks('track_published', published)
  if ('also' in event) return [told, ...(event.also ?? []).map((type) => besides(told, type, type))]
  const ended = ofTracks('track_unpublished', unpublished)
  if (event.type !== 'participant_removed') return [...ended, told, ...ofTracks('track_published', published)]
  return row === null ? [told] : [told, ...ended, besides(told, 'participant_left', 'left')]
}

/** What the event says is over without being told of it: an earlier stay of the same identity, an earlier session, the stays in a session that is over. */
function endsOf({ event, record, session, replaced }: Draft): FeedDraft[] {
  const over = session === 'same' ? null : record.room
  if (!over && !replaced) return []
  const { ended } = record.memory
  const room = { name: record.name, sid: over?.facts.sid ?? event.room.sid }
  const tell = (type: FeedType, sid: string, more: Pick<FeedDraft['data'], 'participant' | 'track'> = {}): FeedDraft => {
    return { type, timestamp: event.at, data: { id: `${event.id}.${sid}`, room, ...more, cause: event.cause } }
  }
  const ends: FeedDraft[] = []
  for (const row of over?.participants.values() ?? [replaced]) {
    if (!row?.online || row.hidden || ended.has(`i:p:${row.sid}`)) continue
    const participant = { identity: row.identity, sid: row.sid, name: row.name }
    for (const { sid, source } of row.tracks) ends.push(tell('track_unpublished', sid, { participant, track: { sid, source } }))
    ends.push(tell('participant_left', row.sid, { participant }))
  }
  if (over && session === 'started' && !ended.has(`i:r:${room.sid}`)) ends.push(tell('room_finished', room.sid))
  return ends
}

/** What else the same event tells, by an id of its own. */
function besides(told: FeedDraft, type: FeedType, mark: string, more: Pick<FeedDraft['data'], 'track'> = {}): FeedDraft {
  return { ...told, type, data: { ...told.data, ...more, id: `${told.data.id}.${mark}` } }
}

type Subject = { readonly identity: string; readonly sid: string; readonly name: string; readonly hidden: boolean }

function subjectOf(draft: Draft): Subject | null {
  const { event } = draft
  switch (event.type) {
    case 'room_started':
    case 'room_updated':
    case 'room_finished':
    case 'participant_invited':
      return null
    case 'noted':
      return event.participant ? personOf(draft, event.participant) : null
    case 'role_changed':
      return personOf(draft, event.participant)
    case 'participant_joined':
    case 'participant_left':
    case 'participant_connection_aborted':
    case 'permission_changed':
    case 'metadata_changed':
    case 'attributes_changed':
    case 'name_changed':
      return event.participant
    case 'participant_removed':
      return personOf(draft, event.participant)
    case 'track_published':
    case 'track_unpublished':
    case 'track_muted':
    case 'track_unmuted': {
      const row = rowOf(draft, event.participant.identity)
      const owner = row?.sid === event.participant.sid ? row : undefined
      return { ...event.participant, name: owner?.name ?? '', hidden: owner?.hidden ?? true }
    }
    default:
      return assertNever(event, 'room event')
  }
}

/** Whoever something is about who need not be there: then without a sid, and nobody knows of a name. */
function personOf(draft: Draft, { identity, sid }: PersonReference): Subject {
  const row = rowOf(draft, identity)
  return { identity, sid: sid ?? row?.sid ?? '', name: row?.name ?? '', hidden: row?.hidden ?? false }
}

function feedDraft(event: RoomEvent, type: FeedType, subject: Subject | null): FeedDraft {
  const { by } = event
  return {
    type,
    timestamp: event.at,
    data: {
      id: event.id,
      room: { name: event.room.name, sid: event.room.sid },
      ...(subject ? { participant: { identity: subject.identity, sid: subject.sid, name: subject.name } } : {}),
      ...('track' in event ? { track: { sid: event.track.sid, source: event.track.source } } : {}),
      cause: event.cause,
      ...(by ? { operator: by.operator, actionId: by.actionId } : {}),
      ...(by?.reason === undefined ? {} : { reason: by.reason }),
      ...saidOf(event),
    },
  }
}

/** What an event says beside who, where and why. */
function saidOf(event: RoomEvent): Pick<FeedDraft['data'], 'detail' | 'measureId'> {
  if (event.type === 'role_changed') return { detail: event.role }
  if (event.type !== 'noted') return {}
  const { detail, measureId } = event
  return { ...(measureId === undefined ? {} : { measureId }), ...(detail === undefined ? {} : { detail }) }
}
