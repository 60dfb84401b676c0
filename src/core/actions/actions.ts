import type { Push } from '#shared/contract/ipc.ts'
import { identitiesOf, type Action, type ActionProgress, type ActionResult, type PendingAction } from '#shared/domain/action.ts'
import type { Result } from '#shared/domain/failure.ts'
import type { FeedEvent } from '#shared/domain/feed-event.ts'
import { beginAction, followProgress, listUnsettled, settleByFact, settleByResult, type ActionBook } from './action-book.ts'

/** Actions on their way to the sync server. */
export type Actions = {
  /** Shows the action as pending, sends it and tells what became of it; the same `actionId` on its way is sent once. */
  readonly act: (action: Action) => Promise<ActionResult>
  /** Takes in a fact: the action that it names is done. */
  readonly observe: (event: FeedEvent) => void
  /** Takes in how far an action for many is. */
  readonly progress: (progress: ActionProgress) => void
  readonly unsettled: () => PendingAction[]
}

export function createActions(options: {
  readonly send: (action: Action) => Promise<Result<ActionResult>>
  readonly push: (push: Push) => void
  readonly now?: () => number
}): Actions {
  const { push, now = Date.now } = options
  const onTheirWay = new Map<string, Promise<ActionResult>>()
  let book: ActionBook = new Map()

  function change(next: ActionBook, actionId: string): void {
    if (next === book) return
    book = next
    const entry = book.get(actionId)
    if (entry !== undefined) push({ name: 'pending_changed', payload: entry })
  }

  async function send(action: Action): Promise<ActionResult> {
    const { actionId } = action
    const answer = await options.send(action)
    const result: ActionResult = answer.ok ? answer.value : { ...answer, actionId }
    change(settleByResult(book, actionId, result, now()), actionId)
    onTheirWay.delete(actionId)
    const isKnownDone = !result.ok && result.detail === 'timeout_unknown' && book.get(actionId)?.outcome.state === 'done'
    if (!isKnownDone) return result
    return { ok: true, actionId, at: now(), targets: identitiesOf(action).map((identity) => ({ identity, ok: true })) }
  }

  return {
    act(action) {
      const { actionId } = action
      const running = onTheirWay.get(actionId)
      if (running !== undefined) return running
      change(beginAction(book, action, now()), actionId)
      const sent = send(action)
      onTheirWay.set(actionId, sent)
      return sent
    },
    observe(event) {
      const { actionId } = event.data
      if (actionId !== undefined) change(settleByFact(book, actionId, now()), actionId)
    },
    progress: (told) => change(followProgress(book, told), told.actionId),
    unsettled: () => listUnsettled(book),
  }
}
