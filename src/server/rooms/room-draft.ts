import type { RoomChange } from './room-change.ts'
import type { RoomEvent, RoomReference } from './room-event.ts'
import {
  LEFT_SHOWN,
  MEMORY_MS,
  MEMORY_SIZE,
  type ParticipantRow,
  type Room,
  type RoomFacts,
  type RoomRecord,
  type TrackRow,
} from './room-model.ts'

/** Out of what is remembered so many go at once, because forgetting costs a write of its own. */
const FORGET_AT_ONCE = 50
/** How many participant sids may have tracks waiting for them. */
const LOOSE_SIZE = 200

const nobody: ReadonlyMap<string, ParticipantRow> = new Map()

/** A change in the making: what the rules of one event write into. An event is of one participant at the most. */
export type Draft = {
  readonly record: RoomRecord
  readonly event: RoomEvent
  session: RoomChange['session']
  facts: RoomFacts | undefined
  /** The participants that the event meets: none where it starts a session. */
  participants: ReadonlyMap<string, ParticipantRow>
  row: ParticipantRow | null
  readonly ended: string[]
  /** A participant sid that has not joined yet, with its tracks. */
  loose: readonly [sid: string, tracks: readonly TrackRow[]] | null
  /** The participant sid for which no tracks wait any more. */
  claimed: string | null
  /** Who goes without a trace: a hidden one. */
  dropped: string | null
  /** Tracks whose publication, or the end of it, is told with the event. */
  readonly published: TrackRow[]
  readonly unpublished: TrackRow[]
  /** The earlier stay that a join says is over, where nothing else has told so. */
  replaced: ParticipantRow | null
  /** What happened was told before, as when a sweep noticed it first: the feed does not tell it again. */
  isOldNews: boolean
}

export function beginDraft(record: RoomRecord, event: RoomEvent): Draft {
  return {
    record,
    event,
    session: 'same',
    facts: undefined,
    participants: record.room?.participants ?? nobody,
    row: null,
    ended: [],
    loose: null,
    claimed: null,
    dropped: null,
    published: [],
    unpublished: [],
    replaced: null,
    isOldNews: false,
  }
}

/** How an event's room session relates to the live one. `unknown`: another sid, and nothing says which is newer. */
export function relateSession(room: Room | null, reference: RoomReference): 'same' | 'newer' | 'older' | 'unknown' {
  if (room?.facts.sid === reference.sid) return 'same'
  if (!reference.facts) return 'unknown'
  if (!room) return 'newer'
  return isLater(reference.facts.startedAt, reference.sid, room.facts.startedAt, room.facts.sid) ? 'newer' : 'older'
}

/** Orders two stays or sessions by when they began (ms), and by sid where that is the same, so that every order of events agrees. */
export function isLater(at: number, sid: string, thanAt: number, thanSid: string): boolean {
  return at === thanAt ? sid > thanSid : at > thanAt
}

/** Begins the session that the event speaks of; an older one under the same name is over, whoever says so: no list is stale that names a later one. */
export function startSession(draft: Draft): void {
  const { record, event } = draft
  if (!event.room.facts) return
  draft.session = 'started'
  draft.facts = event.room.facts
  draft.participants = nobody
  if (record.room) draft.ended.push(`r:${record.room.facts.sid}`)
}

export function rowOf(draft: Draft, identity: string): ParticipantRow | undefined {
  return draft.row?.identity === identity ? draft.row : draft.participants.get(identity)
}

export function hasEnded(draft: Draft, key: string): boolean {
  return draft.record.memory.ended.has(key)
}

/** Remembers that something is over. Of what was only inferred from a list, which can be stale, that it was told. */
export function rememberEnd(draft: Draft, key: string): void {
  draft.ended.push(draft.event.asOf === undefined ? key : `i:${key}`)
}

/** Whether a list was without it, and the feed has told so. Who sees it after that may be right, but tells nothing new. */
export function wasInferred(draft: Draft, key: string): boolean {
  return hasEnded(draft, `i:${key}`)
}

/** Whether the event is a webhook of what a list has found over since: late, because nobody is listed before it is sent. */
export function isLateWebhook(draft: Draft, key: string): boolean {
  return draft.event.cause === 'webhook' && wasInferred(draft, key)
}

/** Whether somebody's row changed after the list was asked for that this event comes from. */
export function isNewerThanList(draft: Draft, row: ParticipantRow | undefined): boolean {
  const { asOf } = draft.event
  return row !== undefined && asOf !== undefined && row.changedAt > asOf
}

/** The change to commit, what is remembered kept within its bounds. */
export function finishDraft(draft: Draft): RoomChange {
  const { record, event } = draft
  const current = draft.session === 'same' && record.room?.facts.sid === event.room.sid ? record.room : null
  const confirms = draft.session === 'started' || (current !== null && event.at >= current.confirmed.at && isOfLivekit(event))
  return {
    session: draft.session,
    ...(draft.facts ? { facts: draft.facts } : {}),
    ...(confirms ? { confirmed: { at: event.at, by: event.cause } } : {}),
    participants: draft.row && draft.session !== 'ended' ? [draft.row] : [],
    removed: draft.session === 'ended' ? [] : removed(draft),
    remember: { ended: draft.ended.map((key) => [key, event.at]), loose: draft.loose ? [[draft.loose[0], [...draft.loose[1]]]] : [] },
    forget: { ended: outlived(draft), loose: unclaimable(draft) },
    eventId: event.id,
  }
}

/** Whether an event says anything of what LiveKit knows: of roles and invitations it knows nothing. */
function isOfLivekit({ type, cause }: RoomEvent): boolean {
  if (type === 'role_changed' || type === 'participant_invited') return false
  return type !== 'noted' || cause === 'webhook'
}

/** Who goes without a trace, or left longest ago where more than `LEFT_SHOWN` did. */
function removed({ row: leaver, dropped, participants }: Draft): string[] {
  if (dropped !== null) return [dropped]
  if (!leaver || !hasLeft(leaver)) return []
  const left: ParticipantRow[] = []
  for (const row of participants.values()) if (hasLeft(row) && row.identity !== leaver.identity) left.push(row)
  const surplus = left.length + 1 - LEFT_SHOWN
  if (surplus <= 0) return []
  return left
    .toSorted((a, b) => (a.leftAt ?? 0) - (b.leftAt ?? 0))
    .slice(0, surplus)
    .map((row) => row.identity)
}

function hasLeft(row: ParticipantRow): boolean {
  return !row.online && !row.invited
}

function outlived(draft: Draft): string[] {
  const { ended } = draft.record.memory
  const surplus = ended.size + draft.ended.length - MEMORY_SIZE
  const atLeast = surplus > 0 ? Math.max(surplus, FORGET_AT_ONCE) : 0
  const keys: string[] = []
  for (const [key, at] of ended) {
    if (at > draft.event.at - MEMORY_MS && keys.length >= atLeast) break
    keys.push(key)
  }
  return keys.length < FORGET_AT_ONCE ? [] : keys
}

function unclaimable(draft: Draft): string[] {
  const { loose } = draft.record.memory
  const sids = draft.claimed !== null && loose.has(draft.claimed) ? [draft.claimed] : []
  let surplus = loose.size + (draft.loose ? 1 : 0) - sids.length - LOOSE_SIZE
  for (const sid of loose.keys()) {
    if (surplus <= 0) break
    if (sid === draft.claimed || sid === draft.loose?.[0]) continue
    sids.push(sid)
    surplus -= 1
  }
  return sids
}
