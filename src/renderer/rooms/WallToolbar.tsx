import { SegmentedControl } from '@mantine/core'
import { roomSortSchema } from '../app/preferences-schema.ts'
import { setPreferences, usePreferences } from '../app/preferences.ts'
import page from '../ui/Page.module.css'
import { text } from '../ui/text.ts'
import { WaitingMark } from '../ui/WaitingMark.tsx'
import classes from './WallToolbar.module.css'

const sorts = roomSortSchema.options.map((value) => ({ value, label: text.wall.sort[value] }))

type ToolbarProps = {
  /** Null while the rooms are not known. */
  readonly counts: { readonly shown: number; readonly all: number; readonly online: number } | null
  readonly waiting: number
  readonly onApply: () => void
}

export function WallToolbar({ counts, waiting, onApply }: ToolbarProps) {
  const sort = usePreferences((state) => state.roomSort)
  return (
    <div className={page.toolbar}>
      <h1 className={page.title}>{text.wall.title}</h1>
      {counts === null ? null : (
        <span className={classes.counts}>
          <b data-testid="room-count">{text.wall.count(counts.shown, counts.all)}</b> · {text.wall.people(counts.online)}
        </span>
      )}
      <WaitingMark count={waiting} onApply={onApply} />
      <div className={page.spacer} />
      <div className={classes.sort}>
        <span aria-hidden>{text.wall.sortBy}</span>
        <SegmentedControl
          size="xs"
          aria-label={text.wall.sortBy}
          data={sorts}
          value={sort}
          transitionDuration={100}
          onChange={(value) => setPreferences({ roomSort: roomSortSchema.parse(value) })}
        />
      </div>
    </div>
  )
}
