import type { ActionResult, PendingAction } from '#shared/domain/action.ts'
import type { Failure } from '#shared/domain/failure.ts'

/** An action's outcome from its answer: it failed when it was refused whole, or when its target failed. */
export function readResult(result: ActionResult, at: number): PendingAction['outcome'] {
  if (!result.ok) return failedOutcome(result, at)
  const target = result.targets.find((candidate) => !candidate.ok)
  if (target === undefined) return { state: 'done', at: result.at }
  return failedOutcome(
    { ok: false, code: target.code ?? 'internal', message: target.message ?? 'The server gave no reason.', ...detailOf(target) },
    at,
  )
}

/** A refusal or failure as the outcome of an action. */
export function failedOutcome(failure: Failure, at: number): PendingAction['outcome'] {
  return { state: 'failed', at, code: failure.code, message: failure.message, ...detailOf(failure) }
}

/** The detail as a field that is there only when it is known. */
function detailOf(from: Pick<Failure, 'detail'>): Pick<Failure, 'detail'> {
  return from.detail === undefined ? {} : { detail: from.detail }
}
