import { setTimeout as delay } from 'node:timers/promises'
import { isBulk, type Action, type ActionProgress, type ActionResult } from '#shared/domain/action.ts'
import { fail, type ErrorDetail, type Failure, type Result } from '#shared/domain/failure.ts'
import { whyNot, type Operator } from '#shared/domain/operator.ts'
import { assertNever } from '#shared/lib/assert-never.ts'
import { notTheirs } from '#server/audit/audit-book.ts'
import type { Audit, AuditIntent, Begun } from '#server/audit/audit.ts'
import type { Attribution } from '#server/rooms/room-event.ts'
import { carryOut } from './carry-out.ts'
import { toIntent } from './intent.ts'
import { createProgress } from './progress.ts'
import type { Means, Outcome } from './undertaking.ts'

/** How long the answer waits for another server that is at the same action, ms, and how often that is looked at. */
const ELSEWHERE_MS = 5000
const LOOK_MS = 250

/** Carries out what operators ask for. */
export type Moderator = {
  /**
   * Never acts twice on one `actionId`: the same again answers with the first result, or says that it is unknown. `onProgress` hears how far a bulk action is, at most four times a
   * second and at its end.
   */
  readonly act: (operator: Operator, action: Action, onProgress?: (progress: ActionProgress) => void) => Promise<ActionResult>
  /** What of an action isn't done yet isn't done. A failure where this server carries out none of that id for this operator. */
  readonly cancel: (operator: Operator, actionId: string) => Failure | null
  /** The server ends: actions for many begin nothing more. Resolves when nothing is under way, and what came of it is in the audit. */
  readonly stop: () => Promise<void>
}

type Options = Omit<Means, 'now'> & {
  readonly audit: Audit
  /** Why nothing can be done now, or null: an action that could not be told to the others is not begun. */
  readonly obstacle: () => Failure | null
  /** Resolves when the rooms were read after the start, or that takes too long: before, nobody would be known to be there. */
  readonly ready?: Promise<void>
  /** Reads a room from LiveKit anew, so that what is shown is what is. */
  readonly reread: (room: string) => void
  readonly now?: () => number
  readonly elsewhereMs?: number
}

/** An action that this server is at. */
type Run = { readonly operator: string; readonly isBulk: boolean; readonly result: Promise<ActionResult>; isCancelled: boolean }

/** After these the record may say something else than LiveKit. */
const doubtful: ReadonlySet<ErrorDetail | undefined> = new Set([
  'timeout_unknown',
  'participant_gone',
  'track_gone',
  'room_gone',
  'changed_meanwhile',
] as const)

export function createModerator({
  audit,
  obstacle,
  ready,
  reread,
  now = Date.now,
  elsewhereMs = ELSEWHERE_MS,
  ...rest
}: Options): Moderator {
  const means: Means = { ...rest, now }
  const running = new Map<string, Run>()
  let isStopping = false

  async function takeUp(operator: Operator, action: Action, intent: AuditIntent, run: () => Run | undefined, onProgress: OnProgress) {
    const begun = await begin(intent)
    if (!begun.ok) return { ...begun, actionId: action.actionId }
    const { value } = begun
    switch (value.kind) {
      case 'known':
        return value.result
      case 'running':
        return { ...atItElsewhere, actionId: action.actionId }
      case 'unknown':
        return { ...neverKnown, actionId: action.actionId }
      case 'begun':
        return doIt(operator, action, intent, () => run()?.isCancelled ?? false, onProgress)
      default:
        return assertNever(value, 'begun')
    }
  }

  /** Waits for a moment where another server is at it. */
  async function begin(intent: AuditIntent): Promise<Result<Begun>> {
    const deadline = performance.now() + elsewhereMs
    for (;;) {
      const begun = await audit.begin(intent)
      if (!begun.ok || begun.value.kind !== 'running' || performance.now() > deadline) return begun
      await delay(LOOK_MS)
    }
  }

  async function doIt(operator: Operator, action: Action, intent: AuditIntent, isCancelled: () => boolean, onProgress: OnProgress) {
    const progress = isBulk(action) && onProgress ? createProgress(action.actionId, onProgress) : null
    let result: ActionResult = { ...fail('internal', 'the server failed at this action; its log tells more'), actionId: action.actionId }
    try {
      const outcome = await carryOut({
        action,
        operator,
        by: attribution(operator, action),
        means,
        course: { onTarget: (target) => progress?.target(target), isCancelled },
        onCount: (of) => progress?.count(of),
      })
      progress?.end()
      result = toResult(action, outcome)
    } finally {
      await audit.end(intent, result)
    }
    if (isDoubtful(result) && action.room !== undefined && means.rooms.newest(action.room).room) reread(action.room)
    return result
  }

  function toResult({ actionId }: Action, outcome: Result<Outcome>): ActionResult {
    return outcome.ok ? { ok: true, actionId, at: now(), ...outcome.value, targets: [...outcome.value.targets] } : { ...outcome, actionId }
  }

  return {
    async act(operator, action, onProgress) {
      const { actionId } = action
      await ready
      const intent = toIntent(operator, action)
      // Before what is known of it: an action's id is in the feed, where everybody reads it.
      const why = whyNot(operator, action, now())
      const refusal = why === null ? obstacle() : fail('forbidden', why)
      if (refusal) {
        await audit.note(intent, refusal)
        return { ...refusal, actionId }
      }
      const known = running.get(actionId)
      if (known) return known.operator === operator.name ? known.result : { ...notTheirs, actionId }
      const result = takeUp(operator, action, intent, () => running.get(actionId), onProgress).finally(() => running.delete(actionId))
      const isForMany = isBulk(action)
      running.set(actionId, { operator: operator.name, isBulk: isForMany, result, isCancelled: isForMany && isStopping })
      return result
    },
    cancel(operator, actionId) {
      const run = running.get(actionId)
      if (run?.operator !== operator.name)
        return fail('not_found', 'this server carries out no action of that id for you: it may be done already')
      run.isCancelled = true
      return null
    },
    async stop() {
      isStopping = true
      for (const run of running.values()) run.isCancelled ||= run.isBulk
      while (running.size > 0) await Promise.allSettled([...running.values()].map(({ result }) => result))
    },
  }
}

type OnProgress = ((progress: ActionProgress) => void) | undefined

const atItElsewhere = fail('unavailable', 'another server is still at this action: look what came of it', 'timeout_unknown')
const neverKnown = fail(
  'unavailable',
  'it was begun before a server died, and whether it was done is unknown: look, and ask again as a new action',
  'timeout_unknown',
)

function attribution(operator: Operator, { actionId, reason }: Action): Attribution {
  return { operator: operator.name, actionId, ...(reason === undefined || reason === '' ? {} : { reason }) }
}

function isDoubtful(result: ActionResult): boolean {
  return result.ok ? result.targets.some(({ detail }) => doubtful.has(detail)) : doubtful.has(result.detail)
}
