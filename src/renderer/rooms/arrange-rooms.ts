import type { RoomSort } from '../app/preferences-schema.ts'
import type { RoomSummary } from '#shared/domain/room.ts'

const byText = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' })

/** Two rooms in the order the moderator asked for; equals in the order of their names, as people read them. */
export function compareRooms(sort: RoomSort, a: RoomSummary, b: RoomSummary): number {
  return compareBy(sort, a, b) || byText.compare(a.room, b.room) || (a.room < b.room ? -1 : 1)
}

/** The rooms that have a text anywhere in their name, in any case. */
export function filterRooms(rooms: readonly RoomSummary[], filter: string): readonly RoomSummary[] {
  const wanted = filter.trim().toLocaleLowerCase()
  return wanted === '' ? rooms : rooms.filter((room) => room.room.toLocaleLowerCase().includes(wanted))
}

function compareBy(sort: RoomSort, a: RoomSummary, b: RoomSummary): number {
  if (sort === 'attention') return trouble(b) - trouble(a) || b.online - a.online
  if (sort === 'size') return b.online - a.online
  if (sort === 'newest') return b.startedAt - a.startedAt
  return 0
}

/** What wants attention comes first: a mark of the server's rules, then lost, then poor connections. */
function trouble(room: RoomSummary): number {
  const quality = room.worstQuality?.quality
  return room.attention.length * 4 + (quality === 'lost' ? 2 : quality === 'poor' ? 1 : 0)
}
