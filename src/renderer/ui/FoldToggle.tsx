import { IconChevronRight } from '@tabler/icons-react'
import classes from './FoldToggle.module.css'

/** Opens and closes what belongs to a row. `label`: what is opened. */
export function FoldToggle(props: {
  readonly isOpen: boolean
  readonly label: string
  readonly onToggle: () => void
  readonly testid: string
  readonly className?: string | undefined
}) {
  return (
    <button
      type="button"
      className={`${classes.toggle} ${props.className ?? ''}`}
      aria-expanded={props.isOpen}
      aria-label={props.label}
      onClick={props.onToggle}
      data-testid={props.testid}
    >
      <IconChevronRight size={15} aria-hidden />
    </button>
  )
}
