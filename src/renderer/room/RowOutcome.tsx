import { ActionIcon, Button, Loader } from '@mantine/core'
import { IconAlertCircle, IconCheck, IconX } from '@tabler/icons-react'
import { isBulk, type PendingAction } from '#shared/domain/action.ts'
import { dismissAction } from '../app/actions.ts'
import { newestOn, type HeldAction } from '../app/held-action.ts'
import { canRetry } from '../app/outcomes.ts'
import { useSession } from '../app/session.ts'
import { text } from '../ui/text.ts'
import { failureWords, outcomeText } from './outcome-text.ts'
import classes from './ParticipantRow.module.css'
import { retryHeld } from './permissions/turn-switch.ts'

/** The newest action on somebody in the open room that is under way or was just settled. */
export function useRowOutcome(identity: string): HeldAction | null {
  return useSession((state) => (state.open === null ? null : newestOn(state.pending, state.open.room, identity)))
}

/** How an action is with one of those whom it is about: of many each has a result of their own. */
export function stateFor({ action, outcome, targets }: PendingAction, identity: string): PendingAction['outcome']['state'] | 'none' {
  if (!isBulk(action) || outcome.state === 'pending') return outcome.state
  const target = targets?.find((one) => one.identity === identity)
  return target === undefined || target.ok ? 'none' : 'failed'
}

type OutcomeProps = { readonly entry: HeldAction | null; readonly identity: string; readonly reachable: boolean }

/** Pending, done for a moment, or failed with why and what can be done. */
export function RowOutcome({ entry, identity, reachable }: OutcomeProps) {
  const state = entry === null ? 'none' : stateFor(entry, identity)
  if (entry === null || state === 'none') return <span role="gridcell" />
  const { action, outcome } = entry
  const stages = outcomeText({ action, outcome: entry.outcome })
  if (state !== 'failed')
    return (
      <span className={classes.outcome} role="gridcell" data-state={state} data-testid="outcome">
        {state === 'pending' ? <Loader size={13} color="gray" /> : <IconCheck size={15} aria-hidden />}
        <span>{stages}</span>
      </span>
    )
  const target = isBulk(action) ? entry.targets?.find((one) => one.identity === identity) : undefined
  const why = failureWords(target ?? (outcome.state === 'failed' ? outcome : {}))
  return (
    <span className={classes.outcome} role="gridcell" data-state="failed" data-testid="outcome" title={`${stages}: ${why}`}>
      <IconAlertCircle size={15} aria-hidden />
      <span className={classes.why}>
        {stages}: {why}
      </span>
      {canRetry(entry) && !isBulk(action) ? (
        <Button size="compact-xs" variant="default" tabIndex={reachable ? 0 : -1} onClick={() => retryHeld(entry)} data-testid="retry">
          {text.actions.retry}
        </Button>
      ) : null}
      {isBulk(action) ? null : (
        <ActionIcon
          size="sm"
          variant="subtle"
          color="gray"
          tabIndex={reachable ? 0 : -1}
          aria-label={text.actions.dismiss}
          onClick={() => dismissAction(action.actionId)}
          data-testid="dismiss"
        >
          <IconX size={14} />
        </ActionIcon>
      )}
    </span>
  )
}
