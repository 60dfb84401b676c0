import type { ConnectionQuality } from '#shared/domain/presence.ts'
import { assertNever } from '#shared/lib/assert-never.ts'
import type { HistoryFact, HistoryRoom, HistorySink } from './history-sink.ts'
import type { Span } from './spans.ts'
import { sumUpTalk, type Talk } from './talk.ts'

/** How much is remembered; the oldest is dropped. The usual limits come to half a megabyte for a room in which people have talked for some hours. */
export type HistoryLimits = {
  /** Intervals and changes of quality of one person. */
  readonly intervals: number
  readonly qualities: number
  /** Both, of everybody in a room. */
  readonly entries: number
  /** Spans in which a room was observed. */
  readonly observed: number
}
const usualLimits: HistoryLimits = { intervals: 500, qualities: 200, entries: 5000, observed: 500 }
/** Which part of a room's entries is dropped when there are too many, so that it is seldom done. */
const DROPPED = 0.1

type SpokenInterval = Span & { readonly peak: number }
type QualityChange = { readonly at: number; readonly quality: ConnectionQuality }

/**
 * What is remembered of one stay, oldest first. Times in ms. `quality` begins with the first that was known: who published nothing until then, and who was never observed, has none
 * before.
 */
export type StayHistory = Talk & { readonly intervals: readonly SpokenInterval[]; readonly quality: readonly QualityChange[] }

/** The history of live rooms, as far as this instance observed them, for as long as the room lives. */
export type MemoryHistory = {
  readonly sink: HistorySink
  /** `stay`: from joining to leaving, or to now, ms; the room's record knows it. */
  readonly of: (roomSid: string, participantSid: string, stay: Span) => StayHistory
  /** Forgets a session that ended. */
  readonly forget: (roomSid: string) => void
}

/** `wholeSince`: of what was before it (ms) some intervals are forgotten. */
type Person = { spoke: SpokenInterval[]; quality: QualityChange[]; wholeSince: number }
type Room = { readonly observed: Span[]; readonly people: Map<string, Person>; entries: number; wholeSince: number }

/** Keeps nothing of a session that isn't live: an observer tells the last of it when it is over. */
export function createMemoryHistory(isLive: (room: HistoryRoom) => boolean, limits: HistoryLimits = usualLimits): MemoryHistory {
  const rooms = new Map<string, Room>()

  function sink(fact: HistoryFact): void {
    if (!isLive(fact.room)) return
    const room = rooms.get(fact.room.sid) ?? { observed: [], people: new Map<string, Person>(), entries: 0, wholeSince: -Infinity }
    rooms.set(fact.room.sid, room)
    switch (fact.kind) {
      case 'observed':
        return void keepSpan(room.observed, { from: fact.from, to: fact.to }, limits.observed)
      case 'spoke':
        return keepOf(room, fact.participant.sid, (person) => {
          const dropped = keepSpan(person.spoke, { from: fact.from, to: fact.to, peak: fact.peak }, limits.intervals)
          if (dropped) person.wholeSince = Math.max(person.wholeSince, dropped.to)
        })
      case 'quality_changed':
        return keepOf(room, fact.participant.sid, ({ quality }) => {
          // Of an audience of thousands, who never publish, there is nothing to keep.
          if (fact.quality === (quality.at(-1)?.quality ?? 'unknown')) return
          keep(quality, { at: fact.at, quality: fact.quality }, limits.qualities)
        })
      default:
        assertNever(fact, 'fact')
    }
  }

  function keepOf(room: Room, sid: string, change: (person: Person) => void): void {
    const person = room.people.get(sid) ?? { spoke: [], quality: [], wholeSince: -Infinity }
    const before = count(person)
    change(person)
    if (count(person) === 0) return
    room.people.set(sid, person)
    room.entries += count(person) - before
    if (room.entries > limits.entries) dropOldest(room, Math.max(1, Math.floor(limits.entries * DROPPED)))
  }

  return {
    sink,
    of(roomSid, participantSid, stay) {
      const room = rooms.get(roomSid)
      const person = room?.people.get(participantSid)
      const intervals = [...(person?.spoke ?? [])]
      const wholeSince = Math.max(room?.wholeSince ?? -Infinity, person?.wholeSince ?? -Infinity)
      const talk = sumUpTalk({ stay, observed: room?.observed ?? [], spoke: intervals, wholeSince })
      return { ...talk, intervals, quality: [...(person?.quality ?? [])] }
    },
    forget: (roomSid) => void rooms.delete(roomSid),
  }
}

function count({ spoke, quality }: Person): number {
  return spoke.length + quality.length
}

/** Drops so many of the oldest entries, and others of the same moment. Who has none left is forgotten, too. */
function dropOldest(room: Room, number: number): void {
  const times = [...room.people.values()].flatMap(({ spoke, quality }) => [...spoke.map(({ to }) => to), ...quality.map(({ at }) => at)])
  const until = times.toSorted((a, b) => a - b)[number - 1] ?? -Infinity
  room.entries = 0
  for (const [sid, person] of room.people) {
    for (const { to } of person.spoke) if (to <= until) room.wholeSince = Math.max(room.wholeSince, to)
    person.spoke = person.spoke.filter(({ to }) => to > until)
    person.quality = person.quality.filter(({ at }) => at > until)
    if (count(person) === 0) room.people.delete(sid)
    room.entries += count(person)
  }
}

/** Adds a span, or takes it for the last one told again; answers what was dropped for it. */
function keepSpan<T extends Span>(spans: T[], span: T, most: number): T | undefined {
  if (spans.at(-1)?.from !== span.from) return keep(spans, span, most)
  spans[spans.length - 1] = span
  return undefined
}

/** Adds at the end; answers what was dropped for it at the front. */
function keep<T>(list: T[], entry: T, most: number): T | undefined {
  list.push(entry)
  return list.length > most ? list.shift() : undefined
}
