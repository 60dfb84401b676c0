import type { SyncStatus } from '#shared/contract/http-sync.ts'
import type { SessionSnapshot } from '#shared/contract/ipc-session.ts'
import type { ObserverStatus } from '#shared/contract/observer-status.ts'
import type { PendingAction } from '#shared/domain/action.ts'
import type { Connection } from '#shared/domain/connection.ts'
import type { FeedEvent } from '#shared/domain/feed-event.ts'
import type { Operator } from '#shared/domain/operator.ts'
import type { Participant } from '#shared/domain/participant.ts'
import type { Presence } from '#shared/domain/presence.ts'
import type { ProfileSummary } from '#shared/domain/profile.ts'
import type { RoomDetail, RoomSummary, RoomUpdate } from '#shared/domain/room.ts'
import type { Held } from './held-action.ts'

/** How many events of the feed a window keeps, the newest. */
export const FEED_LIMIT = 500

export type RoomFacts = Omit<RoomDetail, 'participants'>

/** The room that is looked at: a copy of the host's, revision by revision. */
export type OpenRoom = {
  readonly room: string
  /** `needed`: it must be asked for; `asked`: the answer is awaited; `held`: facts are followed; `refused`: `why` says why. */
  readonly ask: 'needed' | 'asked' | 'held' | 'refused'
  readonly why: string | null
  /** Facts of an earlier answer stay on the screen while they are asked for again. */
  readonly facts: RoomFacts | null
  readonly participants: ReadonlyMap<string, Participant>
  /** Updates that came before the answer they follow. */
  readonly early: readonly RoomUpdate[]
  readonly presence: Presence | null
}

/** Whether the host has answered `start_session`. */
export type Start =
  | { readonly phase: 'starting'; readonly since: number }
  | { readonly phase: 'started' }
  | { readonly phase: 'failed'; readonly why: string }

/** All the facts a window holds. `pending` lies beside them, by `actionId`, and is never written into them. */
export type SessionState = {
  readonly start: Start
  readonly version: string
  readonly profile: ProfileSummary | null
  readonly profiles: readonly ProfileSummary[] | null
  readonly operator: Operator | null
  readonly connection: Connection
  readonly rooms: ReadonlyMap<string, RoomSummary> | null
  readonly feed: readonly FeedEvent[]
  readonly pending: Held
  readonly sync: SyncStatus | null
  readonly observers: ObserverStatus | null
  readonly open: OpenRoom | null
}

export function initialSession(now: number): SessionState {
  return {
    start: { phase: 'starting', since: now },
    version: '',
    profile: null,
    profiles: null,
    operator: null,
    connection: { state: 'connecting', since: now, why: null },
    rooms: null,
    feed: [],
    pending: new Map(),
    sync: null,
    observers: null,
    open: null,
  }
}

export function newOpenRoom(room: string): OpenRoom {
  return { room, ask: 'needed', why: null, facts: null, participants: new Map(), early: [], presence: null }
}

/** A state that holds what a snapshot says; the room that was open is to be asked for again. */
export function applySnapshot(state: SessionState, snapshot: SessionSnapshot): SessionState {
  const sameProfile = state.profile?.id === snapshot.profile?.id
  return {
    ...state,
    start: { phase: 'started' },
    version: snapshot.version,
    profile: snapshot.profile,
    operator: snapshot.operator,
    connection: snapshot.connection,
    rooms: snapshot.rooms === null ? null : indexRooms(snapshot.rooms),
    feed: snapshot.feed.slice(-FEED_LIMIT),
    pending: indexPending(snapshot.pending),
    sync: snapshot.sync,
    observers: snapshot.observers,
    open: state.open === null ? null : sameProfile ? { ...state.open, ask: 'needed', early: [] } : newOpenRoom(state.open.room),
  }
}

export function indexRooms(rooms: readonly RoomSummary[]): ReadonlyMap<string, RoomSummary> {
  return new Map(rooms.map((room) => [room.room, room]))
}

/** What was done before this window opened is of no interest beside a row any more. */
function indexPending(pending: readonly PendingAction[]): Held {
  return new Map(pending.filter((entry) => entry.outcome.state !== 'done').map((entry) => [entry.action.actionId, entry]))
}
