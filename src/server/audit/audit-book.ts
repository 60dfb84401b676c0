import { setTimeout as delay } from 'node:timers/promises'
import type { ActionResult } from '#shared/domain/action.ts'
import { fail, succeed, type Result } from '#shared/domain/failure.ts'
import { apart, intentDraft, noteDraft, outcomeDraft, type AuditDraft } from './audit-draft.ts'
import { isUnderWay, type UnderWay } from './audit-standing.ts'
import type { AuditStore } from './audit-store.ts'
import type { AuditWriter } from './audit-writer.ts'
import type { Audit, AuditIntent, Begun } from './audit.ts'
import type { KnownAction } from './known-action.ts'

/** How long an action waits for its intent to be written, ms; a database that hangs answers later than an operator waits. */
const BEGIN_MS = 5000

const unwritten = fail('unavailable', 'the audit can’t be written, so nothing was done: the database does not answer')

/** Ids are in the feed, where everybody reads them. */
export const notTheirs = fail('conflict', 'that action id belongs to another operator’s action: nothing was done')

type Options = {
  readonly writer: AuditWriter
  readonly store: Pick<AuditStore, 'holds'>
  readonly find: (actionId: string) => Promise<KnownAction | null>
  readonly instance: string
  /** No other server writes to this database. */
  readonly isAlone: boolean
  /** What the database threw, as one line. */
  readonly describe: (error: unknown) => string
  readonly now?: () => number
}

/** The audit for those who write it, and what of it is under way here. */
export function createAuditBook({
  writer,
  store,
  find,
  instance,
  isAlone,
  describe,
  now = Date.now,
}: Options): Audit & { readonly underWay: UnderWay } {
  /** What began here, with what came of it where that isn't written yet. */
  const own = new Map<string, ActionResult | null>()
  const underWay = { instance, own, isAlone }

  async function begin(intent: AuditIntent): Promise<Result<Begun>> {
    const draft = intentDraft(intent, now())
    const answer = await Promise.race([writer.writeNow(draft), delay(BEGIN_MS, unwritten, { ref: false })])
    if (answer === 'written') return succeed({ kind: 'begun' })
    own.delete(intent.actionId)
    if (answer === 'taken') return findBegun(intent)
    void settle(intent, draft)
    return answer
  }

  /** The attempt, once it can be written: the database may have taken the intent though nobody heard of it, and then this is its end. */
  function settle(intent: AuditIntent, begun: AuditDraft): Promise<void> {
    const ended = outcomeDraft(intent, { ...unwritten, actionId: intent.actionId }, begun.at)
    const note = apart(noteDraft(intent, unwritten, begun.at))
    return writer.write(async () => ((await store.holds(begun)) ? ended : note))
  }

  async function findBegun({ actionId, operator }: AuditIntent): Promise<Result<Begun>> {
    try {
      const found = await find(actionId)
      if (!found) return fail('unavailable', 'the audit can’t tell whether this was done already: try again')
      if (found.operator !== operator.name) return notTheirs
      if (found.result) return succeed({ kind: 'known', result: found.result })
      return succeed({ kind: isUnderWay({ ...found, actionId }, underWay, now()) ? 'running' : 'unknown' })
    } catch (error) {
      return fail('unavailable', describe(error))
    }
  }

  return {
    underWay,
    begin(intent) {
      const ended = own.get(intent.actionId)
      if (ended !== undefined) return Promise.resolve(succeed(ended ? { kind: 'known', result: ended } : { kind: 'running' }))
      // Before anything is waited for: of two at once with one id the second is told that the first is at it.
      own.set(intent.actionId, null)
      return begin(intent)
    },
    end(intent, result) {
      const draft = outcomeDraft(intent, result, now())
      own.set(intent.actionId, result)
      return writer.write(
        () => draft,
        () => own.delete(intent.actionId),
      )
    },
    note(asked, failure) {
      const draft = noteDraft(asked, failure, now())
      const another = apart(draft)
      return writer.write(
        () => draft,
        (written) => written === 'taken' && void writer.write(() => another),
      )
    },
  }
}
