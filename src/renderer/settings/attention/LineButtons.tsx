import { ActionIcon } from '@mantine/core'
import { IconArrowDown, IconArrowUp, IconX, type Icon } from '@tabler/icons-react'
import { text } from '../../ui/text.ts'
import classes from './AttentionRules.module.css'

type ButtonsProps = {
  readonly name: string
  readonly index: number
  readonly count: number
  readonly isDisabled: boolean
  readonly onMove: (by: -1 | 1) => void
  readonly onRemove: () => void
}

/** What can be done with a line as a whole. */
export function LineButtons({ name, index, count, isDisabled, onMove, onRemove }: ButtonsProps) {
  return (
    <span className={classes.lineButtons}>
      <LineButton icon={IconArrowUp} label={text.rules.up(name)} isDisabled={isDisabled} isIdle={index === 0} onClick={() => onMove(-1)} />
      <LineButton
        icon={IconArrowDown}
        label={text.rules.down(name)}
        isDisabled={isDisabled}
        isIdle={index === count - 1}
        onClick={() => onMove(1)}
      />
      <LineButton icon={IconX} label={text.rules.removePattern(name)} isDisabled={isDisabled} isIdle={false} onClick={onRemove} />
    </span>
  )
}

type ButtonProps = {
  readonly icon: Icon
  readonly label: string
  readonly isDisabled: boolean
  /** It can do nothing where the line stands, and keeps the focus all the same. */
  readonly isIdle: boolean
  readonly onClick: () => void
}

function LineButton(props: ButtonProps) {
  return (
    <ActionIcon
      size="sm"
      variant="subtle"
      color="gray"
      aria-label={props.label}
      title={props.label}
      disabled={props.isDisabled}
      aria-disabled={props.isIdle}
      data-disabled={props.isIdle}
      onClick={() => (props.isIdle ? undefined : props.onClick())}
    >
      <props.icon size={14} aria-hidden />
    </ActionIcon>
  )
}
