import type { RoomSort } from '../app/preferences-schema.ts'
import type { RoomSummary } from '#shared/domain/room.ts'
import { markSeverity } from './mark-severity.ts'

const byText = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' })

/** Two rooms in the order the moderator asked for; equals in the order of their names, as people read them. */
export function compareRooms(sort: RoomSort, a: RoomSummary, b: RoomSummary): number {
  return compareBy(sort, a, b) || byText.compare(a.room, b.room) || (a.room < b.room ? -1 : 1)
}

/** What a moderator wants to see: rooms with this text anywhere in their name, in any case, and perhaps only those with a mark. */
export type RoomFilter = { readonly name: string; readonly attentionOnly: boolean }

/** The rooms that a filter lets through. */
export function filterRooms(rooms: readonly RoomSummary[], filter: RoomFilter): readonly RoomSummary[] {
  const wanted = filter.name.trim().toLocaleLowerCase()
  const named = wanted === '' ? rooms : rooms.filter((room) => room.room.toLocaleLowerCase().includes(wanted))
  return filter.attentionOnly ? named.filter(wantsAttention) : named
}

/** Whether a rule has marked this room. */
export function wantsAttention(room: RoomSummary): boolean {
  return room.attention.length > 0
}

function compareBy(sort: RoomSort, a: RoomSummary, b: RoomSummary): number {
  if (sort === 'attention') return compareAttention(a, b)
  if (sort === 'size') return b.online - a.online
  if (sort === 'newest') return b.startedAt - a.startedAt
  return 0
}

/** The most severe mark first, then how many there are, then connections that no rule has marked yet, then size. */
function compareAttention(a: RoomSummary, b: RoomSummary): number {
  return (
    worstMark(b) - worstMark(a) ||
    b.attention.length - a.attention.length ||
    connectionTrouble(b) - connectionTrouble(a) ||
    b.online - a.online
  )
}

function worstMark(room: RoomSummary): number {
  return room.attention.reduce((worst, mark) => Math.max(worst, markSeverity(mark.rule)), 0)
}

function connectionTrouble(room: RoomSummary): number {
  const quality = room.worstQuality?.quality
  return quality === 'lost' ? 2 : quality === 'poor' ? 1 : 0
}
