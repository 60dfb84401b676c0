import type { Action, PendingAction } from '#shared/domain/action.ts'
import { bridge, readRefusal } from '../bridge.ts'
import { changePending } from './apply-push.ts'
import { failedOutcome, readResult } from './read-result.ts'
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
    return failedOutcome(readRefusal(error), Date.now())
  }
}

function record(entry: PendingAction): void {
  useSession.setState((state) => ({ pending: changePending(state.pending, entry) }))
}
