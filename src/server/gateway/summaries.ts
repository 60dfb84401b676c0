import type { RoomsUpdate, RoomSummary } from '#shared/domain/room.ts'
import { Disposables } from '#shared/lib/disposables.ts'
import { Emitter } from '#shared/lib/emitter.ts'
import type { PresenceBoard } from '#server/observers/presence-board.ts'
import type { LiveRooms } from '#server/rooms/live-rooms.ts'
import { toSummary } from '#server/rooms/room-view.ts'

/** The least time between two updates of the wall, ms: at most 4 a second. */
const INTERVAL_MS = 250

/** The wall: a summary per shown room, and coalesced updates of them. */
export type Summaries = {
  readonly all: () => RoomSummary[]
  /** Tells how to read an update, so that none is made where nobody watches. A name in `removed` may be one that a client never heard of. */
  readonly updates: Emitter<() => RoomsUpdate>
  /** Tells what waits to be told at once. */
  readonly flush: () => void
  readonly stop: () => void
}

export function createSummaries(rooms: LiveRooms, board: PresenceBoard): Summaries {
  const updates = new Emitter<() => RoomsUpdate>()
  const dirty = new Set<string>()
  let timer: NodeJS.Timeout | undefined
  let last = -INTERVAL_MS

  function summary(name: string): RoomSummary | null {
    return toSummary(rooms.get(name), board.get(name))
  }

  function update(names: readonly string[]): RoomsUpdate {
    const changed: RoomSummary[] = []
    const removed: string[] = []
    for (const name of names) {
      const now = summary(name)
      if (now) changed.push(now)
      else removed.push(name)
    }
    return { changed, removed }
  }

  function flush(): void {
    clearTimeout(timer)
    timer = undefined
    last = performance.now()
    const names = [...dirty]
    dirty.clear()
    if (names.length > 0) updates.emit(() => update(names))
  }

  function touch(name: string): void {
    dirty.add(name)
    timer ??= setTimeout(flush, Math.max(0, last + INTERVAL_MS - performance.now()))
  }

  const subscriptions = new Disposables()
  subscriptions.add(
    rooms.moved.subscribe(({ after }) => touch(after.name)),
    rooms.confirmedRooms.subscribe((names) => names.forEach(touch)),
    board.changed.subscribe(({ room }) => touch(room)),
  )
  return {
    all: () => [...rooms.all()].flatMap((record) => summary(record.name) ?? []),
    updates,
    flush,
    stop() {
      subscriptions.dispose()
      clearTimeout(timer)
    },
  }
}
