import type { AttentionMark, AttentionSettings } from '#shared/domain/attention.ts'
import type { Presence } from '#shared/domain/presence.ts'
import { Disposables } from '#shared/lib/disposables.ts'
import { Emitter } from '#shared/lib/emitter.ts'
import type { LiveRooms } from '#server/rooms/live-rooms.ts'
import { createDueQueue } from './due-queue.ts'
import {
  beginWatch,
  heedsChanges,
  look,
  noMarks,
  withPresence,
  withRoom,
  withRules,
  withTold,
  wantsObserver,
  type RoomWatch,
} from './room-watch.ts'
import { thresholdsFor } from './thresholds-for.ts'

/** The longest that the timer sleeps, ms; Node's own limit is 24 days, and a clock may be set anew meanwhile. */
const LONGEST_MS = 3_600_000

/** Which rooms ask for attention, and why. */
export type Attention = {
  /** The marks of a room, in the order of the rules. */
  readonly of: (room: string) => readonly AttentionMark[]
  /** The name of a room whose marks have changed. */
  readonly changed: Emitter<string>
  /** Whether observing this room comes before others; see `wantsObserver`. */
  readonly wants: (room: string) => boolean
  /** How many marks the rooms have now. */
  readonly count: () => number
  /** Reads the settings again, and looks at every room. */
  readonly settingsChanged: () => void
  readonly stop: () => void
}

type Options = {
  readonly rooms: Pick<LiveRooms, 'get' | 'all' | 'moved' | 'told' | 'confirmedRooms'>
  /** The newest observation of a room. */
  readonly presence: { readonly get: (room: string) => Presence | null; readonly changed: Emitter<Presence> }
  readonly settings: () => AttentionSettings
  readonly now?: () => number
}

/**
 * Looks at a room when something happens there that a rule asks for, and when it is due by the one timer; so rooms where nothing happens cost nothing. What has no due
 * moment of its own yet, such as a new confirmation, is not planned anew: the room is looked at once for nothing at the old moment.
 *
 * Every instance comes to the same marks by the same events. One that has just started knows no attempts, joins and bad connections from before.
 */
export function createAttention({ rooms, presence, settings, now = () => Date.now() }: Options): Attention {
  const watches = new Map<string, RoomWatch>()
  const marked = new Set<string>()
  const due = createDueQueue()
  const changed = new Emitter<string>()
  let rulesOf = thresholdsFor(settings())
  let timer: NodeJS.Timeout | undefined
  let armedFor = Infinity

  function arm(): void {
    const next = due.next()
    // A timer that is too early looks at nothing and is set again.
    if (next === null || next >= armedFor) return
    clearTimeout(timer)
    armedFor = next
    timer = setTimeout(tick, Math.min(Math.max(0, next - now()), LONGEST_MS)).unref()
  }

  function tick(): void {
    const at = now()
    // Set once, when all that is due was looked at.
    armedFor = -Infinity
    for (let name = due.take(at); name !== null; name = due.take(at)) {
      const watch = watches.get(name)
      if (watch) lookAt(name, watch, at)
    }
    armedFor = Infinity
    arm()
  }

  function lookAt(name: string, watch: RoomWatch, at = now()): void {
    const { room } = rooms.get(name)
    if (!room) return forget(name)
    const looked = look(watch, { room, observedAt: presence.get(name)?.at ?? null, now: at })
    due.set(name, looked.due === null ? null : Math.max(looked.due, at + 1))
    keep(name, looked.watch)
    arm()
  }

  function keep(name: string, watch: RoomWatch): void {
    const before = watches.get(name)?.marks ?? noMarks
    watches.set(name, watch)
    if (watch.marks === before) return
    if (watch.marks.length > 0) marked.add(name)
    else marked.delete(name)
    changed.emit(name)
  }

  function forget(name: string): void {
    const had = marked.delete(name)
    watches.delete(name)
    due.set(name, null)
    if (had) changed.emit(name)
  }

  function lookAfresh(name: string, watch: RoomWatch): void {
    const observation = presence.get(name)
    lookAt(name, observation ? withPresence(watch, observation) : watch)
  }

  function lookAtMarked(): void {
    for (const name of marked) {
      const watch = watches.get(name)
      if (watch) lookAt(name, watch)
    }
  }

  const subscriptions = new Disposables()
  subscriptions.add(
    rooms.moved.subscribe(({ before, after: { name, room } }) => {
      if (!room) return forget(name)
      const watch = watches.get(name)
      if (!watch || before.room?.facts.sid !== room.facts.sid) lookAfresh(name, beginWatch(rulesOf(name), room))
      else if (heedsChanges(watch)) lookAt(name, withRoom(watch, room))
    }),
    rooms.told.subscribe((event) => {
      const { name = '', sid = '' } = event.data.room ?? {}
      const watch = watches.get(name)
      if (!watch || (sid !== '' && sid !== rooms.get(name).room?.facts.sid)) return
      const told = withTold(watch, event)
      if (told !== watch) lookAt(name, told)
    }),
    // The others have no mark that a confirmation could take away.
    rooms.confirmedRooms.subscribe(lookAtMarked),
    presence.changed.subscribe((observation) => {
      const watch = watches.get(observation.room)
      if (!watch) return
      const observed = withPresence(watch, observation)
      if (heedsChanges(observed)) lookAt(observation.room, observed)
      else watches.set(observation.room, observed)
    }),
    () => clearTimeout(timer),
  )
  for (const { name, room } of rooms.all()) if (room) lookAfresh(name, beginWatch(rulesOf(name), room))

  return {
    of: (room) => watches.get(room)?.marks ?? noMarks,
    changed,
    wants(name) {
      const watch = watches.get(name)
      const { room } = rooms.get(name)
      return watch !== undefined && room !== null && wantsObserver(watch, room, now())
    },
    count() {
      let count = 0
      for (const name of marked) count += watches.get(name)?.marks.length ?? 0
      return count
    },
    settingsChanged() {
      rulesOf = thresholdsFor(settings())
      for (const [name, watch] of [...watches]) {
        const { room } = rooms.get(name)
        if (room) lookAfresh(name, withRules(watch, rulesOf(name), room))
      }
    },
    stop: () => subscriptions.dispose(),
  }
}
