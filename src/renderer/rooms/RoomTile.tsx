import { memo } from 'react'
import type { RoomSummary } from '#shared/domain/room.ts'
import { roomPath } from '../app/routes.ts'
import { useSignalsOld } from '../app/useSignalsOld.ts'
import { ConfirmedAge, PeopleCount, RunningTime, SignalsAge, WorstQuality } from './RoomFacts.tsx'
import { AttentionMarks, StateMarks } from './RoomMarks.tsx'
import classes from './RoomTile.module.css'
import { Speakers } from './Speakers.tsx'
import { tileTrouble } from './tile-trouble.ts'
import { useWallRoom } from './useWallRoom.ts'

/** A room of the wall and its place there. `tabbable`: the one that Tab goes to. */
export type RoomItemProps = { readonly room: string; readonly index: number; readonly count: number; readonly tabbable: boolean }

/** One room on the wall, as a tile. */
export const RoomTile = memo(function RoomTile(props: RoomItemProps) {
  const { summary, hasEnded } = useWallRoom(props.room)
  const isOld = useSignalsOld(summary?.observedAt ?? null)
  return (
    <div className={classes.cell} role="listitem" aria-setsize={props.count} aria-posinset={props.index + 1}>
      <a
        className={classes.tile}
        href={`#${roomPath(props.room)}`}
        tabIndex={props.tabbable ? 0 : -1}
        data-testid="room-tile"
        data-online={summary?.online ?? 0}
        data-room={props.room}
        data-ended={hasEnded}
        data-trouble={summary === undefined ? 'none' : tileTrouble(summary, isOld)}
      >
        <span className={classes.line}>
          <span className={classes.name} dir="auto" title={props.room}>
            {props.room}
          </span>
          <StateMarks hasEnded={hasEnded} recording={summary?.recording ?? false} />
        </span>
        {summary === undefined ? null : <Facts summary={summary} isOld={isOld} />}
      </a>
    </div>
  )
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
