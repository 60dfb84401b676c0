import { IconRefreshAlert, IconRefreshDot, IconRefreshOff, type Icon } from '@tabler/icons-react'
import { useTimeText } from '../app/clock.ts'
import { useSession } from '../app/session.ts'
import { formatAge } from '../ui/format.ts'
import { text } from '../ui/text.ts'
import { readSyncState, type SyncState } from './sync-state.ts'
import classes from './SyncIndicator.module.css'

const icons: Record<SyncState, Icon> = {
  swept: IconRefreshDot,
  never: IconRefreshDot,
  stopped: IconRefreshOff,
  failing: IconRefreshAlert,
  webhooksMissing: IconRefreshAlert,
}

/** S1.7: whether the sweeps run and when the last one was; leads to all about them. */
export function SyncIndicator() {
  const state = useSession(({ sync }) => (sync === null ? null : readSyncState(sync)))
  const lastSync = useSession(({ sync }) => sync?.lastSync ?? 0)
  const swept = useTimeText((now) => text.sync.indicator.swept(formatAge(now - lastSync)))
  if (state === null) return null
  const StateIcon = icons[state]
  const name = state === 'swept' ? swept : text.sync.indicator[state]
  return (
    <a
      className={classes.indicator}
      href="#/sync"
      data-testid="sync-indicator"
      data-state={state}
      aria-label={text.sync.indicator.open(name)}
      title={name}
    >
      <StateIcon size={15} stroke={1.9} aria-hidden />
      <span className={classes.name}>{name}</span>
    </a>
  )
}
