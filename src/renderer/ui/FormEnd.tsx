import { Button } from '@mantine/core'
import classes from './FormEnd.module.css'

type FormEndProps = {
  /** Begins the test ids of the problem and of the button that does it. */
  readonly testid: string
  /** Why it can't be done, or was not; null: nothing is in the way. */
  readonly problem: string | null
  readonly cancel: string
  readonly confirm: string
  readonly isSending: boolean
  /** What it does can't be undone, or hurts. */
  readonly isHard?: boolean
  readonly onCancel: () => void
}

/** The end of a dialog's form: what is in its way, and the two buttons. */
export function FormEnd({ testid, problem, cancel, confirm, isSending, isHard = false, onCancel }: FormEndProps) {
  return (
    <>
      {problem === null ? null : (
        <p className={classes.problem} role="alert" data-testid={`${testid}-problem`}>
          {problem}
        </p>
      )}
      <div className={classes.buttons}>
        <Button variant="default" onClick={onCancel}>
          {cancel}
        </Button>
        <Button type="submit" {...(isHard && { color: 'red.8' })} loading={isSending} data-testid={`${testid}-confirm`}>
          {confirm}
        </Button>
      </div>
    </>
  )
}
