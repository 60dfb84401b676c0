import type { RoomSort } from '../app/preferences-schema.ts'
import type { RoomSummary } from '#shared/domain/room.ts'

const byText = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' })

/** Rooms in the order of their names, as people read them. */
export function compareRoomNames(a: RoomSummary, b: RoomSummary): number {
  return byText.compare(a.room, b.room) || (a.room < b.room ? -1 : 1)
}

/** The names of the rooms that a filter lets through, in the order the moderator asked for; equals keep the order of their names. */
export function arrangeRooms(byName: readonly RoomSummary[], sort: RoomSort, filter: string): readonly string[] {
  const wanted = filter.trim().toLocaleLowerCase()
  const matching = wanted === '' ? byName : byName.filter((room) => room.room.toLocaleLowerCase().includes(wanted))
  return matching.toSorted((a, b) => compareBy(sort, a, b)).map((room) => room.room)
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
