import type { FeedEvent, FeedType } from '#shared/domain/feed-event.ts'

/** What a consumer wants to hear (S4.4); null lets everything through. An event of no room passes no filter by room. */
export type FeedFilter = { readonly types: ReadonlySet<FeedType> | null; readonly rooms: ReadonlySet<string> | null }

export function createFeedFilter(types: readonly FeedType[] | undefined, rooms: readonly string[] | undefined): FeedFilter {
  return { types: types ? new Set(types) : null, rooms: rooms ? new Set(rooms) : null }
}

export function passes({ types, rooms }: FeedFilter, event: FeedEvent): boolean {
  if (types && !types.has(event.type)) return false
  const { room } = event.data
  return rooms === null || (room !== undefined && rooms.has(room.name))
}
