import { randomUUID } from 'node:crypto'
import type { ConnectionQuality, Presence } from '#shared/domain/presence.ts'
import { assertNever } from '#shared/lib/assert-never.ts'
import { THE_ROOM } from '#server/moderation/acting.ts'
import { comparePerson, compareRoom, LATE_MS, leftEvent, overEvents, type Comparison } from '#server/rooms/compare-room.ts'
import type { LiveRooms } from '#server/rooms/live-rooms.ts'
import { isLater } from '#server/rooms/room-draft.ts'
import type { RoomEvent } from '#server/rooms/room-event.ts'
import type { ParticipantFacts, RoomFacts } from '#server/rooms/room-model.ts'
import { createThrottle } from './throttle.ts'
import type { ObserverEnd, ObserveTarget, RoomObserver, SeenPerson, Sighting } from './room-observer.ts'

/** The least time between two tellings of a room's presence, ms: at most two a second. LiveKit's own tick is 400 ms, unless it is set. */
const PRESENCE_MS = 480
/** How often a room in which nothing changes is told again, ms, because that is news too: with each ping, which is every 5 s. */
const CONFIRM_MS = 4000
/** How many sightings may wait to be stored; with more, all that is seen is compared again. */
const WAITING = 2000

/** A room while it is observed. */
export type ObservedRoom = {
  /** Compares all that is seen with what is stored, as after a time in which nothing could be stored. */
  readonly compareAgain: () => void
  /** Stops observing; nothing is told after. */
  readonly close: () => void
}

type Options = {
  readonly target: ObserveTarget
  readonly observer: RoomObserver
  readonly rooms: Pick<LiveRooms, 'newest' | 'submit'>
  /** Resolves when nobody acts on somebody (or on the room itself) now; null where nobody does. */
  readonly settled: (room: string, identity: string) => Promise<void> | null
  readonly onJoined: () => void
  readonly onPresence: (presence: Presence) => void
  /** Whether the media connection stands, without which there is no quality: null, or why it does not. */
  readonly onMedia: (trouble: string | null) => void
  readonly onEnded: (end: ObserverEnd) => void
  readonly now?: () => number
}

type Work =
  | { readonly kind: 'all'; readonly asOf: number }
  | { readonly kind: 'again' }
  | { readonly kind: 'room'; readonly facts: RoomFacts }
  | { readonly kind: 'person'; readonly seen: SeenPerson }
  | { readonly kind: 'over' }

