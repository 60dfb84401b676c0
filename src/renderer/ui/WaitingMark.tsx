import { Kbd, UnstyledButton } from '@mantine/core'
import { text } from './text.ts'
import classes from './WaitingMark.module.css'

/** Says how many changes wait while nothing may move, and applies them. */
export function WaitingMark(props: { readonly count: number; readonly onApply: () => void }) {
  if (props.count === 0) return null
  return (
    <UnstyledButton className={classes.waiting} onClick={props.onApply} data-testid="waiting" data-count={props.count}>
      {text.wall.waiting(props.count)} <Kbd size="xs">.</Kbd>
    </UnstyledButton>
  )
}
