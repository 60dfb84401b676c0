import { memo } from 'react'
import type { RoomSummary } from '#shared/domain/room.ts'
import { ConfirmedAge, PeopleCount, RunningTime, SignalsAge, WorstQuality } from './RoomFacts.tsx'
import { RoomItem, type RoomItemProps } from './RoomItem.tsx'
import { AttentionMarks } from './RoomMarks.tsx'
import classes from './RoomTile.module.css'
import { Speakers } from './Speakers.tsx'

/** One room on the wall, as a tile. */
export const RoomTile = memo(function RoomTile(props: RoomItemProps) {
  return <RoomItem item={props} testid="room-tile" classes={classes} Facts={Facts} />
})

/** Who speaks says itself how old that is; where nobody is heard the age stands apart. */
function Facts({ summary, isOld }: { readonly summary: RoomSummary; readonly isOld: boolean }) {
  return (
    <span className={classes.facts}>
      <span className={classes.counts}>
        <PeopleCount summary={summary} />
        <WorstQuality summary={summary} />
        <RunningTime summary={summary} />
      </span>
      <span className={classes.speaking}>
        <Speakers summary={summary} />
        {isOld ? null : <SignalsAge summary={summary} />}
      </span>
      <span className={classes.bottom}>
        <AttentionMarks marks={summary.attention} />
        <span className={classes.end}>
          <ConfirmedAge summary={summary} />
        </span>
      </span>
    </span>
  )
}
