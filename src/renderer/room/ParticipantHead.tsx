import { UnstyledButton, VisuallyHidden } from '@mantine/core'
import { IconChevronDown, IconChevronUp } from '@tabler/icons-react'
import type { ParticipantSort } from '../app/preferences-schema.ts'
import { setPreferences, usePreferences } from '../app/preferences.ts'
import { text } from '../ui/text.ts'
import classes from './ParticipantTable.module.css'

const { columns } = text.room

/** The column heads; those that can be sorted by are buttons. */
export function ParticipantHead() {
  return (
    <div className={classes.head} role="rowgroup">
      <div className={classes.headRow} role="row" aria-rowindex={1}>
        <SortHead sort="name" label={columns.person} />
        <SortHead sort="role" label={columns.role} />
        <SortHead sort="speaking" label={columns.speaking} />
        <span role="columnheader">{columns.audio}</span>
        <span role="columnheader">{columns.video}</span>
        <span role="columnheader" title={columns.screen}>
          <VisuallyHidden>{columns.screen}</VisuallyHidden>
        </span>
        <SortHead sort="quality" label={columns.quality} />
        <SortHead sort="joined" label={columns.joined} />
        <span role="columnheader">
          <VisuallyHidden>{columns.actions}</VisuallyHidden>
        </span>
        <span role="columnheader">
          <VisuallyHidden>{columns.outcome}</VisuallyHidden>
        </span>
      </div>
    </div>
  )
}

function SortHead({ sort, label }: { readonly sort: ParticipantSort; readonly label: string }) {
  const current = usePreferences((state) => state.participantSort === sort)
  const isRising = sort === 'name' || sort === 'role'
  const Direction = isRising ? IconChevronUp : IconChevronDown
  return (
    <span role="columnheader" aria-sort={current ? (isRising ? 'ascending' : 'descending') : 'none'}>
      <UnstyledButton className={classes.sort} title={text.room.sortBy(label)} onClick={() => setPreferences({ participantSort: sort })}>
        {label}
        {current ? <Direction size={13} aria-hidden /> : null}
      </UnstyledButton>
    </span>
  )
}
