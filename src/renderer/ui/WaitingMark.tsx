import { Kbd, UnstyledButton } from '@mantine/core'
import { text } from './text.ts'
import classes from './WaitingMark.module.css'

/** Says how many changes wait while nothing may move, and applies them. `label`: what to call them, unless they are changes of an order. */
export function WaitingMark(props: { readonly count: number; readonly onApply: () => void; readonly label?: string }) {
  if (props.count === 0) return null
  return (
    <UnstyledButton className={classes.waiting} onClick={props.onApply} data-testid="waiting" data-count={props.count}>
      {props.label ?? text.wall.waiting(props.count)} <Kbd size="xs">.</Kbd>
    </UnstyledButton>
  )
}
