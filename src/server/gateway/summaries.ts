import type { Presence } from '#shared/domain/presence.ts'
import type { RoomsUpdate, RoomSummary } from '#shared/domain/room.ts'
import { Disposables } from '#shared/lib/disposables.ts'
import { Emitter } from '#shared/lib/emitter.ts'
import type { Attention } from '#server/attention/attention.ts'
import type { PresenceBoard } from '#server/observers/presence-board.ts'
import type { LiveRooms, RoomMoved } from '#server/rooms/live-rooms.ts'
import { toSummary } from '#server/rooms/room-view.ts'
import { createWallPace, type Urgency } from './wall-pace.ts'

/** The wall: a summary per shown room, and coalesced updates of them. */
export type Summaries = {
  readonly all: () => RoomSummary[]
  /** Tells how to read an update, so that none is made where nobody watches. A name in `removed` may be one that a client never heard of. */
  readonly updates: Emitter<() => RoomsUpdate>
  /** Tells what waits to be told at once. */
  readonly flush: () => void
  readonly stop: () => void
}

export function createSummaries(rooms: LiveRooms, board: PresenceBoard, attention: Pick<Attention, 'of' | 'changed'>): Summaries {
  const updates = new Emitter<() => RoomsUpdate>()
  const dirty = new Set<string>()
  const pace = createWallPace(flush)
  /** Who spoke in each room when it was looked at last: that somebody begins or stops is more than that they go on. */
  const spoke = new Map<string, string>()

  function summary(name: string): RoomSummary | null {
    return toSummary(rooms.get(name), { presence: board.get(name), attention: attention.of(name) })
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
    pace.sent()
    const names = [...dirty]
    dirty.clear()
    if (names.length > 0) updates.emit(() => update(names))
  }

  function touch(name: string, urgency: Urgency): void {
    dirty.add(name)
    pace.touch(urgency)
  }

  function observed({ room, speaking }: Presence): void {
    const speakers = JSON.stringify(speaking.map(({ identity }) => identity).toSorted())
    const isNews = (spoke.get(room) ?? '[]') !== speakers
    if (speaking.length > 0) spoke.set(room, speakers)
    else spoke.delete(room)
    touch(room, isNews ? 'now' : 'along')
  }

  const subscriptions = new Disposables()
  subscriptions.add(
    rooms.moved.subscribe((moved) => {
      const { name, room } = moved.after
      if (!room) spoke.delete(name)
      touch(name, changesPeople(moved) ? 'now' : 'along')
    }),
    rooms.confirmedRooms.subscribe((names) => {
      for (const name of names) touch(name, 'along')
    }),
    board.changed.subscribe(observed),
    attention.changed.subscribe((name) => touch(name, 'now')),
  )
  return {
    all: () => [...rooms.all()].flatMap((record) => summary(record.name) ?? []),
    updates,
    flush,
    stop() {
      subscriptions.dispose()
      pace.stop()
    },
  }
}

/** Whether somebody came or went. */
function changesPeople({ before, change }: RoomMoved): boolean {
  if (!change || change.session !== 'same') return true
  return change.participants.some(({ identity, online }) => (before.room?.participants.get(identity)?.online ?? false) !== online)
}
