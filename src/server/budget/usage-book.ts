import { randomUUID } from 'node:crypto'
import type { Usage } from '#shared/contract/http-sync.ts'
import { describeError } from '#shared/lib/describe-error.ts'
import type { RedisUsage } from '#server/redis/meter.ts'
import type { FeedDraft } from '#server/rooms/feed-draft.ts'
import { budgetWarning, describeUsedUp, type Used } from './budget-warning.ts'
import { createOwnUsage } from './own-usage.ts'
import type { Addition, BudgetKind, Budgets, Totals, UsageLedger } from './usage-ledger.ts'
import { monthOf } from './utc.ts'

/** How often this instance's use is added to the sums, ms: that is use of Redis, too (S3.4). */
const REPORT_MS = 600_000
/** When that is tried again after it failed, ms. */
const RETRY_MS = 60_000
/**
 * Others use what is left of a budget, too: an instance that alone used this share of it since its last report makes one at once, if it is worth
 * it (a share of the budget), so that a crossing is told soon also where no instance could have known.
 */
const SHARE_OF_LEFT = 1 / 4
const WORTH_REPORTING = 1 / 100

/** Adds what this instance asks of Redis to the sums of all instances, and knows both (S3.4). */
export type UsageBook = {
  /** The sums as last heard, and this instance's since. */
  readonly usage: () => Usage
  /**
   * To be called every few seconds: reads the meter, and reports when it is time, when a day has ended, and when a budget may be used up.
   * Resolves when that is done, also where Redis is away: then it is done later.
   */
  readonly look: () => Promise<void>
  /** A `budget_warning` was told: where another instance did, the sums heard here are old. */
  readonly warned: (id: string) => Promise<void>
  /** Reports what is left. */
  readonly close: () => Promise<void>
}

type Options = {
  readonly ledger: UsageLedger
  /** What this process asked of Redis since it started. */
  readonly read: () => RedisUsage
  readonly budgets: Budgets
  readonly tell: (draft: FeedDraft) => Promise<{ readonly kind: 'committed' | 'unavailable' }>
  readonly log: { readonly warn: (facts: object, message: string) => void }
  readonly now?: () => number
}

export function createUsageBook({ ledger, read, budgets, tell, log, now = Date.now }: Options): UsageBook {
  const own = createOwnUsage(randomUUID(), read, now)
  const untold = new Map<string, FeedDraft>()
  const crossedHere = new Set<string>()
  let known: { readonly day: string; readonly totals: Totals } | null = null
  let nextReport = 0
  let notBefore = 0
  let reporting: Promise<void> | null = null

  /** Today's commands or this month's bytes of all instances, as last heard; 0 where nothing was heard of them. */
  function heard(kind: BudgetKind): number {
    const today = own.today()
    if (kind === 'commands') return known?.day === today ? known.totals.commandsOfDay : 0
    return known && monthOf(known.day) === monthOf(today) ? known.totals.bytesOfMonth : 0
  }

  function used(kind: BudgetKind): Used {
    const day = own.today()
    const month = monthOf(day)
    return kind === 'commands'
      ? { kind, amount: heard(kind) + own.commandsOn(day), when: day }
      : { kind, amount: heard(kind) + own.bytesIn(month), when: month }
  }

  /** Whether it is time to ask how much all instances used. */
  function mayBeUsedUp(kind: BudgetKind): boolean {
    const budget = budgetOf(kind)
    const left = budget - heard(kind)
    const mine = used(kind).amount - heard(kind)
    return left > 0 && (mine >= left || mine >= Math.max(left * SHARE_OF_LEFT, budget * WORTH_REPORTING))
  }

  function budgetOf(kind: BudgetKind): number {
    return kind === 'commands' ? budgets.commandsPerDay : budgets.bytesPerMonth
  }

  async function add(addition: Addition): Promise<void> {
    const totals = await ledger.add(addition, budgets)
    own.answered()
    if (known === null || addition.day >= known.day) known = { day: addition.day, totals }
    for (const kind of totals.crossed) warn(kind, addition.day, totals)
  }

  function warn(kind: BudgetKind, day: string, { commandsOfDay, bytesOfMonth }: Totals): void {
    const crossing: Used =
      kind === 'commands' ? { kind, amount: commandsOfDay, when: day } : { kind, amount: bytesOfMonth, when: monthOf(day) }
    log.warn({ budget: kind }, describeUsedUp(crossing, budgets))
    const draft = budgetWarning(crossing, budgets, now())
    untold.set(draft.data.id, draft)
    crossedHere.add(draft.data.id)
  }

  async function reportNow(): Promise<void> {
    own.count()
    const unanswered = own.unanswered()
    if (unanswered) await add(unanswered)
    for (const day of own.days()) await add(own.take(day))
    for (const [id, draft] of untold) {
      const { kind } = await tell(draft)
      if (kind === 'unavailable') throw new Error('the feed could not be told that a budget is used up')
      untold.delete(id)
    }
  }

  /** Resolves to why it failed, null where it didn't. */
  async function report(): Promise<string | null> {
    const failed = await reportNow().then(() => null, describeError)
    notBefore = failed === null ? 0 : now() + RETRY_MS
    nextReport = failed === null ? now() + REPORT_MS : notBefore
    return failed
  }

  async function look(): Promise<void> {
    if (reporting) return reporting
    own.count()
    const dayEnded = own.days().length > 1
    const soon = (dayEnded || mayBeUsedUp('commands') || mayBeUsedUp('bytes')) && now() >= notBefore
    if (!soon && now() < nextReport) return
    reporting = report().then(() => void (reporting = null))
    return reporting
  }

  return {
    usage() {
      own.count()
      return {
        commandsToday: used('commands').amount,
        bytesThisMonth: used('bytes').amount,
        budgets,
        warnings: [used('commands'), used('bytes')]
          .filter(({ kind, amount }) => amount >= budgetOf(kind))
          .map((each) => describeUsedUp(each, budgets)),
      }
    },
    look,
    warned(id) {
      if (!crossedHere.has(id)) nextReport = notBefore
      return look()
    },
    async close() {
      await reporting
      const why = await report()
      if (why !== null) log.warn({ why }, 'what Redis was asked for since the last report could not be added up')
    },
  }
}

/** Where there is no Redis, nothing is asked of it. */
export function createNoUsage(budgets: Budgets): Pick<UsageBook, 'usage' | 'close'> {
  return { usage: () => ({ commandsToday: 0, bytesThisMonth: 0, budgets, warnings: [] }), close: () => Promise.resolve() }
}
