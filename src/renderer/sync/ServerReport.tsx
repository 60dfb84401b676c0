import { Button, Progress } from '@mantine/core'
import { useEffect, useState } from 'react'
import type { ServerReport as Told } from '#shared/contract/ipc-sync.ts'
import { useSession } from '../app/session.ts'
import { Report } from '../ui/Report.tsx'
import { formatCount } from '../ui/format.ts'
import { text } from '../ui/text.ts'
import { readServer } from './server-requests.ts'
import sheet from '../ui/Sheet.module.css'
import classes from './SyncPage.module.css'

/** S3.4 and S1.6: Redis' budget and the matches, read when the page is opened and when it is asked for. */
export function ServerReport() {
  const isLinked = useSession((state) => state.connection.state === 'live' || state.connection.state === 'degraded')
  const [told, setTold] = useState<Told | string | null>(null)

  useEffect(() => {
    if (!isLinked) return
    let isCurrent = true
    void readServer().then((answer) => isCurrent && setTold(answer))
    return () => void (isCurrent = false)
  }, [isLinked])

  return (
    <section className={sheet.section} aria-labelledby="budget">
      <div className={classes.headingLine}>
        <h2 className={sheet.heading} id="budget">
          {text.sync.budget}
        </h2>
        <Button size="compact-xs" variant="subtle" disabled={!isLinked} onClick={() => void readServer().then(setTold)}>
          {text.sync.refresh}
        </Button>
      </div>
      <p className={sheet.help}>{text.sync.budgetHelp}</p>
      {told === null ? <p className={sheet.help}>{text.sync.loading}</p> : null}
      {typeof told === 'string' ? <Report ok={false} message={told} testid="server-refused" /> : null}
      {told !== null && typeof told !== 'string' ? <Facts told={told} /> : null}
    </section>
  )
}

function Facts({ told: { usage, matches } }: { readonly told: Told }) {
  const { budgets } = usage
  return (
    <>
      {usage.warnings.map((warning) => (
        <Report key={warning} ok={false} message={warning} />
      ))}
      <Budget
        name={text.sync.commandsToday}
        used={usage.commandsToday}
        limit={budgets.commandsPerDay}
        format={formatCount}
        testid="budget-commands"
      />
      <Budget
        name={text.sync.bytesThisMonth}
        used={usage.bytesThisMonth}
        limit={budgets.bytesPerMonth}
        format={text.sync.megabytes}
        testid="budget-bytes"
      />
      <h2 className={sheet.heading}>{text.sync.matches}</h2>
      <dl className={classes.facts}>
        <div className={classes.fact}>
          <dt>{text.sync.activeMatches}</dt>
          <dd>{formatCount(matches.activeMatchesCount)}</dd>
        </div>
        <div className={classes.fact}>
          <dt>{text.sync.queue}</dt>
          <dd>{formatCount(matches.queueLength)}</dd>
        </div>
      </dl>
    </>
  )
}

function Budget(props: {
  readonly name: string
  readonly used: number
  readonly limit: number
  readonly format: (value: number) => string
  readonly testid: string
}) {
  const { name, used, limit, format } = props
  const share = (100 * used) / limit
  const tone = share >= 100 ? { color: 'red' } : share >= 80 ? { color: 'yellow' } : {}
  return (
    <div className={classes.budget} data-testid={props.testid} data-over={used >= limit}>
      <div className={classes.budgetLine}>
        <span>{name}</span>
        <span className={classes.budgetUsed}>{text.sync.of(format(used), format(limit))}</span>
      </div>
      <Progress value={Math.min(100, share)} size="sm" {...tone} aria-label={name} />
    </div>
  )
}
