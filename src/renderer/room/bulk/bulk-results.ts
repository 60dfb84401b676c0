import { identitiesOf, type Action, type TargetResult } from '#shared/domain/action.ts'
import type { HeldAction } from '../../app/held-action.ts'
import { retriable } from '../../app/outcomes.ts'

/** How a bulk action went: those it failed for first. */
export type Results = { readonly failed: readonly TargetResult[]; readonly done: readonly TargetResult[] }

export function resultsOf({ targets = [] }: Pick<HeldAction, 'targets'>): Results {
  return { failed: targets.filter((target) => !target.ok), done: targets.filter((target) => target.ok) }
}

/** The same for those for whom it failed and could end otherwise; null where there are none. A lock is in force however it went, so it is not imposed again. */
export function retryOf({ action, targets = [] }: Pick<HeldAction, 'action' | 'targets'>, actionId: string): Action | null {
  const identities = [...retriable(targets)]
  if (identities.length === 0) return null
  const { expect } = action
  const again = { actionId, ...(expect !== undefined && { expect: { ...expect, ...sidsFor(expect.participantSids, identities) } }) }
  if (action.type === 'mute_all') {
    const { sources = ['microphone'] } = action
    return { ...again, type: 'mute', room: action.room, identities, sources, ...(action.reason !== undefined && { reason: action.reason }) }
  }
  return 'identities' in action && identitiesOf(action).length > 0 ? { ...action, ...again, identities } : null
}

function sidsFor(sids: Readonly<Record<string, string>> | undefined, identities: readonly string[]) {
  if (sids === undefined) return {}
  const wanted = new Set(identities)
  return { participantSids: Object.fromEntries(Object.entries(sids).filter(([identity]) => wanted.has(identity))) }
}
