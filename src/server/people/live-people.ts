import { setImmediate as nextTurn } from 'node:timers/promises'
import type { LiveRooms } from '#server/rooms/live-rooms.ts'
import { isCounted, type ParticipantRow } from '#server/rooms/room-model.ts'
import { beginningsOf, hasBeginnings, wordsOf } from './search-words.ts'

/** How many people are looked at before everybody else has a turn: LiveKit waits for this process. */
const AT_ONCE = 500

/** Somebody who is in rooms now; `since`: when they came to the newest of these, ms. */
export type LivePerson = { readonly identity: string; readonly name: string; readonly rooms: readonly string[]; readonly since: number }

/** Who is there now, as the rooms tell; the records may be a moment behind. */
export type LivePeople = {
  /** Those whose words have these beginnings in any room, who came last first; everybody where there is none. */
  readonly find: (search: string) => Promise<readonly LivePerson[]>
  /** Who of these few is there. */
  readonly among: (identities: readonly string[]) => readonly LivePerson[]
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

  return {
    async find(search) {
      const beginnings = beginningsOf(search)
      const matches = new Set<string>()
      // Somebody may have another name in another room, so all their rows are kept until it is known who matches.
      const everybody = createGathering()
      let looked = 0
      for (const { name, room } of [...rooms.all()]) {
        if (!room) continue
        for (const row of room.participants.values()) {
          if (!isCounted(row)) continue
          everybody.add(name, row)
          if (beginnings.length === 0 || hasBeginnings(wordsOfRow(row), beginnings)) matches.add(row.identity)
          looked += 1
          if (looked % AT_ONCE === 0) await nextTurn()
        }
      }
      return everybody.newestFirst().filter(({ identity }) => matches.has(identity))
    },
    among(identities) {
      const found = createGathering()
      for (const { name, room } of rooms.all()) {
        for (const identity of room ? identities : []) {
          const row = room?.participants.get(identity)
          if (row && isCounted(row)) found.add(name, row)
        }
      }
      return found.newestFirst()
    },
  }
}

/** Rows of any rooms, of which each person becomes one, under the newest name. */
function createGathering() {
  const people = new Map<string, LivePerson>()
  return {
    add(room: string, { identity, name, joinedAt: since }: ParticipantRow): void {
      const before = people.get(identity)
      const newest = before && before.since > since ? before : { name: name || (before?.name ?? ''), since }
      people.set(identity, { identity, name: newest.name, since: newest.since, rooms: [...(before?.rooms ?? []), room] })
    },
    newestFirst: (): LivePerson[] => [...people.values()].toSorted((a, b) => b.since - a.since),
  }
}
