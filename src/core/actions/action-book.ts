import type { Action, ActionResult, PendingAction } from '#shared/domain/action.ts'

/** How many finished actions a session remembers. */
export const FINISHED_LIMIT = 100

/** The actions of this session by `actionId`, the oldest first. They lie beside the facts and are none. */
export type ActionBook = ReadonlyMap<string, PendingAction>

/** The book with an action on its way. */
export function beginAction(book: ActionBook, action: Action, now: number): ActionBook {
  const next = new Map(book)
  next.delete(action.actionId)
  return next.set(action.actionId, { action, startedAt: now, outcome: { state: 'pending' } })
}

/** The book after the server's answer, or what the link says instead; an action that is settled stays as it is. */
export function settleByResult(book: ActionBook, actionId: string, result: ActionResult, now: number): ActionBook {
  const entry = book.get(actionId)
  if (entry?.outcome.state !== 'pending') return book
  return finish(book, { ...entry, outcome: readOutcome(result, now) })
}

/** The book after a fact of the feed that this action caused: it proves that it was done, also where the answer was lost. */
export function settleByFact(book: ActionBook, actionId: string, now: number): ActionBook {
  const entry = book.get(actionId)
  if (entry === undefined) return book
  const { outcome } = entry
  const isOpen = outcome.state === 'pending' || (outcome.state === 'failed' && outcome.detail === 'timeout_unknown')
  return isOpen ? finish(book, { ...entry, outcome: { state: 'done', at: now } }) : book
}

/** What a window must know of when it starts: everything but what went well. */
export function listUnsettled(book: ActionBook): PendingAction[] {
  return [...book.values()].filter((entry) => entry.outcome.state !== 'done')
}

function readOutcome(result: ActionResult, now: number): PendingAction['outcome'] {
  if (!result.ok) {
    const { code, detail, message } = result
    return { state: 'failed', at: now, code, message, ...(detail === undefined ? {} : { detail }) }
  }
  const failed = result.targets.find((target) => !target.ok)
  if (failed === undefined) return { state: 'done', at: now }
  const { code = 'internal', detail, message = 'it failed, and the sync server did not say why' } = failed
  return { state: 'failed', at: now, code, message, ...(detail === undefined ? {} : { detail }) }
}

function finish(book: ActionBook, entry: PendingAction): ActionBook {
  const next = new Map(book).set(entry.action.actionId, entry)
  let excess = [...next.values()].filter((held) => held.outcome.state !== 'pending').length - FINISHED_LIMIT
  for (const [actionId, held] of next) {
    if (excess <= 0) break
    if (held.outcome.state === 'pending') continue
    next.delete(actionId)
    excess -= 1
  }
  return next
}
