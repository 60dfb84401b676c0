import { useMemo } from 'react'
import type { RoomSummary } from '#shared/domain/room.ts'
import { usePreferences } from '../app/preferences.ts'
import { useSession } from '../app/session.ts'
import { useShortcuts } from '../app/shortcuts.ts'
import page from '../ui/Page.module.css'
import { StaleBanner } from '../ui/StaleBanner.tsx'
import { createWarmSort } from '../ui/warm-sort.ts'
import { useHeldOrder } from '../ui/useHeldOrder.ts'
import { compareRooms, filterRooms, wantsAttention } from './arrange-rooms.ts'
import { NoRooms } from './NoRooms.tsx'
import { Wall } from './Wall.tsx'
import { WallToolbar } from './WallToolbar.tsx'

const NO_ROOMS = new Map<string, never>()

/** Every live room on one wall. */
export function RoomsPage() {
  const rooms = useSession((state) => state.rooms)
  const view = usePreferences((state) => state.roomView)
  const sort = usePreferences((state) => state.roomSort)
  const name = usePreferences((state) => state.roomFilter)
  const attentionOnly = usePreferences((state) => state.roomAttentionOnly)
  const sortRooms = useMemo(() => createWarmSort((a: RoomSummary, b: RoomSummary) => compareRooms(sort, a, b)), [sort])
  const sorted = useMemo(() => sortRooms(rooms ?? NO_ROOMS), [rooms, sortRooms])
  const shown = useMemo(() => filterRooms(sorted, { name, attentionOnly }), [sorted, name, attentionOnly])
  const wanted = useMemo(() => shown.map((room) => room.room), [shown])
  const marked = useMemo(() => sorted.filter(wantsAttention).length, [sorted])
  const { order, waiting, hold, apply } = useHeldOrder(wanted, `${sort} ${attentionOnly} ${name}`)
  useShortcuts({ '.': apply })
  return (
    <div className={page.page}>
      <WallToolbar
        counts={rooms === null ? null : { shown: shown.length, all: rooms.size, online: countOnline(shown), marked }}
        waiting={waiting}
        onApply={apply}
      />
      {rooms === null ? null : <StaleBanner />}
      {order.length > 0 ? <Wall key={view} view={view} order={order} onHold={hold} /> : <NoRooms />}
    </div>
  )
}

function countOnline(rooms: readonly RoomSummary[]): number {
  return rooms.reduce((online, room) => online + room.online, 0)
}
