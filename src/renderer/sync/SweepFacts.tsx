import { IconAlertTriangle } from '@tabler/icons-react'
import type { SyncStatus } from '#shared/contract/http-sync.ts'
import { useTimeText } from '../app/clock.ts'
import { formatAge, formatCount, formatSpan, formatUtc } from '../ui/format.ts'
import { text } from '../ui/text.ts'
import { Fact } from './Fact.tsx'
import classes from './SyncPage.module.css'

/** S1.4: what the sweeps found, and when. */
export function SweepFacts({ status }: { readonly status: SyncStatus }) {
  return (
    <>
      {status.webhooksMissing ? (
        <p className={classes.alarm} role="alert" data-testid="webhooks-missing">
          <IconAlertTriangle size={16} aria-hidden />
          <span>{text.sync.webhooksMissing}</span>
        </p>
      ) : null}
      <dl className={classes.facts} data-testid="sync-facts">
        <Fact name={text.sync.state} tone={status.running ? undefined : 'warn'}>
          {status.running ? text.sync.running(status.intervalMs / 1000) : text.sync.stopped}
        </Fact>
        <Fact name={text.sync.lastSync}>
          <Ago at={status.lastSync} />
        </Fact>
        {status.running ? (
          <Fact name={text.sync.nextSync}>
            <Until at={status.nextSync} />
          </Fact>
        ) : null}
        <Fact name={text.sync.rooms}>{formatCount(status.rooms)}</Fact>
        <Fact name={text.sync.drift}>{formatCount(status.drift)}</Fact>
        <Fact name={text.sync.errors} tone={status.lastError === null ? undefined : 'warn'}>
          {formatCount(status.errors)}
        </Fact>
        {status.lastError === null ? null : <Fact name={text.sync.lastError}>{status.lastError}</Fact>}
        <Fact name={text.sync.lastWebhook} tone={status.webhooksMissing ? 'warn' : undefined}>
          <Ago at={status.lastWebhook} />
        </Fact>
        <Fact name={text.sync.lastCleanup}>
          <Ago at={status.lastCleanup} />
        </Fact>
      </dl>
    </>
  )
}

function Ago({ at }: { readonly at: number | null }) {
  const age = useTimeText((now) => text.sync.ago(formatAge(now - (at ?? now))))
  return at === null ? text.sync.never : <span title={formatUtc(at)}>{age}</span>
}

function Until({ at }: { readonly at: number | null }) {
  const left = useTimeText((now) => (at !== null && at > now ? text.sync.in(formatSpan(at - now)) : text.sync.due))
  return at === null ? text.sync.never : <span title={formatUtc(at)}>{left}</span>
}
