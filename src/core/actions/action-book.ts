import {
  isBulk,
  type Action,
  type ActionProgress,
  type ActionResult,
  type PendingAction,
  type TargetResult,
} from '#shared/domain/action.ts'

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

/** The book after the server said how far an action for many is; one that is settled stays as it is. */
export function followProgress(book: ActionBook, { actionId, done, of, failed }: ActionProgress): ActionBook {
  const entry = book.get(actionId)
  if (entry?.outcome.state !== 'pending') return book
  return new Map(book).set(actionId, { ...entry, progress: { done, of, failed } })
}

/** The book after the server's answer, or what the link says instead; an action that is settled stays as it is. */
export function settleByResult(book: ActionBook, actionId: string, result: ActionResult, now: number): ActionBook {
  const entry = book.get(actionId)
  if (entry?.outcome.state !== 'pending') return book
  const targets = result.ok && isBulk(entry.action) ? { targets: result.targets } : {}
  return finish(book, { ...entry, ...targets, outcome: readOutcome(result, now) })
}

/** The book after a fact of the feed that this action caused: where one fact is all it is about, that proves that it was done, also where the answer was lost. */
export function settleByFact(book: ActionBook, actionId: string, now: number): ActionBook {
  const entry = book.get(actionId)
  if (entry === undefined || !isOneFact(entry.action)) return book
  const { outcome } = entry
  const isOpen = outcome.state === 'pending' || (outcome.state === 'failed' && outcome.detail === 'timeout_unknown')
  return isOpen ? finish(book, { ...entry, outcome: { state: 'done', at: now } }) : book
}

/** What a window must know of when it starts: everything but what went well. */
export function listUnsettled(book: ActionBook): PendingAction[] {
  return [...book.values()].filter((entry) => entry.outcome.state !== 'done')
}

/** Whether a single fact says that all of it was done: a ban is told before the person is out, and many are told one by one. */
function isOneFact(action: Action): boolean {
  if (isBulk(action)) return false
  switch (action.type) {
    case 'mute':
    case 'unmute':
      return action.sources.length === 1
    case 'ban':
    case 'deny_sources':
    case 'grant_sources':
    case 'close_room':
    case 'lock':
    case 'lift':
      return false
    default:
      return true
  }
}

function readOutcome(result: ActionResult, now: number): PendingAction['outcome'] {
  if (!result.ok) {
    const { code, detail, message } = result
    return { state: 'failed', at: now, code, message, ...(detail === undefined ? {} : { detail }) }
  }
  const failed = result.targets.filter((target) => !target.ok)
  const [first] = failed
  if (first === undefined) return { state: 'done', at: now }
  const { code = 'internal', detail } = first
  return { state: 'failed', at: now, code, message: describeFailed(first, failed.length, result.targets.length), ...(detail && { detail }) }
}

function describeFailed({ message = 'it failed, and the sync server did not say why' }: TargetResult, failed: number, all: number): string {
  return all === 1 ? message : `${failed} of ${all} failed: ${message}`
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
