import type { LiveRooms } from '#server/rooms/live-rooms.ts'
import type { Look, SweepState } from '#server/rooms/sweep-board.ts'

/** Looks for what no list of LiveKit's can tell of: keys of rooms that are damaged, disagree, or that nothing names any more. */
export type Upkeep = {
  /** What the next command is to look at on its way. The rooms' keys always; for stray keys every interval. */
  readonly look: () => Look
  /** Goes on from what a command found; answers how many rooms' keys were put right. */
  readonly take: (looked: Look, state: SweepState) => Promise<number>
  /** Looks at everything now, in as many commands as that takes; null where the store can't be used. */
  readonly pass: () => Promise<number | null>
  /** When everything was looked at last, ms. */
  readonly last: () => number | null
}

type Options = {
  readonly rooms: LiveRooms
  readonly instance: string
  readonly intervalMs: number
  readonly now: () => number
  /** Hears of each room whose keys were put right. */
  readonly onRepaired: (room: string) => void
}

const nothing: Look = { rooms: null, strays: null }

export function createUpkeep({ rooms, instance, intervalMs, now, onRepaired }: Options): Upkeep {
  const startedAt = now()
  let last: number | null = null
  let next = nothing
  // The surplus that a pass was made for: one that stays is not looked for again and again.
  let explained = 0

  async function restore(names: readonly string[]): Promise<number> {
    let count = 0
    for (const name of names) {
      if (!(await rooms.restore(name))) continue
      count += 1
      onRepaired(name)
    }
    return count
  }

  /** How many rooms the store lists that are not live here, or the other way round (below 0); 0 too while not all that was written was read. */
  function surplus({ cursor, indexed }: SweepState): number {
    if (cursor !== rooms.cursor()) return 0
    let live = 0
    for (const { room } of rooms.allNewest()) if (room) live += 1
    return indexed - live
  }

  async function pass(): Promise<number | null> {
    let look: Look = { rooms: -1, strays: '0' }
    let count = 0
    while (look.rooms !== null || look.strays !== null) {
      const state = await rooms.sweeps.post({ instance, leaseMs: 0, report: null, look })
      if (!state) return null
      count += await restore(state.damaged)
      look = state.next
    }
    next = nothing
    done()
    return count
  }

  function done(): void {
    last = now()
    rooms.forget()
  }

  return {
    look() {
      const isDue = now() - (last ?? startedAt) >= intervalMs
      return { rooms: next.rooms ?? -1, strays: next.strays ?? (isDue ? '0' : null) }
    },
    async take(looked, state) {
      const found = surplus(state)
      const isNew = found !== 0 && found !== explained
      explained = found
      const count = await restore(state.damaged)
      next = state.next
      if (looked.strays !== null && next.strays === null) done()
      else if (isNew) return count + ((await pass()) ?? 0)
      return count
    },
    pass,
    last: () => last,
  }
}
