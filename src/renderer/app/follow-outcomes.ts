import { notifications } from '@mantine/notifications'
import { isBulk } from '#shared/domain/action.ts'
import { failureWords, outcomeText, whomText } from '../room/outcome-text.ts'
import { findUnconfirmed } from '../room/permissions/lay-pending.ts'
import { text } from '../ui/text.ts'
import { dismissAction } from './actions.ts'
import { announce } from './announcer.ts'
import type { HeldAction } from './held-action.ts'
import { newOutcomes } from './outcomes.ts'
import { rereadOpenRoom, useSession } from './session.ts'

/** How long a success stays beside its row, in ms. */
const DONE_SHOWN = 2_500
/** How long the fact of a success may take before the room is read again, in ms. */
const FACT_AWAITED = 2_000

/** Tells every outcome once: announced, a failure also as a notification, and a success is taken away after a moment. Returns what stops it. */
export function followOutcomes(): () => void {
  return useSession.subscribe((state, before) => {
    for (const entry of newOutcomes(before.pending, state.pending)) {
      tell(entry)
      if (entry.outcome.state === 'done') setTimeout(() => awaitFact(entry.action.actionId), FACT_AWAITED)
    }
  })
}

function tell(entry: HeldAction): void {
  const { action, outcome } = entry
  const about = text.actions.about(outcomeText(entry), whomText(action, useSession.getState().open?.participants ?? new Map()))
  if (outcome.state !== 'failed') {
    announce(about)
    // What was for many has a result per target to be read.
    if (!isBulk(action)) setTimeout(() => dismissAction(action.actionId), DONE_SHOWN)
    return
  }
  const why = failureWords(outcome)
  announce(`${about}. ${why}`)
  if (isBulk(action) && entry.targets !== undefined) return
  notifications.show({
    title: about,
    message: why,
    color: 'red',
    role: 'presentation',
    closeButtonProps: { 'aria-label': text.actions.dismiss },
  })
}

/** A change that was acknowledged and whose fact did not come: what is true is read. */
function awaitFact(actionId: string): void {
  const { pending, open } = useSession.getState()
  const entry = pending.get(actionId)
  if (entry !== undefined && open !== null && findUnconfirmed(entry, open.participants) !== null) void rereadOpenRoom()
}
