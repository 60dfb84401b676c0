import type { LiveRooms } from '#server/rooms/live-rooms.ts'
import { isCounted, type ParticipantRow, type Room } from '#server/rooms/room-model.ts'
import { beginningsOf, hasBeginnings, wordsOf } from './search-words.ts'

/** Somebody who is in rooms now; `since`: when they came to the newest of these, ms. */
export type LivePerson = { readonly identity: string; readonly name: string; readonly rooms: readonly string[]; readonly since: number }

/** Who is there now, as the rooms tell; the records may be a moment behind. */
export type LivePeople = {
  /** Those whose words have these beginnings, who came last first; everybody where there is none. */
  readonly find: (search: string) => readonly LivePerson[]
  readonly get: (identity: string) => LivePerson | null
}

export function createLivePeople(rooms: Pick<LiveRooms, 'all'>): LivePeople {
  // For as long as the row is: folding is what takes time.
  const words = new WeakMap<ParticipantRow, readonly string[]>()

  function wordsOfRow(row: ParticipantRow): readonly string[] {
    const known = words.get(row)
    if (known) return known
    const found = wordsOf(row.identity, row.name)
    words.set(row, found)
    return found
  }

  /** Everybody there who matches, each once, under the newest name. */
  function gather(rowsOf: (participants: Room['participants']) => Iterable<ParticipantRow>): LivePerson[] {
    const people = new Map<string, LivePerson>()
    for (const { name: room, room: live } of rooms.all()) {
      if (!live) continue
      for (const row of rowsOf(live.participants)) {
        const { identity, name, joinedAt: since } = row
        const before = people.get(identity)
        const newest = before && before.since > since ? before : { name: name || (before?.name ?? ''), since }
        people.set(identity, { identity, name: newest.name, since: newest.since, rooms: [...(before?.rooms ?? []), room] })
      }
    }
    return [...people.values()].toSorted((a, b) => b.since - a.since)
  }

  function get(identity: string): LivePerson | null {
    const [found] = gather((participants) => {
      const row = participants.get(identity)
      return row && isCounted(row) ? [row] : []
    })
    return found ?? null
  }

  return {
    find(search) {
      const beginnings = beginningsOf(search)
      const found = gather((participants) =>
        [...participants.values()].filter((row) => isCounted(row) && hasBeginnings(wordsOfRow(row), beginnings)),
      )
      // Somebody may have another name in another room.
      return found.map((each) => get(each.identity) ?? each)
    },
    get,
  }
}
