import { Skeleton } from '@mantine/core'
import { IconFilter } from '@tabler/icons-react'
import { useDeferredValue, useMemo, useState } from 'react'
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
import { DeedDialog } from './DeedDialog.tsx'
import type { Deed } from './make-action.ts'
import { ParticipantTable } from './ParticipantTable.tsx'
import classes from './Participants.module.css'
import { roomLife, type RoomLife } from './room-life.ts'
import { useDeeds } from './useDeeds.ts'
import { useRoomSignals } from './useRoomSignals.ts'

const nobody = new Map<string, never>()

/** The people of a room: a table of who is online, and those who are not, folded. */
export function Participants({ room }: { readonly room: string }) {
  const life = useSession((state) => roomLife(state.rooms, room, state.open?.facts ?? null))
  const known = useSession((state) => state.open?.room === room && state.open.facts !== null)
  const participants = useSession((state) => (state.open?.room === room ? state.open.participants : nobody))
  const sort = usePreferences((state) => state.participantSort)
  const [filter, setFilter] = useState('')
  const [selected, setSelected] = useState<string | null>(null)
  const deferredFilter = useDeferredValue(filter)
  const signals = useRoomSignals()
  const deeds = useDeeds()

  const [sortByName] = useState(() => createWarmSort(compareNames))
  const byName = useMemo(() => sortByName(participants), [participants, sortByName])
  const arranged = useMemo(() => arrangeByName(byName, deferredFilter), [byName, deferredFilter])
  const wanted = useMemo(() => orderParticipants(arranged.online, sort, signals), [arranged, sort, signals])
  const { order, waiting, hold, apply } = useHeldOrder(wanted, `${room} ${sort} ${deferredFilter}`)
  function startOnSelected(deed: Deed): void | false {
    if (selected === null) return false
    deeds.start(deed, selected)
  }
  useShortcuts({
    '.': apply,
    m: () => startOnSelected('mute'),
    v: () => startOnSelected('stop_video'),
    x: () => startOnSelected('remove'),
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
        <ParticipantTable
          order={order}
          signals={signals}
          selected={selected}
          onSelect={setSelected}
          onHold={hold}
          deeds={deeds}
          emptyText={emptyText(life, deferredFilter)}
        />
      ) : (
        <TableSkeleton />
      )}
      <AwayList people={arranged.away} alone={known && order.length === 0} />
      <DeedDialog asked={deeds.asked} onConfirm={deeds.confirm} onCancel={deeds.cancel} />
    </section>
  )
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
