import { assertNever } from '#shared/lib/assert-never.ts'
import type { ParticipantsTable } from '#server/records/tables/people-tables.ts'
import type { ParticipantSessionsTable, RoomSessionsTable } from '#server/records/tables/session-tables.ts'
import type { Allowed, RecordEvent } from './record-event.ts'

/** When somebody was seen last (ms), and by which name; empty where none was told. */
type Seen = { readonly identity: string; readonly name: string; readonly at: number }

/** Rows by their key, and which of them have changed since they were read. */
type Rows<T> = { readonly rows: Map<string, T>; readonly changed: Set<string> }

/** The rows that some events are about, while these are applied. Whoever applies events has read all of them. */
export type SessionDraft = {
  /** By sid. */
  readonly stays: Rows<ParticipantSessionsTable>
  readonly sessions: Rows<RoomSessionsTable>
  /** By `keyOf(room, identity)`. */
  readonly participants: Rows<ParticipantsTable>
  /** How many stays an identity has in a session of a room, by `keyOf(room sid, identity)`. */
  readonly stayCounts: Map<string, number>
  /** By identity. */
  readonly seen: Map<string, Seen>
}

export function emptyDraft(): SessionDraft {
  const rows = <T>(): Rows<T> => ({ rows: new Map(), changed: new Set() })
  return { stays: rows(), sessions: rows(), participants: rows(), stayCounts: new Map(), seen: new Map() }
}

/** A key of two texts, of which the second may hold anything. */
export function keyOf(first: string, second: string): string {
  return `${first.length} ${first} ${second}`
}

/** The only place where records of sessions change. An event that was applied before changes nothing. */
export function applyToRecords(draft: SessionDraft, event: RecordEvent): void {
  switch (event.kind) {
    case 'room_started':
      return void sessionOf(draft, event, event.at)
    case 'room_finished':
      return finish(draft, event)
    case 'joined':
      return join(draft, event)
    case 'left':
      return leave(draft, event.stay.sid, event.at, event.stay.name)
    case 'changed':
      return change(draft, event)
    default:
      assertNever(event, 'event of the records')
  }
}

function keep<T>({ rows, changed }: Rows<T>, key: string, row: T): T {
  rows.set(key, row)
  changed.add(key)
  return row
}

/** The session of a room; one whose start wasn't told is made. */
function sessionOf(draft: SessionDraft, { room }: RecordEvent, startedAt: number): RoomSessionsTable {
  const known = draft.sessions.rows.get(room.sid)
  if (known) return known
  return keep(draft.sessions, room.sid, {
    sid: room.sid,
    room: room.name,
    started_at: startedAt,
    ended_at: null,
    peak: 0,
    online: 0,
    joins: 0,
  })
}

function join(draft: SessionDraft, event: Extract<RecordEvent, { kind: 'joined' }>): void {
  const { room, stay, at, allowed, isBack } = event
  const known = draft.stays.rows.get(stay.sid)
  if (known && (known.left_at === null || !isBack)) return
  const count = keyOf(room.sid, stay.identity)
  const reconnects = draft.stayCounts.get(count) ?? 0
  if (!known) draft.stayCounts.set(count, reconnects + 1)
  keep(
    draft.stays,
    stay.sid,
    known ? { ...known, left_at: null } : { ...stay, room: room.name, room_sid: room.sid, joined_at: at, left_at: null, reconnects },
  )
  const session = sessionOf(draft, event, Math.min(event.roomStartedAt ?? at, at))
  const online = session.online + 1
  const joins = session.joins + (known ? 0 : 1)
  keep(draft.sessions, room.sid, { ...session, ended_at: null, online, joins, peak: Math.max(session.peak, online) })
  beThere(draft, event, known?.joined_at ?? at, allowed)
  see(draft, stay.identity, stay.name, at)
}

