import { isInForce, type Measure } from '#shared/domain/measure.ts'

/** Measures in memory, found by whom and where they hold; what asks for one person never looks at those of others. */
export type MeasureIndex = {
  readonly get: (id: string) => Measure | undefined
  readonly put: (measure: Measure) => void
  readonly remove: (id: string) => void
  readonly all: () => Iterable<Measure>
  readonly size: () => number
  /** Those of a room, and those of all rooms. */
  readonly ofRoom: (room: string) => Measure[]
  /** Those that name this person, and those for everybody, as far as they hold in that room. Who is left out of which is not looked at. */
  readonly about: (identity: string, room: string) => Measure[]
}

type Groups = Map<string, Map<string, Measure>>
/** Where something holds in all rooms; no room has an empty name. */
const EVERYWHERE = ''

export function createMeasureIndex(): MeasureIndex {
  const byId = new Map<string, Measure>()
  const byPerson: Groups = new Map()
  const byRoom: Groups = new Map()
  // Those for everybody.
  const crowds: Groups = new Map()

  function placesOf(measure: Measure): readonly (readonly [Groups, string])[] {
    const room = measure.scope === 'all' ? EVERYWHERE : (measure.room ?? EVERYWHERE)
    return [[byRoom, room], measure.identity === undefined ? [crowds, room] : [byPerson, measure.identity]]
  }

  function remove(id: string): void {
    const measure = byId.get(id)
    if (!measure) return
    byId.delete(id)
    for (const [groups, name] of placesOf(measure)) {
      const group = groups.get(name)
      group?.delete(id)
      if (group?.size === 0) groups.delete(name)
    }
  }

  return {
    get: (id) => byId.get(id),
    put(measure) {
      remove(measure.id)
      byId.set(measure.id, measure)
      for (const [groups, name] of placesOf(measure)) {
        const group = groups.get(name) ?? new Map<string, Measure>()
        groups.set(name, group)
        group.set(measure.id, measure)
      }
    },
    remove,
    all: () => byId.values(),
    size: () => byId.size,
    ofRoom: (room) => [...(byRoom.get(room)?.values() ?? []), ...(byRoom.get(EVERYWHERE)?.values() ?? [])],
    about(identity, room) {
      const found: Measure[] = []
      for (const measure of byPerson.get(identity)?.values() ?? [])
        if (measure.scope === 'all' || measure.room === room) found.push(measure)
      for (const name of [room, EVERYWHERE]) for (const measure of crowds.get(name)?.values() ?? []) found.push(measure)
      return found
    },
  }
}

/** The newest of two versions of a measure. */
export function isNewer(measure: Measure, known: Measure | undefined): boolean {
  return known === undefined || measure.revision > known.revision
}

/** When a measure runs out by itself, ms; null where it doesn't, or is over already. */
export function runsOutAt(measure: Measure, now: number): number | null {
  return isInForce(measure, now) ? measure.until : null
}
