import { Button } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import type { Action } from '#shared/domain/action.ts'
import type { Participant } from '#shared/domain/participant.ts'
import { may } from '#shared/domain/operator.ts'
import { outcomeText, whomText } from '../room/outcome-text.ts'
import { text } from '../ui/text.ts'
import { act } from './actions.ts'
import { undoOf } from './undo.ts'
import type { Answer } from './read-result.ts'
import { useSession } from './session.ts'

/** How long it is offered, ms. */
const OFFERED = 12_000

/** The offer that is on the screen, or was last. */
let offered: string | null = null

/** Offers to take back what was just done, where that can be done and the operator may. The newest takes the place of the one before: whatever stays in force can be lifted later, too. */
export function offerUndo(action: Action, answer: Answer, before: ReadonlyMap<string, Participant>): void {
  const undo = undoOf(action, answer, before, crypto.randomUUID())
  const { operator } = useSession.getState()
  if (undo === null || operator === null || !may(operator, undo.type)) return
  const id = `undo ${action.actionId}`
  const words = text.actions.about(outcomeText({ action, ...answer }), whomText(action, before))
  if (offered !== null) notifications.hide(offered)
  offered = id
  // Another profile's server knows nothing of it, or somebody else by that name.
  const stop = useSession.subscribe((state, earlier) => {
    if (state.profile?.id !== earlier.profile?.id) notifications.hide(id)
  })
  notifications.show({
    id,
    message: <Offer words={words} onUndo={() => (notifications.hide(id), void act(undo))} />,
    autoClose: OFFERED,
    onClose: stop,
    role: 'presentation',
    closeButtonProps: { 'aria-label': text.actions.dismiss },
  })
}

function Offer({ words, onUndo }: { readonly words: string; readonly onUndo: () => void }) {
  return (
    <span style={{ display: 'flex', alignItems: 'center', justifyContent: 'space-between', gap: '0.75rem' }}>
      <span dir="auto">{words}</span>
      <Button size="compact-sm" variant="default" onClick={onUndo} data-testid="undo">
        {text.actions.undo}
      </Button>
    </span>
  )
}
