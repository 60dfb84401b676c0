import type { ParticipantFacts } from '#server/rooms/room-model.ts'
import { person } from '#server/sync/testing/listing.ts'
import type { ObserverEndKind, ObserveTarget, RoomObserver, SeenPerson, Sighting } from '../room-observer.ts'

/** A visit of an observer that a test drives. `at`: when it began, ms of the clock that `performance` has. */
export type ScriptedVisit = {
  readonly target: ObserveTarget
  readonly at: number
  readonly isOpen: () => boolean
  readonly tell: (sighting: Sighting) => void
  /** It is in, and sees these people. */
  readonly join: (...people: readonly SeenPerson[]) => void
  readonly end: (kind: ObserverEndKind, why?: string) => void
}

/** An observer that goes nowhere: each visit is the test's to drive. `onVisit` hears of each when it has begun. */
export function createScriptedObserver(onVisit: (visit: ScriptedVisit) => void = () => undefined) {
  const visits: ScriptedVisit[] = []
  const observer: RoomObserver = (target, tell) => {
    let open = true
    const visit: ScriptedVisit = {
      target,
      at: performance.now(),
      isOpen: () => open,
      tell,
      join: (...people) => tell({ type: 'joined', facts: roomFacts(target.sid), people, asOf: Date.now() }),
      end: (kind, why = kind) => {
        open = false
        tell({ type: 'ended', end: { kind, why } })
      },
    }
    visits.push(visit)
    // As one that connects: nothing is told before whoever asked has the answer.
    queueMicrotask(() => onVisit(visit))
    return () => void (open = false)
  }

  return {
    observer,
    visits,
    /** Those that were neither left nor ended. */
    open: () => visits.filter((visit) => visit.isOpen()),
    /** The newest visit to a room. */
    visitTo: (room: string): ScriptedVisit => {
      const visit = visits.findLast(({ target }) => target.room === room)
      if (!visit) throw new Error(`nobody visited ${room}`)
      return visit
    },
  }
}

export function roomFacts(sid: string) {
  return { sid, startedAt: 1000, metadata: '', maxParticipants: 0, recording: false }
}

/** Somebody as an observer sees them. */
export function seen(identity: string, more: Partial<ParticipantFacts> = {}, state: SeenPerson['state'] = 'active'): SeenPerson {
  return { facts: person(identity, more).facts, state }
}
