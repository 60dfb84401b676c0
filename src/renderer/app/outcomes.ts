import type { PendingAction } from '#shared/domain/action.ts'

/** The actions that have been settled between two states, in the order they were sent. A success that is told only now counts, too: it must go again. */
export function newOutcomes(
  before: ReadonlyMap<string, PendingAction>,
  after: ReadonlyMap<string, PendingAction>,
): readonly PendingAction[] {
  if (before === after) return []
  return [...after.values()].filter(({ action, outcome }) => {
    const earlier = before.get(action.actionId)?.outcome.state
    return earlier === 'pending' ? outcome.state !== 'pending' : earlier === undefined && outcome.state === 'done'
  })
}

/** Whether sending the same again could end otherwise: not when the person, track or room it meant is gone. */
export function canRetry(entry: PendingAction): boolean {
  if (entry.outcome.state !== 'failed') return false
  const { code, detail } = entry.outcome
  if (detail === 'participant_gone' || detail === 'track_gone' || detail === 'room_gone' || detail === 'changed_meanwhile') return false
  return code !== 'forbidden' && code !== 'unsupported' && code !== 'invalid' && code !== 'not_found'
}
