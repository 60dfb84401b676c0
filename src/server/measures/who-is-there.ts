import type { Measure } from '#shared/domain/measure.ts'
import type { LiveRooms } from '#server/rooms/live-rooms.ts'
import { isSubject } from './demand.ts'

/** Somebody in a room. */
export type Person = { readonly room: string; readonly identity: string }

type Rooms = Pick<LiveRooms, 'newest' | 'allNewest'>

/** Everybody in these rooms whom measures are for. */
export function* everybodyIn(rooms: Pick<Rooms, 'newest'>, names: Iterable<string>): Generator<Person> {
  for (const room of names) {
    for (const row of rooms.newest(room).room?.participants.values() ?? []) if (isSubject(row)) yield { room, identity: row.identity }
  }
}

/** Everybody whom a measure is about and who is there; who is left out of it is not looked at. */
export function concernedBy(rooms: Rooms, measure: Measure): Person[] {
  const places = measure.scope === 'room' ? [measure.room ?? ''] : namesOf(rooms)
  const { identity } = measure
  if (identity === undefined) return [...everybodyIn(rooms, places)]
  const isThere = (room: string) => {
    const row = rooms.newest(room).room?.participants.get(identity)
    return row !== undefined && isSubject(row)
  }
  return places.filter(isThere).map((room) => ({ room, identity }))
}

export function namesOf(rooms: Pick<Rooms, 'allNewest'>): string[] {
  return [...rooms.allNewest()].map(({ name }) => name)
}

/** As the key of a map. */
export function keyOf({ room, identity }: Person): string {
  return JSON.stringify([room, identity])
}
