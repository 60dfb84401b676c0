import { CloseButton, SegmentedControl } from '@mantine/core'
import { roomSortSchema } from '../app/preferences-schema.ts'
import { setPreferences, usePreferences } from '../app/preferences.ts'
import { useSession } from '../app/session.ts'
import { text } from '../ui/text.ts'
import { WaitingMark } from '../ui/WaitingMark.tsx'
import classes from './RoomsPage.module.css'

const sorts = roomSortSchema.options.map((value) => ({ value, label: text.wall.sort[value] }))

export function WallToolbar(props: { readonly shown: number; readonly waiting: number; readonly onApply: () => void }) {
  const all = useSession((state) => state.rooms?.size ?? null)
  const online = useSession((state) => (state.rooms === null ? null : countOnline(state.rooms.values())))
  const filter = usePreferences((state) => state.roomFilter)
  const sort = usePreferences((state) => state.roomSort)
  return (
    <div className={classes.toolbar}>
      <h1 className={classes.title}>{text.wall.title}</h1>
      {all === null || online === null ? null : (
        <span className={classes.counts}>
          <b data-testid="room-count">{text.wall.count(props.shown, all)}</b> · {text.wall.people(online)}
        </span>
      )}
      {filter.trim() === '' ? null : (
        <span className={classes.filter}>
          <bdi title={filter}>{filter}</bdi>
          <CloseButton size="xs" aria-label={text.wall.clearFilter} onClick={() => setPreferences({ roomFilter: '' })} />
        </span>
      )}
      <WaitingMark count={props.waiting} onApply={props.onApply} />
      <div className={classes.spacer} />
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

function countOnline(rooms: Iterable<{ readonly online: number }>): number {
  let online = 0
  for (const room of rooms) online += room.online
  return online
}
