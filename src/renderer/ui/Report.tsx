import { IconAlertCircle, IconCheck } from '@tabler/icons-react'
import classes from './Report.module.css'

/** What became of a request, in one line that is read aloud. */
export function Report(props: { readonly ok: boolean; readonly message: string; readonly testid?: string }) {
  const StateIcon = props.ok ? IconCheck : IconAlertCircle
  return (
    <p className={classes.report} data-ok={props.ok} data-testid={props.testid} role="status">
      <StateIcon size={16} aria-hidden />
      <span>{props.message}</span>
    </p>
  )
}
