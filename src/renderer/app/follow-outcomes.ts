import { notifications } from '@mantine/notifications'
import type { PendingAction } from '#shared/domain/action.ts'
import { shownName } from '../room/arrange-participants.ts'
import { outcomeText } from '../room/outcome-text.ts'
import { text } from '../ui/text.ts'
import { dismissAction } from './actions.ts'
import { announce } from './announcer.ts'
import { newOutcomes } from './outcomes.ts'
import { useSession } from './session.ts'

/** How long a success stays beside its row, in ms. */
const DONE_SHOWN = 2_500

/** Tells every outcome once: announced, a failure also as a notification, and a success is taken away after a moment. Returns what stops it. */
export function followOutcomes(): () => void {
  return useSession.subscribe((state, before) => {
    for (const entry of newOutcomes(before.pending, state.pending)) tell(entry)
  })
}

function tell(entry: PendingAction): void {
  const person = useSession.getState().open?.participants.get(entry.action.identity)
  const about = text.actions.about(outcomeText(entry), person === undefined ? entry.action.identity : shownName(person))
  if (entry.outcome.state === 'failed') {
    announce(`${about}. ${entry.outcome.message}`)
    notifications.show({
      title: about,
      message: entry.outcome.message,
      color: 'red',
      role: 'presentation',
      closeButtonProps: { 'aria-label': text.actions.dismiss },
    })
  } else {
    announce(about)
    setTimeout(() => dismissAction(entry.action.actionId), DONE_SHOWN)
  }
}
