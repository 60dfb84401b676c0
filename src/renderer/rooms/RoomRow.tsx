import { memo } from 'react'
import type { RoomSummary } from '#shared/domain/room.ts'
import { ConfirmedAge, PeopleCount, RunningTime, SignalsAge, WorstQuality } from './RoomFacts.tsx'
import { RoomItem, type RoomItemProps } from './RoomItem.tsx'
import { AttentionMarks } from './RoomMarks.tsx'
import classes from './RoomRow.module.css'
import { Speakers } from './Speakers.tsx'

/** One room on the wall, as a row: the same as on a tile, in columns. */
export const RoomRow = memo(function RoomRow(props: RoomItemProps) {
  return <RoomItem item={props} testid="room-row" classes={classes} Facts={Cells} />
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
