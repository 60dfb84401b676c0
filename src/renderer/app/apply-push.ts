import type { Push } from '#shared/contract/ipc.ts'
import type { FeedEvent } from '#shared/domain/feed-event.ts'
import type { RoomsUpdate, RoomSummary } from '#shared/domain/room.ts'
import { assertNever } from '#shared/lib/assert-never.ts'
import { followPresence, followUpdate, holdDetail, showViewers } from './apply-open-room.ts'
import { changeHeld } from './held-action.ts'
import { applySnapshot, FEED_LIMIT, indexRooms, type OpenRoom, type SessionState } from './session-state.ts'

/** The state after one push of the host. The only place where the host's facts change. */
export function applyPush(state: SessionState, push: Push): SessionState {
  switch (push.name) {
    case 'session_reset':
      return applySnapshot(state, push.payload)
    case 'rooms_reset':
      return askIfRestarted({ ...state, rooms: indexRooms(push.payload) })
    case 'rooms_changed':
      // Before the whole list is known a part of it would look like all of it.
      return state.rooms === null ? state : askIfRestarted({ ...state, rooms: changeRooms(state.rooms, push.payload) })
    case 'room_reset':
      return changeOpen(state, (open) => holdDetail(open, push.payload))
    case 'room_changed':
      return changeOpen(state, (open) => followUpdate(open, push.payload))
    case 'presence_changed':
      return changeOpen(state, (open) => followPresence(open, push.payload))
    case 'viewers_changed':
      return changeOpen(state, (open) => showViewers(open, push.payload.room, push.payload.operators))
    case 'sync_changed':
      return { ...state, sync: push.payload }
    case 'observers_changed':
      return { ...state, observers: push.payload }
    case 'feed_appended':
      return { ...state, feed: appendFeed(state.feed, push.payload) }
    case 'pending_changed':
      return { ...state, pending: changeHeld(state.pending, push.payload, state.open?.participants) }
    case 'connection_changed':
      return { ...state, connection: push.payload }
    case 'operator_changed':
      return { ...state, operator: push.payload }
    case 'profiles_changed':
      return { ...state, profiles: push.payload }
    default:
      return assertNever(push, 'push')
  }
}

/** The state after a batch, in its order. */
export function applyPushes(state: SessionState, pushes: readonly Push[]): SessionState {
  return pushes.reduce(applyPush, state)
}

function changeOpen(state: SessionState, change: (open: OpenRoom) => OpenRoom): SessionState {
  if (state.open === null) return state
  const open = change(state.open)
  return open === state.open ? state : { ...state, open }
}

/** A room that started anew under its name is another session: the open one is asked for again, or actions would mean the old one. */
function askIfRestarted(state: SessionState): SessionState {
  const { open, rooms } = state
  if (open === null || open.ask !== 'held' || open.facts === null) return state
  const summary = rooms?.get(open.room)
  return summary === undefined || summary.sid === open.facts.sid ? state : { ...state, open: { ...open, ask: 'needed', early: [] } }
}

function changeRooms(rooms: ReadonlyMap<string, RoomSummary>, update: RoomsUpdate): ReadonlyMap<string, RoomSummary> {
  const next = new Map(rooms)
  for (const room of update.changed) next.set(room.room, room)
  for (const room of update.removed) next.delete(room)
  return next
}

/** The newest events, oldest first; one that is here already is not added again. */
function appendFeed(feed: readonly FeedEvent[], events: readonly FeedEvent[]): readonly FeedEvent[] {
  const known = new Set(feed.map((event) => event.data.id))
  const fresh = events.filter((event) => !known.has(event.data.id))
  return fresh.length === 0 ? feed : [...feed, ...fresh].slice(-FEED_LIMIT)
}
