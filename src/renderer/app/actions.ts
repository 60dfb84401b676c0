import type { Action } from '#shared/domain/action.ts'
import { bridge, readRefusal } from '../bridge.ts'
import type { Turn } from '../room/permissions/switches.ts'
import { announce } from './announcer.ts'
import { changeHeld, type HeldAction } from './held-action.ts'
import { failedOutcome, readAnswer, type Answer } from './read-result.ts'
import { useSession } from './session.ts'

/** Sends an action; it is pending at once and settles by the host's push, or by its answer if that comes first. `switched`: the switch that was turned for it. */
export async function act(action: Action, switched?: Turn): Promise<Answer> {
  const before = useSession.getState().open?.participants
  // Sent first: what is drawn of it takes longer than its way to the host.
  const asking = ask(action)
  record({ action, startedAt: Date.now(), outcome: { state: 'pending' }, switched, before })
  const answer = await asking
  record({ action, startedAt: Date.now(), ...answer })
  return answer
}

/** Takes an action's entry away: a failure was read, or a success was shown long enough. */
export function dismissAction(actionId: string): void {
  useSession.setState((state) => {
    if (!state.pending.has(actionId)) return state
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

/** Ends a bulk action: what of it isn't done yet isn't done. That it could not be ended is told. */
export async function cancelAction(actionId: string): Promise<void> {
  try {
    await bridge().cancelAction({ actionId })
  } catch (error) {
    announce(readRefusal(error).message)
  }
}

async function ask(action: Action): Promise<Answer> {
  try {
    return readAnswer(await bridge().act(action), Date.now())
  } catch (error) {
    return { outcome: failedOutcome(readRefusal(error), Date.now()) }
  }
}

function record(entry: HeldAction): void {
  useSession.setState((state) => ({ pending: changeHeld(state.pending, entry, state.open?.participants) }))
}
