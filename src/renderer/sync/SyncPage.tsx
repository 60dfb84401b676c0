import { useSession } from '../app/session.ts'
import { StaleBanner } from '../ui/StaleBanner.tsx'
import { text } from '../ui/text.ts'
import { Observers } from './Observers.tsx'
import { ServerReport } from './ServerReport.tsx'
import { SweepControls } from './SweepControls.tsx'
import { SweepFacts } from './SweepFacts.tsx'
import sheet from '../ui/Sheet.module.css'
import classes from './SyncPage.module.css'

/** How the sync server keeps up with LiveKit, and what it costs Redis. */
export function SyncPage() {
  const status = useSession((state) => state.sync)
  return (
    <div className={sheet.page} tabIndex={0} role="group" aria-label={text.sync.title}>
      <StaleBanner />
      <div className={sheet.column}>
        <h1 className={sheet.title}>{text.sync.title}</h1>
        <section className={sheet.section} aria-labelledby="sweeps">
          <h2 className={sheet.heading} id="sweeps">
            {text.sync.sweeps}
          </h2>
          <p className={sheet.help}>{text.sync.sweepsHelp}</p>
          {status === null ? (
            <p className={classes.unknown} data-testid="sync-unknown">
              <strong>{text.sync.unknown}</strong> {text.sync.unknownHelp}
            </p>
          ) : (
            <SweepFacts status={status} />
          )}
        </section>
        <SweepControls />
        <Observers />
        <ServerReport />
      </div>
    </div>
  )
}