function beThere(
  draft: SessionDraft,
  { room, stay }: Extract<RecordEvent, { kind: 'joined' }>,
  joinedAt: number,
  allowed: Allowed | null,
): void {
  const key = keyOf(room.name, stay.identity)
  const known = draft.participants.rows.get(key)
  keep(draft.participants, key, {
    room: room.name,
    identity: stay.identity,
    name: stay.name || (known?.name ?? ''),
    role: known?.role ?? 'VIEWER',
    status: 'JOINED',
    joined_at: joinedAt,
    left_at: null,
    ...flagsOf(allowed, known),
    changed_at: joinedAt,
  })
}

function flagsOf(allowed: Allowed | null, known: ParticipantsTable | undefined): Pick<ParticipantsTable, 'can_speak' | 'can_video'> {
  if (!allowed) return { can_speak: known?.can_speak ?? 0, can_video: known?.can_video ?? 0 }
  return { can_speak: Number(allowed.canSpeak), can_video: Number(allowed.canVideo) }
}

/** A stay is over; one that isn't known, or was over before, is left alone. */
function leave(draft: SessionDraft, sid: string, at: number, name: string, isElsewhere = isThere): void {
  const stay = draft.stays.rows.get(sid)
  if (!stay || stay.left_at !== null) return
  const leftAt = Math.max(at, stay.joined_at)
  keep(draft.stays, sid, { ...stay, left_at: leftAt })
  const session = draft.sessions.rows.get(stay.room_sid)
  if (session) keep(draft.sessions, session.sid, { ...session, online: Math.max(0, session.online - 1) })
  see(draft, stay.identity, name, leftAt)
  const key = keyOf(stay.room, stay.identity)
  const participant = draft.participants.rows.get(key)
  if (!participant || isElsewhere(draft, stay)) return
  keep(draft.participants, key, { ...participant, status: 'LEFT', left_at: leftAt, changed_at: leftAt })
}

/** Whether the same person has another stay in the same room that isn't over: after a reconnect. */
function isThere(draft: SessionDraft, { room, identity }: ParticipantSessionsTable): boolean {
  for (const stay of draft.stays.rows.values()) if (stay.left_at === null && stay.room === room && stay.identity === identity) return true
  return false
}

function finish(draft: SessionDraft, { room, at }: RecordEvent): void {
  const open = [...draft.stays.rows.values()].filter((stay) => stay.left_at === null)
  const [stays, others] = [open.filter((stay) => stay.room_sid === room.sid), open.filter((stay) => stay.room_sid !== room.sid)]
  // All at once: to look at all for each of thousands would hold everything else up.
  const elsewhere = new Set(others.map((stay) => keyOf(stay.room, stay.identity)))
  for (const { sid } of stays) leave(draft, sid, at, '', (_draft, stay) => elsewhere.has(keyOf(stay.room, stay.identity)))
  const session = draft.sessions.rows.get(room.sid)
  if (session?.ended_at !== null) return
  keep(draft.sessions, room.sid, { ...session, online: 0, ended_at: Math.max(at, session.started_at) })
}

function change(draft: SessionDraft, { room, stay, at, allowed }: Extract<RecordEvent, { kind: 'changed' }>): void {
  const known = draft.stays.rows.get(stay.sid)
  if (!known) return
  if (stay.name !== '' && stay.name !== known.name) keep(draft.stays, stay.sid, { ...known, name: stay.name })
  const key = keyOf(room.name, stay.identity)
  const participant = draft.participants.rows.get(key)
  if (known.left_at !== null || !participant) return
  keep(draft.participants, key, { ...participant, name: stay.name || participant.name, ...flagsOf(allowed, participant), changed_at: at })
  see(draft, stay.identity, stay.name, at)
}

function see({ seen }: SessionDraft, identity: string, name: string, at: number): void {
  const before = seen.get(identity)
  seen.set(identity, { identity, name: name || (before?.name ?? ''), at: Math.max(at, before?.at ?? 0) })
}
