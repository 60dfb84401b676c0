import { Button } from '@mantine/core'
import { IconDoorEnter, IconFilterOff, IconPlugConnectedX } from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import { setPreferences, usePreferences } from '../app/preferences.ts'
import { useSession } from '../app/session.ts'
import { useShortcuts } from '../app/shortcuts.ts'
import { Notice } from '../ui/Notice.tsx'
import { StaleBanner } from '../ui/StaleBanner.tsx'
import { text } from '../ui/text.ts'
import { createWarmSort } from '../ui/warm-sort.ts'
import { useHeldOrder } from '../ui/useHeldOrder.ts'
import { arrangeRooms, compareRoomNames } from './arrange-rooms.ts'
import classes from './RoomsPage.module.css'
import { Wall } from './Wall.tsx'
import { WallSkeleton } from './WallSkeleton.tsx'
import { WallToolbar } from './WallToolbar.tsx'

const NO_ROOMS = new Map<string, never>()

/** Every live room on one wall. */
export function RoomsPage() {
  const rooms = useSession((state) => state.rooms)
  const sort = usePreferences((state) => state.roomSort)
  const filter = usePreferences((state) => state.roomFilter)
  const [sortByName] = useState(() => createWarmSort(compareRoomNames))
  const byName = useMemo(() => sortByName(rooms ?? NO_ROOMS), [rooms, sortByName])
  const wanted = useMemo(() => arrangeRooms(byName, sort, filter), [byName, sort, filter])
  const { order, waiting, hold, apply } = useHeldOrder(wanted, `${sort} ${filter}`)
  useShortcuts({ '.': apply })
  return (
    <div className={classes.page}>
      <WallToolbar shown={wanted.length} waiting={waiting} onApply={apply} />
      {rooms === null ? null : <StaleBanner />}
      {order.length > 0 ? <Wall order={order} onHold={hold} /> : <NoTiles />}
    </div>
  )
}

function NoTiles() {
  const known = useSession((state) => state.rooms !== null)
  const isEmpty = useSession((state) => state.rooms?.size === 0)
  const connection = useSession((state) => state.connection)
  const filter = usePreferences((state) => state.roomFilter)
  if (!known && connection.state === 'offline')
    return (
      <Notice
        title={text.wall.unknownTitle}
        why={connection.why}
        help={text.wall.unknownHelp}
        tone="bad"
        icon={<IconPlugConnectedX size={40} stroke={1.2} />}
        testid="wall-unknown"
      >
        <Button component="a" href="#/settings" variant="default">
          {text.wall.toSettings}
        </Button>
      </Notice>
    )
  if (!known) return <WallSkeleton />
  if (isEmpty)
    return (
      <Notice title={text.wall.emptyTitle} help={text.wall.emptyHelp} icon={<IconDoorEnter size={40} stroke={1.2} />} testid="wall-empty" />
    )
  return (
    <Notice
      title={text.wall.filteredTitle}
      help={`“${filter.trim()}”`}
      icon={<IconFilterOff size={40} stroke={1.2} />}
      testid="wall-filtered-empty"
    >
      <Button variant="default" onClick={() => setPreferences({ roomFilter: '' })}>
        {text.wall.clearFilter}
      </Button>
    </Notice>
  )
}
