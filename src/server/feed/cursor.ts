import { isBefore } from '#server/rooms/redis-log-id.ts'
import { splitCursor } from '#server/rooms/room-store.ts'

/** How a cursor relates to another: before it, at or after it, or of another life of the store. */
export function relateCursor(cursor: string, than: string): 'before' | 'reached' | 'other' {
  const [epoch, id] = splitCursor(cursor)
  const [thanEpoch, thanId] = splitCursor(than)
  if (epoch !== thanEpoch) return 'other'
  return isBefore(id, thanId) ? 'before' : 'reached'
}

/** Whether a text has the form of a cursor; whether the feed still goes back to it is another matter. */
export function isCursor(text: string): boolean {
  const [epoch, id] = splitCursor(text)
  return epoch !== '' && /^\d+(-\d+)?$/.test(id)
}