/** Begins to observe: what is seen becomes events of the room, one after the other, and presence. */
export function openObservedRoom(options: Options): ObservedRoom {
  const { target, observer, rooms, settled, onJoined, onPresence, onMedia, onEnded, now = Date.now } = options
  const { room: name, sid } = target
  const people = new Map<string, ParticipantFacts>()
  const levels = new Map<string, number>()
  const qualities = new Map<string, ConnectionQuality>()
  let facts: RoomFacts | null = null
  let work: Work[] = []
  let working = false
  /** Something could not be stored. */
  let behind = false
  let ended = false
  /** When presence was told last, ms of a clock that never jumps. */
  let toldAt: number | null = null

  const presence = createThrottle(PRESENCE_MS, tellPresence)

  function tellPresence(): void {
    toldAt = performance.now()
    onPresence({ room: name, at: now(), ...toPresence(people, levels, qualities) })
  }

  function hear(sighting: Sighting): void {
    switch (sighting.type) {
      case 'joined':
        facts = sighting.facts
        for (const seen of sighting.people) see(seen)
        put({ kind: 'all', asOf: sighting.asOf })
        onJoined()
        return presence.touch()
      case 'people':
        for (const seen of sighting.people) {
          see(seen)
          put({ kind: 'person', seen })
        }
        return presence.touch()
      case 'room':
        facts = sighting.facts
        return put({ kind: 'room', facts: sighting.facts })
      case 'speakers':
        for (const speaker of sighting.speakers) {
          if (speaker.level > 0) levels.set(speaker.sid, speaker.level)
          else levels.delete(speaker.sid)
        }
        return presence.touch()
      case 'quality':
        for (const each of sighting.quality) qualities.set(each.sid, each.quality)
        return presence.touch()
      case 'media':
        return onMedia(sighting.trouble)
      case 'alive':
        if (behind) put({ kind: 'again' })
        if (toldAt !== null && performance.now() - toldAt >= CONFIRM_MS) presence.touch()
        return
      case 'ended':
        if (sighting.end.kind === 'over') put({ kind: 'over' })
        stop()
        return onEnded(sighting.end)
      default:
        assertNever(sighting, 'sighting')
    }
  }

  function see({ facts: seen, state }: SeenPerson): void {
    const earlier = people.get(seen.identity)
    if (state !== 'active') {
      forget(seen.sid)
      if (earlier?.sid === seen.sid) people.delete(seen.identity)
      return
    }
    if (earlier && earlier.sid !== seen.sid) {
      // A late word of an earlier stay.
      if (isLater(earlier.joinedAt, earlier.sid, seen.joinedAt, seen.sid)) return
      forget(earlier.sid)
    }
    people.set(seen.identity, seen)
  }

  function forget(gone: string): void {
    levels.delete(gone)
    qualities.delete(gone)
  }

  function put(item: Work): void {
    if (work.length >= WAITING) work = [{ kind: 'again' }]
    else work.push(item)
    if (!working) void doWork()
  }

  async function doWork(): Promise<void> {
    working = true
    for (let item = work.shift(); item; item = work.shift()) await store(item)
    working = false
  }

  async function store(item: Work): Promise<void> {
    // All of it is compared again once something can be stored.
    if (behind && item.kind !== 'again') return
    switch (item.kind) {
      case 'all':
        return tell(() => differences(item.asOf))
      case 'again':
        behind = false
        return tell(() => differences(now() - LATE_MS))
      case 'room':
        await settled(name, THE_ROOM)
        return tell(() => compareRoom(rooms.newest(name), { name, facts: item.facts }, [], look(null)).events)
      case 'person': {
        const { identity } = item.seen.facts
        // What an operator does is told with who did it, once it is done.
        await settled(name, identity)
        return tell(() => changesOf(item.seen))
      }
      case 'over':
        return tell(() => overEvents(rooms.newest(name), look(null)))
      default:
        assertNever(item, 'work')
    }
  }

  /** Stores what a look at the record comes to, if that is still of this session. */
  async function tell(find: () => readonly RoomEvent[]): Promise<void> {
    if (rooms.newest(name).room?.facts.sid !== sid) return
    for (const event of find()) {
      const submitted = await rooms.submit(event)
      if (submitted.kind === 'unavailable') {
        behind = true
        return
      }
    }
  }

  function look(asOf: number | null): Comparison {
    return { cause: 'observer', at: now(), asOf, newId: randomUUID }
  }

  /** All that is different. Who is missing has left, unless that changed after `asOf` (ms). */
  function differences(asOf: number): RoomEvent[] {
    if (!facts) return []
    const seen = [...people.values()].map((each) => ({ facts: each, active: true }))
    const { events, missing } = compareRoom(rooms.newest(name), { name, facts }, seen, look(null))
    const gone = missing.filter((row) => !row.hidden && row.changedAt <= asOf)
    return [...events, ...gone.map((row) => leftEvent(row, { name, sid }, look(asOf)))]
  }

  function changesOf({ facts: seen, state }: SeenPerson): RoomEvent[] {
    const reference = { name, sid, facts }
    if (state === 'active') return comparePerson(rooms.newest(name), reference, seen, look(null))
    const row = rooms.newest(name).room?.participants.get(seen.identity)
    return state === 'gone' && row?.online && row.sid === seen.sid ? [leftEvent(seen, { name, sid }, look(null))] : []
  }

  function stop(): void {
    if (ended) return
    ended = true
    presence.stop()
    // Who spoke last is not who speaks.
    levels.clear()
    if (toldAt !== null) tellPresence()
  }

  const leave = observer(target, (sighting) => {
    if (!ended) hear(sighting)
  })
  return {
    compareAgain: () => put({ kind: 'again' }),
    close() {
      leave()
      stop()
    },
  }
}

function toPresence(
  people: ReadonlyMap<string, ParticipantFacts>,
  levels: ReadonlyMap<string, number>,
  qualities: ReadonlyMap<string, ConnectionQuality>,
): Pick<Presence, 'speaking' | 'quality'> {
  const speaking: { identity: string; level: number }[] = []
  const quality: { identity: string; quality: ConnectionQuality }[] = []
  for (const { identity, sid, tracks, hidden } of people.values()) {
    // Nobody is to know of them.
    if (hidden) continue
    const level = levels.get(sid)
    if (level !== undefined) speaking.push({ identity, level })
    // LiveKit has none for who publishes nothing, and may go on with the last one.
    quality.push({ identity, quality: tracks.length === 0 ? 'unknown' : (qualities.get(sid) ?? 'unknown') })
  }
  return { speaking: speaking.toSorted((a, b) => b.level - a.level), quality }
}
