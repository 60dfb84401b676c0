import type { FeedEvent } from '#shared/domain/feed-event.ts'

/** How many events a session remembers. */
export const FEED_LIMIT = 500

/** The newest events, oldest first, each `data.id` once. */
export type Feed = readonly FeedEvent[]

/** The feed with an event at its end; the feed itself when it holds that event already. */
export function appendEvent(feed: Feed, event: FeedEvent): Feed {
  if (feed.some((held) => held.data.id === event.data.id)) return feed
  return [...feed, event].slice(-FEED_LIMIT)
}
