import { Button, CloseButton, Progress, UnstyledButton } from '@mantine/core'
import { IconAlertCircle, IconCheck, IconChevronDown, IconChevronRight } from '@tabler/icons-react'
import { useState } from 'react'
import { useShallow } from 'zustand/react/shallow'
import { isBulk } from '#shared/domain/action.ts'
import { act, cancelAction, dismissAction } from '../../app/actions.ts'
import type { HeldAction } from '../../app/held-action.ts'
import { useSession } from '../../app/session.ts'
import { text } from '../../ui/text.ts'
import { failureWords, outcomeText, whomText } from '../outcome-text.ts'
import { resultsOf, retryOf } from './bulk-results.ts'
import { BulkTargets } from './BulkTargets.tsx'
import classes from './Bulk.module.css'

/** How many are shown at once, the newest. */
const SHOWN = 3

/** What is under way for many in this room, and how it went. */
export function BulkRuns({ room }: { readonly room: string }) {
  const runs = useSession(
    useShallow((state) => [...state.pending.values()].filter(({ action }) => isBulk(action) && action.room === room).slice(-SHOWN)),
  )
  if (runs.length === 0) return null
  return (
    <section className={classes.runs} aria-label={text.bulk.runs}>
      {runs.map((run) =>
        run.outcome.state === 'pending' ? (
          <Running key={run.action.actionId} run={run} />
        ) : (
          <Finished key={run.action.actionId} run={run} />
        ),
      )}
    </section>
  )
}

function Running({ run }: { readonly run: HeldAction }) {
  const [cancelling, setCancelling] = useState(false)
  const { progress } = run
  const share = progress === undefined || progress.of === 0 ? 0 : (100 * progress.done) / progress.of
  const words = progress === undefined ? text.bulk.waiting : text.bulk.progress(progress.done, progress.of, progress.failed)
  return (
    <div className={classes.run} data-testid="bulk-run" data-state="pending">
      <span className={classes.what}>{titleOf(run)}</span>
      <Progress className={classes.progress} size="sm" value={share} aria-label={titleOf(run)} transitionDuration={100} />
      <span className={classes.words} data-testid="bulk-progress">
        {words}
      </span>
      <Button
        size="compact-sm"
        variant="default"
        disabled={cancelling}
        data-testid="bulk-cancel"
        onClick={() => {
          setCancelling(true)
          void cancelAction(run.action.actionId).finally(() => setCancelling(false))
        }}
      >
        {cancelling ? text.bulk.cancelling : text.bulk.cancel}
      </Button>
    </div>
  )
}

function Finished({ run }: { readonly run: HeldAction }) {
  const { failed, done } = resultsOf(run)
  const [chosen, setChosen] = useState<boolean | null>(null)
  const { actionId } = run.action
  const retry = retryOf(run, actionId)
  // What failed is read without being asked for.
  const open = chosen ?? failed.length > 0
  const refusedWhole = run.outcome.state === 'failed' && run.targets === undefined ? failureWords(run.outcome) : null
  const Arrow = open ? IconChevronDown : IconChevronRight
  return (
    <div className={classes.finished} data-testid="bulk-run" data-state={run.outcome.state}>
      <div className={classes.run}>
        {run.outcome.state === 'failed' ? (
          <IconAlertCircle className={classes.bad} size={16} aria-hidden />
        ) : (
          <IconCheck className={classes.good} size={16} aria-hidden />
        )}
        <span className={classes.what}>{titleOf(run)}</span>
        <span className={classes.words} data-testid="bulk-summary">
          {refusedWhole ?? text.bulk.results(done.length, failed.length)}
        </span>
        {run.targets === undefined || run.targets.length === 0 ? null : (
          <UnstyledButton className={classes.fold} aria-expanded={open} onClick={() => setChosen(!open)}>
            <Arrow size={14} aria-hidden />
            {text.bulk.show}
          </UnstyledButton>
        )}
        {retry === null ? null : (
          <Button
            size="compact-sm"
            variant="default"
            data-testid="bulk-retry"
            onClick={() => {
              dismissAction(actionId)
              void act({ ...retry, actionId: crypto.randomUUID() })
            }}
          >
            {text.bulk.retryFailed('identities' in retry ? (retry.identities?.length ?? 0) : 0)}
          </Button>
        )}
        <CloseButton size="sm" aria-label={text.bulk.close} onClick={() => dismissAction(actionId)} data-testid="bulk-close" />
      </div>
      {open ? <BulkTargets results={[...failed, ...done]} before={run.before} /> : null}
    </div>
  )
}

function titleOf(run: HeldAction): string {
  return text.actions.about(outcomeText(run), whomText(run.action, run.before ?? new Map()))
}
