import { ActionIcon, Button, Loader } from '@mantine/core'
import { IconAlertCircle, IconCheck, IconX } from '@tabler/icons-react'
import type { PendingAction } from '#shared/domain/action.ts'
import { dismissAction, retryAction } from '../app/actions.ts'
import { canRetry } from '../app/outcomes.ts'
import { useSession } from '../app/session.ts'
import { text } from '../ui/text.ts'
import { outcomeText } from './outcome-text.ts'
import classes from './Participants.module.css'

/** The newest action on somebody in the open room that is under way or was just settled. */
export function useRowOutcome(identity: string): PendingAction | null {
  return useSession((state) => {
    let newest: PendingAction | null = null
    for (const entry of state.pending.values())
      if (entry.action.identity === identity && entry.action.room === state.open?.room) newest = entry
    return newest
  })
}

/** Pending, done for a moment, or failed with why and what can be done. */
export function RowOutcome({ entry, reachable }: { readonly entry: PendingAction | null; readonly reachable: boolean }) {
  if (entry === null) return <span role="gridcell" />
  const { action, outcome } = entry
  const label = outcomeText(entry)
  if (outcome.state !== 'failed')
    return (
      <span className={classes.outcome} role="gridcell" data-state={outcome.state} data-testid="outcome">
        {outcome.state === 'pending' ? <Loader size={13} color="gray" /> : <IconCheck size={15} aria-hidden />}
        <span>{label}</span>
      </span>
    )
  return (
    <span className={classes.outcome} role="gridcell" data-state="failed" data-testid="outcome" title={`${label}: ${outcome.message}`}>
      <IconAlertCircle size={15} aria-hidden />
      <span className={classes.why}>
        {label}: {outcome.message}
      </span>
      {canRetry(entry) ? (
        <Button size="compact-xs" variant="default" tabIndex={reachable ? 0 : -1} onClick={() => retryAction(action)} data-testid="retry">
          {text.actions.retry}
        </Button>
      ) : null}
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
    </span>
  )
}
