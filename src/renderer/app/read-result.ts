import type { ActionResult, PendingAction, TargetResult } from '#shared/domain/action.ts'
import type { Failure } from '#shared/domain/failure.ts'

/** What an answer says: the outcome, a result per target, and what was imposed. */
export type Answer = Pick<PendingAction, 'outcome'> & { readonly targets?: TargetResult[]; readonly measureId?: string | undefined }

/** An action's answer, as it is kept beside the facts. */
export function readAnswer(result: ActionResult, at: number): Answer {
  const outcome = readResult(result, at)
  return result.ok ? { outcome, targets: result.targets, measureId: result.measureId } : { outcome }
}

/** An action's outcome from its answer: it failed when it was refused whole, or when its target failed. */
function readResult(result: ActionResult, at: number): PendingAction['outcome'] {
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
