import type { MeasureVerdict } from '#shared/contract/http-measures.ts'
import type { TargetResult } from '#shared/domain/action.ts'
import type { Result } from '#shared/domain/failure.ts'
import type { Measure } from '#shared/domain/measure.ts'
import type { PublishSource } from '#shared/domain/participant.ts'
import type { Operator } from '#shared/domain/operator.ts'
import type { Emitter } from '#shared/lib/emitter.ts'
import type { Attribution } from '#server/rooms/room-event.ts'
import type { Debtor } from './debt-store.ts'

/** What is in force, in memory: asking costs nothing. Every instance holds all of it. */
export type MeasureBook = {
  readonly inForce: () => readonly Measure[]
  /** What is in force in a room, also what is everywhere. */
  readonly ofRoom: (room: string) => readonly Measure[]
  /** What is in force for somebody in a room; their role there matters where a lock leaves roles out. */
  readonly concerning: (identity: string, room: string) => readonly Measure[]
  /** What the contract's `/api/measures/check` says of somebody; nothing while enforcement is off. */
  readonly check: (identity: string, room: string) => MeasureVerdict
  /** One came into force, was changed, was lifted or ran out. */
  readonly changed: Emitter<Measure>
}

/** A measure to be imposed. */
export type NewMeasure = Pick<Measure, 'kind' | 'scope' | 'until' | 'reason'> &
  Partial<Pick<Measure, 'room' | 'identity' | 'sources' | 'except'>>

/** A change of a measure, from the revision that was seen; without `until` that stays. */
export type MeasureEdit = { readonly id: string; readonly revision: number; readonly until?: number | null; readonly reason: string }

/** How carrying out goes: told after each target; asked before each, but for what stays in force: that holds for everybody, so nobody is left out of it. */
export type Course = { readonly onTarget: (result: TargetResult) => void; readonly isCancelled: () => boolean }

/**
 * Imposes, changes and lifts. Each is stored first, then told in the log, so that every instance knows, then carried out; a failure of the last shows in the targets, and the measure
 * holds all the same: each sweep tries again. `unavailable`: it could not be stored, and nothing was done. `by.operator` is the operator's name.
 */
export type MeasureDesk = {
  readonly impose: (
    measure: NewMeasure,
    by: Attribution,
    course: Course,
  ) => Promise<Result<{ readonly measure: Measure; readonly targets: readonly TargetResult[] }>>
  /** `conflict / changed_meanwhile` names who changed it where the revision is not the newest; `forbidden` where the operator may not. */
  readonly edit: (edit: MeasureEdit, operator: Operator, by: Attribution) => Promise<Result<Measure>>
  /** Gives back what it took away, where nothing else still denies it. Lifting what is lifted already is a `conflict`. */
  readonly lift: (
    id: string,
    operator: Operator,
    by: Attribution,
  ) => Promise<Result<{ readonly measure: Measure; readonly targets: readonly TargetResult[] }>>
  /**
   * Lifts what denies somebody these sources in a room, and leaves them out of locks there: `grant_sources`; what that frees is given back before it answers. What may not be lifted by this operator
   * is `forbidden`, what is denied in all rooms a `conflict`: then nothing is changed.
   */
  readonly exempt: (
    room: string,
    identity: string,
    sources: readonly string[],
    operator: Operator,
    by: Attribution,
  ) => Promise<Result<readonly Measure[]>>
  /** An operator has set these sources of a stay by hand: lifting a measure gives them back no more. */
  readonly setByHand: (stay: Debtor, sources: readonly PublishSource[]) => Promise<void>
}
