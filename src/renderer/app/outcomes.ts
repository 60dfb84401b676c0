import type { PendingAction, TargetResult } from '#shared/domain/action.ts'
import type { Failure } from '#shared/domain/failure.ts'
import type { Held, HeldAction } from './held-action.ts'

/** The actions that have been settled between two states, in the order they were sent. A success that is told only now counts, too: it must go again. */
export function newOutcomes(before: Held, after: Held): readonly HeldAction[] {
  if (before === after) return []
  return [...after.values()].filter(({ action, outcome }) => {
    const earlier = before.get(action.actionId)?.outcome
    if (earlier === undefined) return outcome.state === 'done'
    return earlier.state !== outcome.state && outcome.state !== 'pending'
  })
}

/** Whether sending the same again could end otherwise: not when the person, track or room it meant is gone. */
export function canRetry({ outcome }: PendingAction): boolean {
  return outcome.state === 'failed' && mayEndOtherwise(outcome)
}

/** The targets of a bulk action that failed and could be tried again. */
export function retriable(targets: readonly TargetResult[]): readonly string[] {
  return targets.filter(({ ok, code = 'internal', detail }) => !ok && mayEndOtherwise({ code, detail })).map(({ identity }) => identity)
}

function mayEndOtherwise({ code, detail }: { readonly code: Failure['code']; readonly detail?: Failure['detail'] }): boolean {
  if (detail === 'participant_gone' || detail === 'track_gone' || detail === 'room_gone' || detail === 'changed_meanwhile') return false
  return code !== 'forbidden' && code !== 'unsupported' && code !== 'invalid' && code !== 'not_found'
}
