import { Skeleton } from '@mantine/core'
import { IconFilter } from '@tabler/icons-react'
import { useDeferredValue, useEffect, useMemo, useState } from 'react'
import { usePreferences } from '../app/preferences.ts'
import { useSession } from '../app/session.ts'
import { useShortcuts } from '../app/shortcuts.ts'
import { FilterInput } from '../ui/FilterInput.tsx'
import { text } from '../ui/text.ts'
import { createWarmSort } from '../ui/warm-sort.ts'
import { useHeldOrder } from '../ui/useHeldOrder.ts'
import { WaitingMark } from '../ui/WaitingMark.tsx'
import { arrangeByName, compareNames, orderParticipants } from './arrange-participants.ts'
import { AwayList } from './AwayList.tsx'
import { BulkBar } from './bulk/BulkBar.tsx'
import { BulkRuns } from './bulk/BulkRuns.tsx'
import type { PersonDeed } from './deeds/deed.ts'
import { startDeed } from './deeds/deeds-store.ts'
import { inspect, useInspected } from './inspector/inspected.ts'
import { useSeeing } from './inspector/seen-store.ts'
import { ParticipantTable } from './ParticipantTable.tsx'
import classes from './Participants.module.css'
import { roomLife, type RoomLife } from './room-life.ts'
import { meantBy } from './selection/selection.ts'
import { useSelection } from './selection/useSelection.ts'
import { useRoomSignals } from './useRoomSignals.ts'

const nobody = new Map<string, never>()

/** The people of a room: a table of who is online, and those who are not, folded. */
export function Participants({ room }: { readonly room: string }) {
  const life = useSession((state) => roomLife(state.rooms, room, state.open?.facts ?? null))
  const known = useSession((state) => state.open?.room === room && state.open.facts !== null)
  const participants = useSession((state) => (state.open?.room === room ? state.open.participants : nobody))
  const sort = usePreferences((state) => state.participantSort)
  const [filter, setFilter] = useState('')
  const deferredFilter = useDeferredValue(filter)
  const signals = useRoomSignals()
  useSeeing(room, signals)

  const [sortByName] = useState(() => createWarmSort(compareNames))
  const byName = useMemo(() => sortByName(participants), [participants, sortByName])
  const arranged = useMemo(() => arrangeByName(byName, deferredFilter), [byName, deferredFilter])
  const wanted = useMemo(() => orderParticipants(arranged.online, sort, signals), [arranged, sort, signals])
  const { order, waiting, hold, apply } = useHeldOrder(wanted, `${room} ${sort} ${deferredFilter}`)
  const choice = useSelection(order)
  useFollowCursor(choice.selection.cursor)
  function startOnChosen(deed: PersonDeed): void | false {
    const meant = meantBy(choice.selection)
    if (meant.length === 0) return false
    startDeed(deed, meant)
  }
  useShortcuts({
    '.': apply,
    m: () => startOnChosen('mute'),
    v: () => startOnChosen('stop_video'),
    w: () => startOnChosen('message'),
    x: () => startOnChosen('remove'),
    b: () => startOnChosen('ban'),
    p() {
      const { cursor } = choice.selection
      if (cursor === null) return false
      inspect(cursor, 'permissions')
      return undefined
    },
  })

  return (
    <section className={classes.people} aria-label={text.room.people}>
      <div className={classes.toolbar}>
        <h2 className={classes.title}>{text.room.people}</h2>
        <FilterInput
          className={classes.filter}
          label={text.room.peopleFilter}
          clearLabel={text.log.clear}
          data-testid="people-filter"
          value={filter}
          onChange={setFilter}
          leftSection={<IconFilter size={13} aria-hidden />}
        />
        <WaitingMark count={waiting} onApply={apply} />
      </div>
      {known ? (
        <ParticipantTable order={order} signals={signals} choice={choice} onHold={hold} emptyText={emptyText(life, deferredFilter)} />
      ) : (
        <TableSkeleton />
      )}
      <BulkRuns room={room} />
      <BulkBar chosen={choice.selection.chosen} onClear={choice.clear} />
      <AwayList people={arranged.away} alone={known && order.length === 0} />
    </section>
  )
}

/** While somebody's details are open they follow the keys. */
function useFollowCursor(cursor: string | null): void {
  useEffect(() => {
    const { identity } = useInspected.getState()
    if (identity !== null && cursor !== null && identity !== cursor) inspect(cursor, null)
  }, [cursor])
}

function emptyText(life: RoomLife, filter: string): string {
  if (filter.trim() !== '') return text.room.filterNone
  return life === 'live' ? text.room.empty : text.room.notLiveHelp
}

function TableSkeleton() {
  return (
    <div className={classes.skeleton} role="group" aria-busy aria-label={text.room.loading} data-testid="room-skeleton">
      {[58, 44, 66, 50, 38, 60, 47, 55].map((width) => (
        <div key={width} className={classes.skeletonRow}>
          <Skeleton height={28} circle />
          <Skeleton height={11} width={`${width}%`} />
        </div>
      ))}
    </div>
  )
}
