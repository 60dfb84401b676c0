import { UnstyledButton } from '@mantine/core'
import { IconChevronDown, IconChevronUp } from '@tabler/icons-react'
import type { RoomSort } from '../app/preferences-schema.ts'
import { setPreferences, usePreferences } from '../app/preferences.ts'
import { text } from '../ui/text.ts'
import classes from './RoomRow.module.css'

const { columns } = text.wall

/** What the columns of the rows are; those that can be sorted by are buttons. */
export function RoomsHead() {
  return (
    <div className={classes.heads} role="group" aria-label={text.wall.sortBy}>
      <SortHead sort="name" label={columns.name} />
      <SortHead sort="size" label={columns.people} isNumber />
      <SortHead sort="newest" label={columns.running} isNumber />
      <span aria-hidden>{columns.speaking}</span>
      <span aria-hidden>{columns.quality}</span>
      <SortHead sort="attention" label={columns.attention} />
      <span aria-hidden>{columns.freshness}</span>
    </div>
  )
}

function SortHead({ sort, label, isNumber }: { readonly sort: RoomSort; readonly label: string; readonly isNumber?: boolean }) {
  const isCurrent = usePreferences((state) => state.roomSort === sort)
  const Direction = sort === 'name' || sort === 'newest' ? IconChevronUp : IconChevronDown
  return (
    <UnstyledButton
      className={classes.sort}
      data-number={isNumber}
      aria-pressed={isCurrent}
      title={text.room.sortBy(label)}
      onClick={() => setPreferences({ roomSort: sort })}
    >
      {label}
      {isCurrent ? <Direction size={13} aria-hidden /> : null}
    </UnstyledButton>
  )
}
