import { UnstyledButton } from '@mantine/core'
import { IconActivity, IconEyeOff, IconHistory, IconUserOff, type Icon } from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import type { RoomSummary } from '#shared/domain/room.ts'
import { useClock } from '../app/clock.ts'
import { useSession } from '../app/session.ts'
import { useShortcuts } from '../app/shortcuts.ts'
import { compareRooms } from '../rooms/arrange-rooms.ts'
import { formatCount } from '../ui/format.ts'
import { text } from '../ui/text.ts'
import { useHeldOrder } from '../ui/useHeldOrder.ts'
import { WaitingMark } from '../ui/WaitingMark.tsx'
import { createWarmSort } from '../ui/warm-sort.ts'
import { freshnesses, groupByFreshness, type Freshness } from './observer-view.ts'
import { RoomLinks } from './RoomLinks.tsx'
import classes from './Observers.module.css'

const icons: Record<Freshness, Icon> = { now: IconActivity, earlier: IconHistory, never: IconEyeOff, empty: IconUserOff }
const NO_ROOMS = new Map<string, never>()

/** X2: which rooms are observed, by any server of the service: how many are by how long ago, and those of one kind. */
export function ObservedRooms() {
  const rooms = useSession((state) => state.rooms)
  const now = useClock((clock) => clock.now)
  const [shown, setShown] = useState<Freshness>('now')
  const sort = useMemo(() => createWarmSort((a: RoomSummary, b: RoomSummary) => compareRooms('name', a, b)), [])
  const sorted = useMemo(() => sort(rooms ?? NO_ROOMS), [rooms, sort])
  const groups = useMemo(() => groupByFreshness(sorted, now), [sorted, now])
  const wanted = useMemo(() => groups[shown].map(({ room }) => room), [groups, shown])
  const { order, waiting, hold, apply } = useHeldOrder(wanted, shown)
  useShortcuts({ '.': apply })
  if (rooms === null) return null
  return (
    <>
      <div className={classes.headingLine}>
        <h3 className={classes.heading}>{text.observers.rooms}</h3>
        <WaitingMark count={waiting} onApply={apply} />
      </div>
      {rooms.size === 0 ? null : (
        <div className={classes.groups}>
          {freshnesses.map((freshness) => (
            <Group
              key={freshness}
              freshness={freshness}
              count={groups[freshness].length}
              isShown={freshness === shown}
              onShow={() => setShown(freshness)}
            />
          ))}
        </div>
      )}
      {order.length > 0 ? (
        <RoomLinks key={shown} label={text.observers.group[shown]} rooms={order} onHold={hold} />
      ) : (
        <p className={classes.nothing} data-testid="observed-nothing">
          {rooms.size === 0 ? text.observers.noRooms : text.observers.nothing[shown]}
        </p>
      )}
    </>
  )
}

function Group(props: { readonly freshness: Freshness; readonly count: number; readonly isShown: boolean; readonly onShow: () => void }) {
  const { freshness, count, isShown, onShow } = props
  const GroupIcon = icons[freshness]
  return (
    <UnstyledButton
      className={classes.group}
      data-testid={`observed-${freshness}`}
      data-freshness={freshness}
      data-any={count > 0}
      aria-pressed={isShown}
      title={text.observers.groupHelp[freshness]}
      onClick={onShow}
    >
      <span className={classes.groupName}>
        <GroupIcon size={14} stroke={1.8} aria-hidden />
        {text.observers.group[freshness]}
      </span>
      <b className={classes.count}>{formatCount(count)}</b>
    </UnstyledButton>
  )
}
