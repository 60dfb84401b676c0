import type { Action, ActionResult, PendingAction } from '#shared/domain/action.ts'
import type { Failure } from '#shared/domain/failure.ts'
import { bridge, readRefusal } from '../bridge.ts'
import { changePending } from './apply-push.ts'
import { useSession } from './session.ts'

/** Sends an action; it is pending at once and settles by the host's push, or by its answer if that comes first. */
export async function act(action: Action): Promise<void> {
  record({ action, startedAt: Date.now(), outcome: { state: 'pending' } })
  const outcome = await ask(action)
  record({ action, startedAt: Date.now(), outcome })
}

/** Takes an action's entry away: a failure was read, or a success was shown long enough. */
export function dismissAction(actionId: string): void {
  useSession.setState((state) => {
    const pending = new Map(state.pending)
    pending.delete(actionId)
    return { pending }
  })
}

/** The same once more, meant for the same person: a new action in place of the failed one. */
export function retryAction(action: Action): void {
  dismissAction(action.actionId)
  void act({ ...action, actionId: crypto.randomUUID() })
}

async function ask(action: Action): Promise<PendingAction['outcome']> {
  try {
    return readResult(await bridge().act(action), Date.now())
  } catch (error) {
    return failed(readRefusal(error), Date.now())
  }
}

/** An action's outcome from its answer: it failed when it was refused whole, or when its target failed. */
export function readResult(result: ActionResult, at: number): PendingAction['outcome'] {
  if (!result.ok) return failed(result, at)
  const target = result.targets.find((candidate) => !candidate.ok)
  if (target === undefined) return { state: 'done', at: result.at }
  return failed(
    { ok: false, code: target.code ?? 'internal', message: target.message ?? 'The server gave no reason.', ...detailOf(target) },
    at,
  )
}

function failed(failure: Failure, at: number): PendingAction['outcome'] {
  return { state: 'failed', at, code: failure.code, message: failure.message, ...detailOf(failure) }
}

/** The detail as a field that is there only when it is known. */
function detailOf(from: Pick<Failure, 'detail'>): Pick<Failure, 'detail'> {
  return from.detail === undefined ? {} : { detail: from.detail }
}

function record(entry: PendingAction): void {
  useSession.setState((state) => ({ pending: changePending(state.pending, entry) }))
}
