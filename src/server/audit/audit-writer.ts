import { fail, type Failure } from '#shared/domain/failure.ts'
import type { AuditDraft } from './audit-draft.ts'
import type { AuditStore } from './audit-store.ts'

/** How many rows one transaction adds. */
const BATCH = 50
/** How long it is waited before the next try, ms: at first, and at the most. */
const FIRST_WAIT_MS = 100
const LONGEST_WAIT_MS = 5000

/** What came of a row: it is in the chain, another was first with its step, or it can't be written now. */
type Written = 'written' | 'taken'

/** Writes rows to the chain in the order in which they come, as many at once as wait. */
export type AuditWriter = {
  /** Now or not at all. `unavailable`: it could not be written, though it may be that nobody heard that it was. */
  readonly writeNow: (draft: AuditDraft) => Promise<Written | Failure>
  /** As soon as the database lets it; `onWritten` hears when. Resolves then, or once it is known to wait. The draft may be decided when it is written. */
  readonly write: (draft: () => AuditDraft | Promise<AuditDraft>, onWritten?: (written: Written) => void) => Promise<void>
  /** Waits for what still has to be written, at most `ms`; answers how many rows were not. */
  readonly close: (ms: number) => Promise<number>
}

type Options = {
  readonly store: Pick<AuditStore, 'append'>
  /** What the database threw, as one line. */
  readonly describe: (error: unknown) => string
  readonly log: { readonly warn: (line: string) => void; readonly info: (line: string) => void; readonly error: (line: string) => void }
}

type Job = {
  readonly draft: () => AuditDraft | Promise<AuditDraft>
  readonly isPatient: boolean
  /** Hears `waits` at the most once, and then what came of it. */
  readonly onOutcome: (outcome: Written | 'waits' | Failure) => void
}

export function createAuditWriter({ store, describe, log }: Options): AuditWriter {
  const queue: Job[] = []
  let isRunning = false
  let isClosing = false
  let isClosed = false
  /** 0 while the database answers. */
  let failures = 0
  let isAway = false
  let batch = BATCH
  let wake = () => undefined as void
  let onEmpty = () => undefined as void

  function add(job: Job): void {
    queue.push(job)
    if (!job.isPatient) wake()
    else if (isAway) job.onOutcome('waits')
    if (!isRunning) void run()
  }

  async function run(): Promise<void> {
    isRunning = true
    while (queue.length > 0 && !isClosed) {
      const jobs = queue.slice(0, batch)
      try {
        const drafts = await Promise.all(jobs.map(async ({ draft }) => draft()))
        const added = await store.append(drafts)
        queue.splice(0, jobs.length)
        answers()
        jobs.forEach(({ onOutcome }, index) => onOutcome(added[index] === true ? 'written' : 'taken'))
      } catch (error) {
        await fails(error)
      }
    }
    isRunning = false
    onEmpty()
  }

  function answers(): void {
    if (isAway) log.info('the audit is written again')
    isAway = false
    failures = 0
    batch = BATCH
  }

  async function fails(error: unknown): Promise<void> {
    failures += 1
    // A connection that broke, or two transactions that waited for each other: the next try goes well.
    if (failures === 1) return
    if (isUnwritable(error)) return leaveOut(error)
    if (!isAway) log.warn(`${describe(error)}. What waits is written to the audit when that is over; until then nothing is begun`)
    isAway = true
    const refusal = fail('unavailable', `the audit can't be written, so nothing was done: ${describe(error)}`)
    const waiting = queue.splice(0)
    queue.push(...waiting.filter(({ isPatient }) => isPatient))
    for (const { isPatient, onOutcome } of waiting) onOutcome(isPatient ? 'waits' : refusal)
    if (queue.length > 0 && !isClosed) await rest()
  }

  /** Finds the row that no database takes, and puts it out of the others' way. */
  function leaveOut(error: unknown): void {
    if (batch > 1) {
      batch = 1
      return
    }
    const [job] = queue.splice(0, 1)
    log.error(`a row can't be written to the audit and is lost: ${describe(error)}`)
    job?.onOutcome(fail('internal', 'this can’t be written to the audit, so nothing was done'))
  }

  function rest(): Promise<void> {
    const ms = isClosing ? FIRST_WAIT_MS : Math.min(FIRST_WAIT_MS * 2 ** (failures - 2), LONGEST_WAIT_MS)
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms).unref()
      wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  return {
    writeNow: (draft) =>
      new Promise((resolve) => {
        add({ draft: () => draft, isPatient: false, onOutcome: (outcome) => outcome !== 'waits' && resolve(outcome) })
      }),
    write: (draft, onWritten) =>
      new Promise((resolve) => {
        add({
          draft,
          isPatient: true,
          onOutcome(outcome) {
            if (outcome === 'written' || outcome === 'taken') onWritten?.(outcome)
            resolve()
          },
        })
      }),
    async close(ms) {
      isClosing = true
      wake()
      if (isRunning) {
        await new Promise<void>((resolve) => {
          onEmpty = resolve
          setTimeout(resolve, ms).unref()
        })
      }
      isClosed = true
      wake()
      return queue.length
    },
  }
}

/** Whether the database refuses what is in the row, so that trying again is in vain: PostgreSQL's class 22, or SQLite's TOOBIG and MISMATCH. */
function isUnwritable(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  if ('errcode' in error && typeof error.errcode === 'number') return [18, 20].includes(error.errcode & 0xff)
  return 'code' in error && typeof error.code === 'string' && /^22[0-9A-Z]{3}$/.test(error.code)
}
