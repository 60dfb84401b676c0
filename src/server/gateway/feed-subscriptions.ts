import type { Socket } from 'socket.io'
import type { FeedEvent, FeedType } from '#shared/domain/feed-event.ts'

type Filter = { readonly types: ReadonlySet<FeedType> | null; readonly rooms: ReadonlySet<string> | null }

/** Which sockets hear the feed, and what of it (S4.4). */
export function createFeedSubscriptions() {
  const filters = new Map<Socket, Filter>()
  return {
    /** Replaces an earlier subscription of that socket. A filter left out lets everything through. */
    add(socket: Socket, types: readonly FeedType[] | undefined, rooms: readonly string[] | undefined): void {
      filters.set(socket, { types: types ? new Set(types) : null, rooms: rooms ? new Set(rooms) : null })
    },
    remove(socket: Socket): void {
      filters.delete(socket)
    },
    *interestedIn(event: FeedEvent): Generator<Socket> {
      const { room } = event.data
      for (const [socket, { types, rooms }] of filters) {
        if (types && !types.has(event.type)) continue
        if (rooms && !(room && rooms.has(room.name))) continue
        yield socket
      }
    },
  }
}
