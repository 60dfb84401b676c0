import { randomUUID } from 'node:crypto'
import type { Action, TargetResult } from '#shared/domain/action.ts'
import { fail, type Failure, type Result } from '#shared/domain/failure.ts'
import type { Operator } from '#shared/domain/operator.ts'
import type { RoomService } from '#server/livekit/room-service.ts'
import type { Course, MeasureBook, MeasureDesk } from '#server/measures/measure-desk.ts'
import type { RoleBook } from '#server/people/role-book.ts'
import type { LiveRooms } from '#server/rooms/live-rooms.ts'
import type { Attribution, RoomEvent } from '#server/rooms/room-event.ts'
import type { Acting } from './acting.ts'
import type { PermissionDesk } from './permission-desk.ts'

/** Writes down that somebody has a role in a room, whether or not they are there. */
export type SetRole = (room: string, identity: string, role: string) => Promise<Result<void>>

/** What actions are carried out with. */
export type Means = {
  readonly rooms: Pick<LiveRooms, 'newest' | 'submit'>
  readonly livekit: RoomService
  readonly acting: Pick<Acting, 'begin'>
  readonly permissions: PermissionDesk
  readonly measures: { readonly desk: MeasureDesk; readonly book: Pick<MeasureBook, 'check'> }
  readonly roles: RoleBook
  readonly setRole: SetRole
  readonly now: () => number
}

/** One action while it is carried out. `room`: whose it is, where it names one. */
export type Undertaking<A extends Action = Action> = {
  readonly action: A
  readonly operator: Operator
  readonly by: Attribution
  readonly means: Means
  readonly course: Course
  /** How many it is about, once that is known. */
  readonly onCount: (of: number) => void
}

/** What came of an action that was taken up. */
export type Outcome = { readonly targets: readonly TargetResult[]; readonly measureId?: string }

type Told<E> = E extends RoomEvent ? Omit<E, 'id' | 'at' | 'cause' | 'by' | 'quiet' | 'asOf'> : never

/** Tells what was done, with who did it and why. A failure where it could not be stored: it was done all the same. */
export async function tell({ means, by }: Undertaking, event: Told<RoomEvent>): Promise<Failure | null> {
  // A union's members each lack the same properties.
  const whole = { ...event, id: randomUUID(), at: means.now(), cause: 'action', by } as RoomEvent
  const submitted = await means.rooms.submit(whole)
  if (submitted.kind !== 'unavailable') return null
  return fail('unavailable', 'LiveKit did it, but it could not be stored: the feed will not tell who did it')
}
