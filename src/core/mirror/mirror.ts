import type { Push } from '#shared/contract/ipc.ts'
import type { FeedEvent } from '#shared/domain/feed-event.ts'
import type { RoomDetail, RoomsUpdate, RoomSummary } from '#shared/domain/room.ts'
import type { Link, LinkPush } from '../link/link.ts'
import type { Log } from '../ports.ts'
import { appendEvent, type Feed } from './feed.ts'
import { createOpenRoom, type OpenRoom } from './open-room.ts'
import { applyRoomsUpdate, indexRooms, type Rooms } from './rooms.ts'
import { createSubscription } from './subscription.ts'

/** A copy of what the sync server knows, as far as anybody here looks at it. It stays as it is while the link is down. */
export type Mirror = {
  /** Null: not known yet. */
  readonly rooms: () => RoomSummary[] | null
  readonly feed: () => Feed
  /** Counts one more viewer of that room and tells what is known of it; null: not known yet, `room_reset` follows. */
  readonly openRoom: (room: string) => RoomDetail | null
  /** One viewer less; with the last one the server is told. */
  readonly leaveRoom: (room: string) => void
  /** The last presence of an open room, as the push that told it. */
  readonly presence: (room: string) => Push | null
  /** The rooms that somebody here has open. */
  readonly openNames: () => string[]
  /** The rooms as they were read while nothing was pushed, and those of the open ones that are live. */
  readonly reread: (rooms: readonly RoomSummary[], details: readonly RoomDetail[]) => void
  readonly connected: () => void
  readonly disconnected: () => void
  readonly receive: (push: LinkPush) => void
  /** A push of that name was dropped: what it would have changed is asked for again. */
  readonly doubt: (name: LinkPush['name']) => void
  readonly dispose: () => void
}

export type MirrorOptions = {
  readonly link: Pick<Link, 'request' | 'isConnected'>
  readonly log: Log
  readonly push: (push: Push) => void
  readonly roomsArrived: () => void
  readonly roomsDoubted: () => void
  readonly roomsRefused: (why: string) => void
}

/** A mirror that knows nothing yet. */
export function createMirror(options: MirrorOptions): Mirror {
  const { link, log, push } = options
  const openRooms = new Map<string, OpenRoom>()
  let rooms: Rooms | null = null
  let feed: Feed = []
  /** Up to where the feed is known, so that after a break it goes on from there. */
  let cursor: string | null = null

  const roomsSubscription = createSubscription({
    ask: () => link.request('subscribe_rooms', {}),
    arrived(ack) {
      resetRooms(ack.rooms)
      options.roomsArrived()
      checkSids(ack.rooms)
      return true
    },
    refused(failure) {
      log('warn', `the rooms could not be read: ${failure.message}`)
      options.roomsRefused(failure.message)
    },
  })
  const feedSubscription = createSubscription({
    ask: () => link.request('subscribe_feed', cursor === null ? {} : { cursor }),
    arrived(ack) {
      cursor ??= ack.cursor
      return true
    },
    refused(failure) {
      log('warn', `the feed could not be followed: ${failure.message}`)
      // Too old, or of another life of the store: what was missed can't be had any more.
      if (failure.code === 'conflict' || failure.code === 'invalid') cursor = null
    },
  })

  function resetRooms(all: readonly RoomSummary[]): void {
    rooms = indexRooms(all)
    push({ name: 'rooms_reset', payload: [...all] })
  }

  function takeRooms(update: RoomsUpdate): void {
    if (rooms === null) return
    rooms = applyRoomsUpdate(rooms, update)
    push({ name: 'rooms_changed', payload: update })
    checkSids(update.changed)
  }

  /** Tells the others which room is looked at here: the one opened last. Without an answer they just don't know. */
  function look(): void {
    if (link.isConnected()) void link.request('looking', { room: [...openRooms.keys()].at(-1) ?? null })
  }

  /** Updates of a room don't name its sid: one that ended and started again under its name is read anew. */
  function checkSids(summaries: readonly RoomSummary[]): void {
    if (openRooms.size === 0) return
    for (const summary of summaries) openRooms.get(summary.room)?.checkSid(summary.sid)
  }

  function takeEvent(event: FeedEvent): void {
    cursor = event.data.cursor
    const next = appendEvent(feed, event)
    if (next === feed) return
    feed = next
    push({ name: 'feed_appended', payload: [event] })
  }

  return {
    rooms: () => (rooms === null ? null : [...rooms.values()]),
    feed: () => feed,
    presence: (room) => openRooms.get(room)?.presence() ?? null,
    openRoom(room) {
      let open = openRooms.get(room)
      if (open === undefined) {
        open = createOpenRoom({ room, link, log, push })
        openRooms.set(room, open)
        if (link.isConnected()) open.renew()
        look()
      }
      open.viewers += 1
      return open.describe(rooms?.get(room))
    },
    leaveRoom(room) {
      const open = openRooms.get(room)
      if (open === undefined) return
      open.viewers -= 1
      if (open.viewers > 0) return
      openRooms.delete(room)
      open.close()
      look()
    },
    openNames: () => [...openRooms.keys()],
    reread(all, details) {
      resetRooms(all)
      for (const detail of details) openRooms.get(detail.room)?.reset(detail)
    },
    connected() {
      roomsSubscription.renew()
      feedSubscription.renew()
      for (const open of openRooms.values()) open.renew()
      if (openRooms.size > 0) look()
    },
    disconnected() {
      roomsSubscription.suspend()
      feedSubscription.suspend()
      for (const open of openRooms.values()) open.suspend()
    },
    receive(arrived) {
      if (arrived.name === 'rooms_update') takeRooms(arrived.payload)
      else if (arrived.name === 'participants_update') openRooms.get(arrived.payload.room)?.follow(arrived.payload)
      else if (arrived.name === 'presence') openRooms.get(arrived.payload.room)?.see(arrived.payload)
      else if (arrived.name === 'room:event') takeEvent(arrived.payload)
      // Redis lost the feed: it goes on from there.
      else if (arrived.name === 'feed_reset') cursor = arrived.payload.cursor
      else if (arrived.name === 'room_viewers') openRooms.get(arrived.payload.room)?.showViewers(arrived.payload.operators)
    },
    doubt(name) {
      if (name === 'rooms_update') {
        options.roomsDoubted()
        roomsSubscription.renew()
      } else if (name === 'participants_update') for (const open of openRooms.values()) open.renew()
      // An event that can't be read comes again however often the feed is asked for, and the next presence is whole again.
    },
    dispose() {
      roomsSubscription.suspend()
      feedSubscription.suspend()
      for (const open of openRooms.values()) open.suspend()
      openRooms.clear()
    },
  }
}
