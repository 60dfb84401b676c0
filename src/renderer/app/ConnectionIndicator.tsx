import { Popover, UnstyledButton } from '@mantine/core'
import { IconAlertTriangle, IconBroadcast, IconCloudOff, IconLoader2, IconRefresh, type Icon } from '@tabler/icons-react'
import type { Connection } from '#shared/domain/connection.ts'
import { formatShortTime, formatTime, formatUtc } from '../ui/format.ts'
import { text } from '../ui/text.ts'
import classes from './ConnectionIndicator.module.css'
import { useSession } from './session.ts'

const icons: Record<Connection['state'], Icon> = {
  connecting: IconLoader2,
  live: IconBroadcast,
  degraded: IconAlertTriangle,
  reconnecting: IconRefresh,
  offline: IconCloudOff,
}

/** S4.6: what the link is, since when, and on a click why. */
export function ConnectionIndicator() {
  const connection = useSession((state) => state.connection)
  const profile = useSession((state) => state.profile)
  // Without a profile there is nothing to be connected to: no alarm.
  const isCalm = useSession((state) => state.start.phase === 'started' && state.profile === null)
  const StateIcon = icons[connection.state]
  const name = text.connection.name[connection.state]
  return (
    <Popover position="bottom-end" width={320} withArrow>
      <Popover.Target>
        <UnstyledButton
          className={classes.indicator}
          data-testid="connection"
          data-state={connection.state}
          data-calm={isCalm}
          title={connection.why ?? undefined}
        >
          <StateIcon size={15} stroke={1.9} aria-hidden />
          <span className={classes.name}>{name}</span>
          <span className={classes.since}>{text.connection.since(formatShortTime(connection.since))}</span>
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown aria-label={text.connection.details(name)} data-testid="connection-details">
        <p className={classes.meaning}>
          <strong>{name}.</strong> {text.connection.meaning[connection.state]}
        </p>
        <dl className={classes.details}>
          <dt>{text.connection.from}</dt>
          <dd title={formatUtc(connection.since)}>{formatTime(connection.since)}</dd>
          {connection.why === null ? null : (
            <>
              <dt>{text.connection.why}</dt>
              <dd>{connection.why}</dd>
            </>
          )}
          <dt>{text.connection.profile}</dt>
          <dd dir="auto">{profile?.name ?? text.connection.none}</dd>
          {profile?.address == null ? null : (
            <>
              <dt>{text.connection.address}</dt>
              <dd className={classes.address}>{profile.address}</dd>
            </>
          )}
        </dl>
      </Popover.Dropdown>
    </Popover>
  )
}
