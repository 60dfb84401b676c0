import type { FeedEvent } from '#shared/domain/feed-event.ts'
import type { FeedPage } from '#server/rooms/room-store.ts'
import { relateCursor } from './cursor.ts'

/** How many events are remembered at the least; twice as many at the most. */
const RECENT_SIZE = 500

/** What this instance has told last: who comes back after a moment needs no read of the store, and nobody can fall between a read and what is live. */
export type RecentEvents = {
  readonly add: (event: FeedEvent) => void
  /** Forgets everything: what is remembered begins at this cursor. */
  readonly restart: (cursor: string) => void
  /** Up to `count` events after a cursor; null where what followed it is not remembered. */
  readonly after: (cursor: string, count: number) => Extract<FeedPage, { kind: 'entries' }> | null
}

/** `newest`: the cursor of the newest entry of the log that this instance has heard. */
export function createRecentEvents(newest: () => string): RecentEvents {
  let since = newest()
  let events: FeedEvent[] = []
  return {
    add(event) {
      events.push(event)
      if (events.length < 2 * RECENT_SIZE) return
      since = events.at(-RECENT_SIZE - 1)?.data.cursor ?? since
      events = events.slice(-RECENT_SIZE)
    },
    restart(cursor) {
      since = cursor
      events = []
    },
    after(cursor, count) {
      if (relateCursor(cursor, since) !== 'reached' || relateCursor(newest(), cursor) !== 'reached') return null
      const first = events.findIndex((event) => relateCursor(cursor, event.data.cursor) === 'before')
      const entries = first < 0 ? [] : events.slice(first, first + count)
      return { kind: 'entries', entries, cursor: entries.length < count ? newest() : (entries.at(-1)?.data.cursor ?? cursor) }
    },
  }
}
