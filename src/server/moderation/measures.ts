import { identitiesOf, isBulk, type ActionOf, type TargetResult } from '#shared/domain/action.ts'
import { isExempt } from '#shared/domain/measure.ts'
import { succeed, type Failure, type Result } from '#shared/domain/failure.ts'
import type { NewMeasure } from '#server/measures/measure-desk.ts'
import { asFailure, forEachTarget } from './for-each-target.ts'
import { mistaken, peopleIn } from './targets.ts'
import type { Outcome, Undertaking } from './undertaking.ts'

/** Bans people, or denies them sources: a measure for each. */
export async function imposeOnPeople(undertaking: Undertaking<ActionOf<'ban' | 'deny_sources'>>): Promise<Result<Outcome>> {
  const { action, means, course, onCount } = undertaking
  const identities = identitiesOf(action)
  const measureIds: string[] = []
  onCount(identities.length)

  async function impose(identity: string): Promise<Failure | null> {
    const mistake = mistaken(means, action, identity)
    if (mistake) return mistake
    const imposed = await means.measures.desk.impose(measureOf(action, identity), undertaking.by, { ...course, onTarget: () => undefined })
    if (!imposed.ok) return imposed
    measureIds.push(imposed.value.measure.id)
    return firstFailure(imposed.value.targets)
  }

  const targets = await forEachTarget(identities, course, impose)
  const [measureId] = measureIds
  const [only] = targets
  // What was not even imposed on the one it is about was not taken up.
  if (!isBulk(action) && measureId === undefined && only) return asFailure(only)
  return succeed({ targets, ...(measureId !== undefined && measureIds.length === 1 ? { measureId } : {}) })
}

/** Denies everybody in a room these sources, also those who come later. */
export async function lock(undertaking: Undertaking<ActionOf<'lock'>>): Promise<Result<Outcome>> {
  const { action, means, by, course, onCount } = undertaking
  const { room, sources, except, until, reason } = action
  const mistake = mistaken(means, action, null)
  if (mistake) return mistake
  await means.roles.known(room)
  const live = means.rooms.newest(room).room
  const concerned = live
    ? peopleIn(live).filter(({ identity }) => !isExempt(except, { identity, role: means.roles.roleOf(room, identity) }))
    : []
  onCount(concerned.length)
  const measure = { kind: 'lock', scope: 'room', room, sources, until, reason, ...(except ? { except } : {}) } as const
  const imposed = await means.measures.desk.impose(measure, by, course)
  return imposed.ok ? succeed({ targets: imposed.value.targets, measureId: imposed.value.measure.id }) : imposed
}

export async function editMeasure({ action, means, operator, by }: Undertaking<ActionOf<'edit_measure'>>): Promise<Result<Outcome>> {
  const { measureId, revision, until, reason } = action
  const edit = { id: measureId, revision, reason, ...(until === undefined ? {} : { until }) }
  const edited = await means.measures.desk.edit(edit, operator, by)
  return edited.ok ? succeed({ targets: [], measureId: edited.value.id }) : edited
}

export async function liftMeasure({ action, means, operator, by }: Undertaking<ActionOf<'lift'>>): Promise<Result<Outcome>> {
  const lifted = await means.measures.desk.lift(action.measureId, operator, by)
  return lifted.ok ? succeed({ targets: lifted.value.targets, measureId: lifted.value.measure.id }) : lifted
}

function measureOf(action: ActionOf<'ban' | 'deny_sources'>, identity: string): NewMeasure {
  const { scope, room, until, reason } = action
  const where = scope === 'room' && room !== undefined ? { room } : {}
  const common = { scope, identity, until, reason, ...where }
  return action.type === 'ban' ? { ...common, kind: 'ban' } : { ...common, kind: 'deny_sources', sources: action.sources }
}

/** It may be carried out in several rooms. */
function firstFailure(targets: readonly TargetResult[]): Failure | null {
  const failed = targets.find(({ ok }) => !ok)
  return failed ? asFailure(failed) : null
}
