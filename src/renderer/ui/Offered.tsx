import { UnstyledButton } from '@mantine/core'
import classes from './Offered.module.css'

/** Texts that can be taken into a field with a click. */
export function Offered(props: { readonly label: string; readonly values: readonly string[]; readonly onChoose: (value: string) => void }) {
  if (props.values.length === 0) return null
  return (
    <div className={classes.offered} role="group" aria-label={props.label}>
      {props.values.map((known) => (
        <UnstyledButton key={known} className={classes.known} dir="auto" title={known} onClick={() => props.onChoose(known)}>
          {known}
        </UnstyledButton>
      ))}
    </div>
  )
}
