import { memo } from 'react'
import type { RoomSummary } from '#shared/domain/room.ts'
import { roomPath } from '../app/routes.ts'
import { useSignalsOld } from '../app/useSignalsOld.ts'
import { ConfirmedAge, PeopleCount, RunningTime, SignalsAge, WorstQuality } from './RoomFacts.tsx'
import { AttentionMarks, StateMarks } from './RoomMarks.tsx'
import classes from './RoomRow.module.css'
import type { RoomItemProps } from './RoomTile.tsx'
import { Speakers } from './Speakers.tsx'
import { tileTrouble } from './tile-trouble.ts'
import { useWallRoom } from './useWallRoom.ts'

/** One room on the wall, as a row: the same as on a tile, in columns. */
export const RoomRow = memo(function RoomRow(props: RoomItemProps) {
  const { summary, hasEnded } = useWallRoom(props.room)
  const isOld = useSignalsOld(summary?.observedAt ?? null)
  return (
    <div className={classes.cell} role="listitem" aria-setsize={props.count} aria-posinset={props.index + 1}>
      <a
        className={classes.row}
        href={`#${roomPath(props.room)}`}
        tabIndex={props.tabbable ? 0 : -1}
        data-testid="room-row"
        data-online={summary?.online ?? 0}
        data-room={props.room}
        data-ended={hasEnded}
        data-trouble={summary === undefined ? 'none' : tileTrouble(summary, isOld)}
      >
        <span className={classes.head}>
          <span className={classes.name} dir="auto" title={props.room}>
            {props.room}
          </span>
          <StateMarks hasEnded={hasEnded} recording={summary?.recording ?? false} />
        </span>
        {summary === undefined ? null : <Cells summary={summary} />}
      </a>
    </div>
  )
})

function Cells({ summary }: { readonly summary: RoomSummary }) {
  return (
    <>
      <span className={classes.number}>
        <PeopleCount summary={summary} />
      </span>
      <span className={classes.number}>
        <RunningTime summary={summary} />
      </span>
      <span className={classes.part}>
        <Speakers summary={summary} />
      </span>
      <span className={classes.part}>
        <WorstQuality summary={summary} />
      </span>
      <span className={classes.part}>
        <AttentionMarks marks={summary.attention} />
      </span>
      <span className={classes.ages}>
        <SignalsAge summary={summary} />
        <ConfirmedAge summary={summary} />
      </span>
    </>
  )
}
