import { Button } from '@mantine/core'
import { IconDoorEnter, IconFilterOff, IconPlugConnectedX } from '@tabler/icons-react'
import { useMemo } from 'react'
import type { RoomSummary } from '#shared/domain/room.ts'
import { setPreferences, usePreferences } from '../app/preferences.ts'
import { useSession } from '../app/session.ts'
import { useShortcuts } from '../app/shortcuts.ts'
import { Notice } from '../ui/Notice.tsx'
import page from '../ui/Page.module.css'
import { StaleBanner } from '../ui/StaleBanner.tsx'
import { text } from '../ui/text.ts'
import { createWarmSort } from '../ui/warm-sort.ts'
import { useHeldOrder } from '../ui/useHeldOrder.ts'
import { compareRooms, filterRooms } from './arrange-rooms.ts'
import { Wall } from './Wall.tsx'
import { WallSkeleton } from './WallSkeleton.tsx'
import { WallToolbar } from './WallToolbar.tsx'

const NO_ROOMS = new Map<string, never>()

/** Every live room on one wall. */
export function RoomsPage() {
  const rooms = useSession((state) => state.rooms)
  const sort = usePreferences((state) => state.roomSort)
  const filter = usePreferences((state) => state.roomFilter)
  const sortRooms = useMemo(() => createWarmSort((a: RoomSummary, b: RoomSummary) => compareRooms(sort, a, b)), [sort])
  const sorted = useMemo(() => sortRooms(rooms ?? NO_ROOMS), [rooms, sortRooms])
  const shown = useMemo(() => filterRooms(sorted, filter), [sorted, filter])
  const wanted = useMemo(() => shown.map((room) => room.room), [shown])
  const { order, waiting, hold, apply } = useHeldOrder(wanted, `${sort} ${filter}`)
  useShortcuts({ '.': apply })
  return (
    <div className={page.page}>
      <WallToolbar
        counts={rooms === null ? null : { shown: shown.length, all: rooms.size, online: countOnline(shown) }}
        waiting={waiting}
        onApply={apply}
      />
      {rooms === null ? null : <StaleBanner />}
      {order.length > 0 ? <Wall order={order} onHold={hold} /> : <NoTiles />}
    </div>
  )
}

function countOnline(rooms: readonly RoomSummary[]): number {
  return rooms.reduce((online, room) => online + room.online, 0)
}

function NoTiles() {
  const known = useSession((state) => state.rooms !== null)
  const isEmpty = useSession((state) => state.rooms?.size === 0)
  const connection = useSession((state) => state.connection)
  const filter = usePreferences((state) => state.roomFilter)
  // Without a live connection nothing is known of rooms, not even that there is none.
  if (connection.state === 'offline' && (!known || isEmpty))
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
