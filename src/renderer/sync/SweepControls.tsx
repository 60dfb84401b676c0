import { Button } from '@mantine/core'
import { useState } from 'react'
import type { SyncRequest } from '#shared/contract/http-sync.ts'
import { whyBlocked } from '../app/action-block.ts'
import { useSession } from '../app/session.ts'
import { Report } from '../ui/Report.tsx'
import { text } from '../ui/text.ts'
import { controlSync, type Outcome } from './server-requests.ts'
import sheet from '../ui/Sheet.module.css'
import classes from './SyncPage.module.css'

type Control = SyncRequest['action']

/** S1.7: the sweeps by hand, for who may. */
export function SweepControls() {
  const running = useSession((state) => state.sync?.running ?? true)
  const blocked = useSession((state) => whyBlocked(state.connection.state, state.operator, 'control_sync'))
  const [busy, setBusy] = useState<Control | null>(null)
  const [outcome, setOutcome] = useState<Outcome | null>(null)
  const controls: readonly Control[] = ['sync', 'full-sync', 'cleanup', running ? 'stop-service' : 'start-service']

  async function run(action: Control) {
    setBusy(action)
    setOutcome(null)
    setOutcome(await controlSync(action))
    setBusy(null)
  }

  return (
    <section className={sheet.section} aria-labelledby="controls">
      <h2 className={sheet.heading} id="controls">
        {text.sync.controls}
      </h2>
      {blocked === null ? null : <p className={sheet.help}>{blocked}</p>}
      <div className={classes.buttons}>
        {controls.map((action) => (
          <Button
            key={action}
            size="xs"
            variant="default"
            loading={busy === action}
            disabled={blocked !== null || (busy !== null && busy !== action)}
            title={blocked ?? text.sync.controlHelp[action]}
            onClick={() => void run(action)}
            data-testid={`sync-${action}`}
          >
            {text.sync.control[action]}
          </Button>
        ))}
      </div>
      {outcome === null ? null : <Report ok={outcome.ok} message={outcome.message} testid="sync-outcome" />}
    </section>
  )
}
