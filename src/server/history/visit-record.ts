import type { ConnectionQuality } from '#shared/domain/presence.ts'
import type { Track } from '#shared/domain/participant.ts'
import type { ObserveTarget, SeenPerson, Sighting } from '#server/observers/room-observer.ts'
import type { HistoryParticipant, HistorySink } from './history-sink.ts'
import { fallSilent, isOver, speakOn, spokenIn, TICK_MS, type Turn } from './turn.ts'

/** How often what lasts is told, ms: so much is lost in a crash. */
const TELL_MS = 10_000
/**
 * After how long without a sign the room doesn't count as observed meanwhile, ms: LiveKit answers a ping every 5 s. So it is after a computer slept, or its clock was set.
 */
const QUIET_MS = 30_000

/** What one visit of an observer to a room comes to. Times in ms. */
export type VisitRecord = {
  readonly hear: (sighting: Sighting, now: number) => void
  /** The observer leaves; a second call does nothing. */
  readonly end: (now: number) => void
}

type Person = {
  readonly who: HistoryParticipant
  readonly seenSince: number
  active: boolean
  publishes: boolean
  heardQuality: ConnectionQuality | null
  toldQuality: ConnectionQuality | null
  turn: Turn | null
}

/** Tells the sink what a visit shows. It has no timer: what is over is told at the next sign from the room, and there is one every 5 s at least. */
export function createVisitRecord({ room: name, sid: roomSid }: ObserveTarget, sink: HistorySink): VisitRecord {
  const room = { name, sid: roomSid }
  const people = new Map<string, Person>()
  const sids = new Map<string, string>()
  const talking = new Set<Person>()
  /** When the span that lasts began; null while the observer isn't in the room. */
  let since: number | null = null
  let seenAt = 0
  let toldAt = 0

  function begin(now: number): void {
    since = now
    seenAt = now
    toldAt = now
  }

  /** Closes all that lasts. */
  function close(at: number): void {
    if (since === null) return
    for (const person of talking) endTurn(person, at)
    tellObserved(at)
    since = null
  }

  /** When a sign that comes at `now` was given; null where nobody knows what was since the last. */
  function follow(now: number): number | null {
    return Math.abs(now - seenAt) > QUIET_MS ? null : Math.max(seenAt, now)
  }

  function pass(now: number): void {
    const at = follow(now)
    if (at === null) {
      // Who goes on speaking is heard again when their level changes.
      close(seenAt)
      return begin(now)
    }
    seenAt = at
    for (const person of talking) if (person.turn && isOver(person.turn, at)) endTurn(person, at)
    if (at - toldAt >= TELL_MS) tellSoFar(at)
  }

  function tellSoFar(at: number): void {
    toldAt = at
    for (const person of talking) {
      // One that is cut off before a tick is over is told to have begun earlier, and may go on after a pause: it would be told with two beginnings.
      if (person.turn?.silentSince === null && at - person.turn.from >= TICK_MS) tellTurn(person, person.turn, at)
    }
    tellObserved(at)
  }

  function tellObserved(to: number): void {
    if (since !== null && to > since) sink({ kind: 'observed', room, from: since, to })
  }

  function tellTurn({ who: participant, seenSince }: Person, turn: Turn, at: number): void {
    const { from, to } = spokenIn(turn, at, Math.max(since ?? at, seenSince))
    if (to > from) sink({ kind: 'spoke', room, participant, from, to, peak: turn.peak })
  }

  function endTurn(person: Person, at: number): void {
    if (person.turn) tellTurn(person, person.turn, at)
    person.turn = null
    talking.delete(person)
  }

  function see({ facts, state }: SeenPerson): void {
    const { identity, sid, tracks, hidden } = facts
    if (hidden) return
    if (state === 'gone') return leave(sid)
    const earlier = sids.get(identity)
    if (earlier !== undefined && earlier !== sid) leave(earlier)
    const person = people.get(sid) ?? newPerson({ identity, sid }, seenAt)
    people.set(sid, person)
    sids.set(identity, sid)
    person.active ||= state === 'active'
    person.publishes = tracks.length > 0
    if (person.turn && !tracks.some(canBeHeard)) person.turn = fallSilent(person.turn, seenAt)
    tellQuality(person)
  }

  function leave(sid: string): void {
    const person = people.get(sid)
    if (!person) return
    endTurn(person, seenAt)
    people.delete(sid)
    sids.delete(person.who.identity)
  }

  function hearLevel(sid: string, level: number): void {
    const person = people.get(sid)
    if (!person) return
    if (level > 0) {
      person.turn = speakOn(person.turn, seenAt, level)
      talking.add(person)
    } else if (person.turn) person.turn = fallSilent(person.turn, seenAt)
  }

  function hearQuality(sid: string, quality: ConnectionQuality): void {
    const person = people.get(sid)
    if (!person) return
    person.heardQuality = quality
    tellQuality(person)
  }

  function tellQuality(person: Person): void {
    // LiveKit may go on with the last one of who publishes nothing any more.
    const quality = person.publishes ? person.heardQuality : person.active ? 'unknown' : null
    if (quality === null || quality === person.toldQuality) return
    person.toldQuality = quality
    sink({ kind: 'quality_changed', room, participant: person.who, at: seenAt, quality })
  }

  return {
    hear(sighting, now) {
      // A connection that was lost was watched until the last sign of it.
      if (sighting.type === 'ended') return close(sighting.end.kind === 'lost' ? seenAt : (follow(now) ?? seenAt))
      if (sighting.type === 'joined') begin(now)
      if (since === null) return
      pass(now)
      if (sighting.type === 'joined' || sighting.type === 'people') for (const person of sighting.people) see(person)
      if (sighting.type === 'speakers') for (const { sid, level } of sighting.speakers) hearLevel(sid, level)
      if (sighting.type === 'quality') for (const { sid, quality } of sighting.quality) hearQuality(sid, quality)
    },
    end: (now) => close(follow(now) ?? seenAt),
  }
}

function newPerson(who: HistoryParticipant, seenSince: number): Person {
  return { who, seenSince, active: false, publishes: false, heardQuality: null, toldQuality: null, turn: null }
}

/** Sound comes from whatever isn't known to be a picture. */
function canBeHeard({ source, muted }: Track): boolean {
  return !muted && source !== 'camera' && source !== 'screen_share'
}
