import { SegmentedControl, UnstyledButton, VisuallyHidden } from '@mantine/core'
import { IconAlertTriangle, IconLayoutGrid, IconLayoutList, type Icon } from '@tabler/icons-react'
import { roomSortSchema, roomViewSchema, type RoomView } from '../app/preferences-schema.ts'
import { setPreferences, usePreferences } from '../app/preferences.ts'
import { formatCount } from '../ui/format.ts'
import page from '../ui/Page.module.css'
import { text } from '../ui/text.ts'
import { WaitingMark } from '../ui/WaitingMark.tsx'
import classes from './WallToolbar.module.css'

const sorts = roomSortSchema.options.map((value) => ({ value, label: text.wall.sort[value] }))
const viewIcons: Record<RoomView, Icon> = { tiles: IconLayoutGrid, rows: IconLayoutList }
const views = roomViewSchema.options.map((value) => ({ value, label: <ViewLabel view={value} /> }))

/** `marked`: how many rooms have a mark, whatever the filter lets through. */
type Counts = { readonly shown: number; readonly all: number; readonly online: number; readonly marked: number }
type ToolbarProps = {
  /** Null while the rooms are not known. */
  readonly counts: Counts | null
  readonly waiting: number
  readonly onApply: () => void
}

export function WallToolbar({ counts, waiting, onApply }: ToolbarProps) {
  const sort = usePreferences((state) => state.roomSort)
  const view = usePreferences((state) => state.roomView)
  return (
    <div className={page.toolbar}>
      <h1 className={page.title}>{text.wall.title}</h1>
      {counts === null ? null : (
        <span className={classes.counts}>
          <b data-testid="room-count">{text.wall.count(counts.shown, counts.all)}</b> · {text.wall.people(counts.online)}
        </span>
      )}
      {counts === null ? null : <AttentionFilter marked={counts.marked} />}
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
      <SegmentedControl
        size="xs"
        aria-label={text.wall.view}
        data={views}
        value={view}
        transitionDuration={100}
        onChange={(value) => setPreferences({ roomView: roomViewSchema.parse(value) })}
      />
    </div>
  )
}

/** Shows only rooms with a mark; says how many there are also while it is off. */
function AttentionFilter({ marked }: { readonly marked: number }) {
  const isOn = usePreferences((state) => state.roomAttentionOnly)
  return (
    <UnstyledButton
      className={classes.attention}
      data-testid="attention-filter"
      data-any={marked > 0}
      aria-pressed={isOn}
      title={text.attention.filterTitle(marked)}
      onClick={() => setPreferences({ roomAttentionOnly: !isOn })}
    >
      <IconAlertTriangle size={14} stroke={1.8} aria-hidden />
      {text.attention.filter} <b>{formatCount(marked)}</b>
    </UnstyledButton>
  )
}

function ViewLabel({ view }: { readonly view: RoomView }) {
  const ViewIcon = viewIcons[view]
  return (
    <span className={classes.view} title={text.wall.views[view]}>
      <ViewIcon size={15} stroke={1.7} aria-hidden />
      <VisuallyHidden>{text.wall.views[view]}</VisuallyHidden>
    </span>
  )
}
