import type { FeedDraft } from '#server/rooms/feed-draft.ts'
import type { BudgetKind, Budgets } from './usage-ledger.ts'

/** What was used in a UTC day or month. `when`: `2026-01-31` or `2026-01`. */
export type Used = { readonly kind: BudgetKind; readonly amount: number; readonly when: string }

const count = new Intl.NumberFormat('en')
const megabytes = new Intl.NumberFormat('en', { minimumFractionDigits: 1, maximumFractionDigits: 1 })

/** That a budget is used up, as one line for a person. */
export function describeUsedUp({ kind, amount, when }: Used, budgets: Budgets): string {
  if (kind === 'commands')
    return `Redis was sent ${count.format(amount)} commands on ${when} (UTC); the budget is ${count.format(budgets.commandsPerDay)} a day`
  const [used, budget] = [amount, budgets.bytesPerMonth].map((bytes) => `${megabytes.format(bytes / 1e6)} MB`)
  return `${used} went to and from Redis in ${when} (UTC); the budget is ${budget} a month`
}

/** The same as a feed event. Its id names the crossing, so that one that was told twice can be known by it. */
export function budgetWarning(used: Used, budgets: Budgets, at: number): FeedDraft {
  const budget = used.kind === 'commands' ? budgets.commandsPerDay : budgets.bytesPerMonth
  const id = `budget-${used.kind}-${used.when}-${budget}`
  return { type: 'budget_warning', timestamp: at, data: { id, cause: 'server', detail: describeUsedUp(used, budgets) } }
}
