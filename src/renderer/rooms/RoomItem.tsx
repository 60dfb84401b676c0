import type { ComponentType } from 'react'
import type { RoomSummary } from '#shared/domain/room.ts'
import { roomPath } from '../app/routes.ts'
import { useSignalsOld } from '../app/useSignalsOld.ts'
import { StateMarks } from './RoomMarks.tsx'
import { tileTrouble } from './tile-trouble.ts'
import { useWallRoom } from './useWallRoom.ts'

/** A room of the wall and its place there. `tabbable`: the one that Tab goes to. */
export type RoomItemProps = { readonly room: string; readonly index: number; readonly count: number; readonly tabbable: boolean }

type Props = {
  readonly item: RoomItemProps
  readonly testid: string
  /** The style of a tile or a row: its cell, the link, and the name with its marks. */
  readonly classes: { readonly [part: string]: string | undefined }
  /** What is told of the room beside its name. */
  readonly Facts: ComponentType<{ readonly summary: RoomSummary; readonly isOld: boolean }>
}

/** One room on the wall, in whatever shape: a link that says how much trouble there is. */
export function RoomItem({ item: { room, index, count, tabbable }, testid, classes, Facts }: Props) {
  const { summary, hasEnded } = useWallRoom(room)
  const isOld = useSignalsOld(summary?.observedAt ?? null)
  return (
    <div className={classes['cell']} role="listitem" aria-setsize={count} aria-posinset={index + 1}>
      <a
        className={classes['item']}
        href={`#${roomPath(room)}`}
        tabIndex={tabbable ? 0 : -1}
        data-testid={testid}
        data-online={summary?.online ?? 0}
        data-room={room}
        data-ended={hasEnded}
        data-trouble={summary === undefined ? 'none' : tileTrouble(summary, isOld)}
      >
        <span className={classes['head']}>
          <span className={classes['name']} dir="auto" title={room}>
            {room}
          </span>
          <StateMarks hasEnded={hasEnded} recording={summary?.recording ?? false} />
        </span>
        {summary === undefined ? null : <Facts summary={summary} isOld={isOld} />}
      </a>
    </div>
  )
}
