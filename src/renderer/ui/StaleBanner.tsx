import { IconAlertTriangle } from '@tabler/icons-react'
import { useSession } from '../app/session.ts'
import classes from './StaleBanner.module.css'
import { text } from './text.ts'

/** Marks what is shown as possibly old, whenever the link is anything but live. */
export function StaleBanner() {
  const connection = useSession((state) => state.connection)
  if (connection.state === 'live') return null
  return (
    <div className={classes.banner} data-testid="stale" data-state={connection.state}>
      <IconAlertTriangle size={15} aria-hidden />
      <span>{text.wall.stale(connection.why ?? text.connection.name[connection.state])}</span>
    </div>
  )
}
