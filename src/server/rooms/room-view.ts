import type { AttentionMark } from '#shared/domain/attention.ts'
import type { Measure } from '#shared/domain/measure.ts'
import { isSourceLive, mayPublish, type Participant } from '#shared/domain/participant.ts'
import { worstQuality, type Presence } from '#shared/domain/presence.ts'
import type { RoomDetail, RoomSummary, RoomUpdate } from '#shared/domain/room.ts'
import type { RoomChange } from './room-change.ts'
import { isShown, type Confirmation, type ParticipantRow, type Room, type RoomRecord } from './room-model.ts'

/** How much of a room's metadata a summary carries, characters. */
const METADATA_CUT = 1000
/** How many speakers a summary names. */
const LOUDEST = 6

/** Somebody as the contract shows them. */
export function toParticipant(row: ParticipantRow): Participant {
  const { tracks } = row
  return {
    identity: row.identity,
    sid: row.sid,
    name: row.name,
    kind: row.kind,
    isOnline: row.online,
    joinedAt: row.joinedAt || null,
    leftAt: row.leftAt,
    audioEnabled: isSourceLive(tracks, 'microphone'),
    videoEnabled: isSourceLive(tracks, 'camera'),
    screenEnabled: isSourceLive(tracks, 'screen_share'),
    tracks: tracks.map(({ sid, source, muted }) => ({ sid, source, muted })),
    permissions: row.permissions,
    metadata: row.metadata,
    attributes: row.attributes,
    role: row.role,
    status: statusOf(row),
    canSpeak: mayPublish(row.permissions, 'microphone'),
    canVideo: mayPublish(row.permissions, 'camera'),
  }
}

function statusOf({ online, invited }: ParticipantRow): Participant['status'] {
  if (online) return 'JOINED'
  return invited ? 'INVITED' : 'LEFT'
}

/** What is known of a room beside its record: the newest presence, if it is observed, and its marks. */
type Beside = { readonly presence: Presence | null; readonly attention: readonly AttentionMark[] }

/** A room as the wall shows it; null when there is nothing to show. */
export function toSummary(record: RoomRecord, beside: Beside): RoomSummary | null {
  const { room } = record
  if (!room || !isShown(room)) return null
  return { ...liveSummary(record, room, beside), metadata: room.facts.metadata.slice(0, METADATA_CUT) }
}

/** A room whole, also one that is not live: then with nobody online. `viewers`: the operators who look at it; `measures`: what is in force there. */
export function toDetail(record: RoomRecord, beside: Beside, viewers: string[] = [], measures: readonly Measure[] = []): RoomDetail {
  const { room } = record
  const summary = room ? liveSummary(record, room, beside) : endedSummary(record)
  return { ...summary, participants: toParticipants(record), measures: [...measures], viewers }
}

/** Everybody in a room but hidden ones, also those who left. */
export function toParticipants({ room }: RoomRecord): Participant[] {
  return room ? visible(room).map(toParticipant) : []
}

/**
 * What a commit changed for those who follow the room, at its revision. `before` is the record it met: a session that ended sends
 * everybody of it as left, one that was replaced takes its people along.
 */
export function toUpdate(before: RoomRecord, after: RoomRecord, change: RoomChange, at: number): RoomUpdate {
  if (change.session !== 'same') return toDifference(before, after, at)
  const changed = change.participants.filter((row) => !row.hidden).map(toParticipant)
  const removed = change.removed.filter((identity) => before.room?.participants.get(identity)?.hidden === false)
  return { room: after.name, revision: after.revision, changed, removed, ...counts(after) }
}

/** The update between two records that are any number of revisions apart. */
export function toDifference(before: RoomRecord, after: RoomRecord, at: number): RoomUpdate {
  const then = before.room ? visible(before.room) : []
  if (!after.room) {
    const changed = then.filter((row) => row.online).map((row) => toParticipant({ ...row, tracks: [], online: false, leftAt: at }))
    return { room: after.name, revision: after.revision, changed, removed: [], ...counts(after) }
  }
  const now = after.room.participants
  const changed = visible(after.room).filter((row) => before.room?.participants.get(row.identity) !== row)
  const removed = then.filter((row) => !now.has(row.identity)).map((row) => row.identity)
  return { room: after.name, revision: after.revision, changed: changed.map(toParticipant), removed, ...counts(after) }
}

function counts(record: RoomRecord): { online: number; total: number } {
  const rows = record.room ? visible(record.room) : []
  return { online: rows.filter((row) => row.online).length, total: rows.length }
}

function visible(room: Room): ParticipantRow[] {
  return [...room.participants.values()].filter((row) => !row.hidden)
}

function liveSummary(record: RoomRecord, room: Room, { presence, attention }: Beside): RoomSummary {
  const { facts } = room
  // Who observes a room confirms all of it, and needs to store nothing to say so.
  const isObserved = presence !== null && presence.at > room.confirmed.at
  const confirmed: Confirmation = isObserved ? { at: presence.at, by: 'observer' } : room.confirmed
  const rows = visible(room)
  const online = new Map(rows.filter((row) => row.online).map((row) => [row.identity, row]))
  const speaking = (presence?.speaking ?? []).flatMap(({ identity, level }) => {
    const row = online.get(identity)
    return row ? [{ identity, name: row.name, level }] : []
  })
  const qualities = (presence?.quality ?? []).filter(({ identity }) => online.has(identity)).map(({ quality }) => quality)
  return {
    room: record.name,
    sid: facts.sid,
    revision: record.revision,
    startedAt: facts.startedAt,
    online: online.size,
    total: rows.length,
    publishers: [...online.values()].filter((row) => row.tracks.length > 0).length,
    maxParticipants: facts.maxParticipants,
    metadata: facts.metadata,
    recording: facts.recording,
    confirmedAt: confirmed.at,
    confirmedBy: confirmed.by,
    observedAt: presence?.at ?? null,
    speaking: speaking.toSorted((a, b) => b.level - a.level).slice(0, LOUDEST),
    worstQuality: worstQuality(qualities),
    attention: [...attention],
  }
}

function endedSummary(record: RoomRecord): RoomSummary {
  return {
    room: record.name,
    sid: '',
    revision: record.revision,
    startedAt: 0,
    online: 0,
    total: 0,
    publishers: 0,
    maxParticipants: 0,
    metadata: '',
    recording: false,
    confirmedAt: 0,
    confirmedBy: 'server',
    observedAt: null,
    speaking: [],
    worstQuality: null,
    attention: [],
  }
}
