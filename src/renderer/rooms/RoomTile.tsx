import { VisuallyHidden } from '@mantine/core'
import { IconActivity, IconAlertTriangle, IconCheck, IconEyeOff, IconPlayerRecordFilled, type Icon } from '@tabler/icons-react'
import { memo, useState } from 'react'
import type { RoomSummary } from '#shared/domain/room.ts'
import { useTimeText } from '../app/clock.ts'
import { roomPath } from '../app/routes.ts'
import { useSession } from '../app/session.ts'
import { Avatar } from '../ui/Avatar.tsx'
import { formatAge, formatCount, formatSpan, formatUtc } from '../ui/format.ts'
import { QualityMark } from '../ui/QualityMark.tsx'
import { text } from '../ui/text.ts'
import { tileTrouble } from './tile-trouble.ts'
import classes from './Wall.module.css'

/** How many of those who speak are drawn; the others are counted. */
const AVATARS = 3

type TileProps = { readonly room: string; readonly index: number; readonly count: number; readonly tabbable: boolean }

/** One room on the wall. A room that ended while the order was held stays, marked, until the order moves on. */
export const RoomTile = memo(function RoomTile(props: TileProps) {
  const summary = useSession((state) => state.rooms?.get(props.room))
  const [last, setLast] = useState(summary)
  if (summary !== undefined && summary !== last) setLast(summary)
  const shown = summary ?? last
  return (
    <div className={classes.cell} role="listitem" aria-setsize={props.count} aria-posinset={props.index + 1}>
      <a
        className={classes.tile}
        href={`#${roomPath(props.room)}`}
        tabIndex={props.tabbable ? 0 : -1}
        data-testid="room-tile"
        data-online={shown?.online ?? 0}
        data-room={props.room}
        data-ended={summary === undefined}
        data-trouble={shown === undefined ? 'none' : tileTrouble(shown)}
      >
        <span className={classes.head}>
          <span className={classes.name} dir="auto" title={props.room}>
            {props.room}
          </span>
          {summary === undefined ? (
            <span className={classes.mark} data-kind="ended">
              {text.wall.ended}
            </span>
          ) : null}
          {shown === undefined ? null : <Marks summary={shown} />}
        </span>
        {shown === undefined ? null : <Facts summary={shown} />}
      </a>
    </div>
  )
})

function Marks({ summary }: { readonly summary: RoomSummary }) {
  const why = useTimeText((now) => summary.attention.map((mark) => text.wall.attention(mark.why, formatAge(now - mark.since))).join('\n'))
  return (
    <>
      {summary.recording ? (
        <span className={classes.mark} data-kind="recording" title={text.wall.recordingLong}>
          <IconPlayerRecordFilled size={11} aria-hidden />
          {text.wall.recording}
        </span>
      ) : null}
      {summary.attention.length > 0 ? (
        <span className={classes.mark} data-kind="attention" title={why}>
          <IconAlertTriangle size={14} aria-hidden />
          {summary.attention.length}
        </span>
      ) : null}
    </>
  )
}

function Facts({ summary }: { readonly summary: RoomSummary }) {
  const running = useTimeText((now) => formatSpan(now - summary.startedAt))
  return (
    <>
      <span className={classes.people}>
        <span className={classes.online} data-testid="tile-online">
          {formatCount(summary.online)}
        </span>
        <span className={classes.total} title={text.wall.onlineOf}>
          / {formatCount(summary.total)}
        </span>
        <span className={classes.running} title={formatUtc(summary.startedAt)}>
          {running}
        </span>
      </span>
      <Speakers summary={summary} />
      <Freshness summary={summary} />
    </>
  )
}

/** Who speaks; where nobody listens for that, how many could be heard or seen. */
function Speakers({ summary }: { readonly summary: RoomSummary }) {
  const [loudest, ...others] = summary.speaking
  if (summary.observedAt === null)
    return (
      <span className={classes.speakers} data-quiet>
        {text.wall.publishers(summary.publishers)}
      </span>
    )
  if (loudest === undefined)
    return (
      <span className={classes.speakers} data-quiet>
        {text.wall.speakingNone}
      </span>
    )
  return (
    <span className={classes.speakers} data-testid="tile-speakers">
      {summary.speaking.slice(0, AVATARS).map((speaker) => (
        <Avatar key={speaker.identity} identity={speaker.identity} name={speaker.name} size={20} level={speaker.level} />
      ))}
      <span className={classes.speakerName} dir="auto">
        {loudest.name.trim() === '' ? loudest.identity : loudest.name}
      </span>
      {others.length > 0 ? <span>{text.wall.othersSpeak(others.length)}</span> : null}
    </span>
  )
}

/** The worst connection, how old the signals are, and when the facts were confirmed last. */
function Freshness({ summary }: { readonly summary: RoomSummary }) {
  const { observedAt, worstQuality } = summary
  return (
    <span className={classes.freshness}>
      {worstQuality === null ? null : (
        <QualityMark
          quality={worstQuality.quality}
          label={text.wall.qualityCount(text.quality.name[worstQuality.quality], worstQuality.count)}
        />
      )}
      {observedAt === null ? (
        <span className={classes.unobserved}>
          <IconEyeOff size={15} stroke={1.6} aria-hidden />
          {text.wall.notObserved}
        </span>
      ) : null}
      <span className={classes.ages}>
        {observedAt === null ? null : <Age at={observedAt} icon={IconActivity} words={text.wall.signalsAge} />}
        <Age at={summary.confirmedAt} icon={IconCheck} words={(age) => text.wall.confirmed(age, summary.confirmedBy)} />
      </span>
    </span>
  )
}

/** An age as a mark; the whole sentence is on the hover, and read aloud. */
function Age(props: { readonly at: number; readonly icon: Icon; readonly words: (age: string) => string }) {
  const age = useTimeText((now) => formatAge(now - props.at))
  const sentence = props.words(age)
  return (
    <span className={classes.age} title={`${sentence} (${formatUtc(props.at)})`}>
      <props.icon size={13} stroke={1.8} aria-hidden />
      <span aria-hidden>{age}</span>
      <VisuallyHidden>{sentence}</VisuallyHidden>
    </span>
  )
}
