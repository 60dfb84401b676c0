import { IconArrowLeft, IconEye, IconPlayerRecordFilled } from '@tabler/icons-react'
import { useShallow } from 'zustand/react/shallow'
import { useTimeText } from '../app/clock.ts'
import { useSession } from '../app/session.ts'
import { MarkList } from '../rooms/MarkList.tsx'
import { PastLink } from '../sessions/RoomPast.tsx'
import { formatAge, formatCount, formatRunning, formatUtc } from '../ui/format.ts'
import { text } from '../ui/text.ts'
import { RoomDeeds } from './header/RoomDeeds.tsx'
import { RoomInForce } from './header/RoomInForce.tsx'
import { countInvited } from './arrange-participants.ts'
import { InviteLink } from './invite/InviteLink.tsx'
import { SignalsNote } from './observe/SignalsNote.tsx'
import { roomLife, type RoomLife } from './room-life.ts'
import classes from './RoomPage.module.css'

const lifeText: Record<RoomLife, string> = {
  live: text.room.live,
  ended: text.room.ended,
  not_live: text.room.notLive,
  unknown: text.room.unknown,
}

export function RoomHeader({ room }: { readonly room: string }) {
  const life = useSession((state) => roomLife(state.rooms, room, state.open?.facts ?? null))
  const recording = useSession((state) => state.rooms?.get(room)?.recording ?? false)
  return (
    <header className={classes.header}>
      <div className={classes.titleLine}>
        <a className={classes.back} href="#/" aria-label={text.room.back} title={text.room.back}>
          <IconArrowLeft size={18} stroke={1.7} aria-hidden />
        </a>
        <h1 className={classes.name} dir="auto" title={room}>
          {room}
        </h1>
        <span className={classes.life} data-testid="room-life" data-life={life}>
          <span className={classes.dot} aria-hidden />
          {lifeText[life]}
        </span>
        {recording ? (
          <span className={classes.recording}>
            <IconPlayerRecordFilled size={12} aria-hidden />
            {text.room.recording}
          </span>
        ) : null}
      </div>
      <RoomDeeds isLive={life === 'live'} />
      <Facts room={room} life={life} />
      <RoomInForce />
      <Marks room={room} />
      <Metadata />
    </header>
  )
}

function Facts({ room, life }: { readonly room: string; readonly life: RoomLife }) {
  const facts = useSession(
    useShallow((state) => {
      const held = state.open?.facts ?? null
      const summary = state.rooms?.get(room)
      return {
        online: held?.online ?? null,
        total: held?.total ?? null,
        seats: held?.maxParticipants ?? 0,
        startedAt: summary?.startedAt ?? held?.startedAt ?? 0,
        confirmedAt: summary?.confirmedAt ?? held?.confirmedAt ?? 0,
        confirmedBy: summary?.confirmedBy ?? held?.confirmedBy ?? 'sweep',
      }
    }),
  )
  const running = useTimeText((now) => formatRunning(now - facts.startedAt))
  const confirmed = useTimeText((now) => text.wall.confirmed(formatAge(now - facts.confirmedAt), facts.confirmedBy))
  if (facts.online === null) return null
  return (
    <div className={classes.facts}>
      <span data-testid="room-counts">
        <b>{formatCount(facts.online)}</b> {text.room.online} / <b>{formatCount(facts.total ?? 0)}</b> {text.room.total}
      </span>
      <Invited />
      {facts.seats > 0 ? <span>{text.room.limit(facts.seats)}</span> : null}
      {life === 'live' ? (
        <>
          <span title={formatUtc(facts.startedAt)}>
            {text.room.running} <b>{running}</b>
          </span>
          <span title={formatUtc(facts.confirmedAt)}>{confirmed}</span>
          <SignalsNote />
        </>
      ) : null}
      <PastLink room={room} />
      <InviteLink room={room} />
      <OtherViewers />
    </div>
  )
}

/** How many are to come. */
function Invited() {
  const count = useSession((state) => (state.open === null ? 0 : countInvited(state.open.participants)))
  return count === 0 ? null : <span data-testid="room-invited">{text.room.invitedCount(count)}</span>
}

/** Why the room wants attention, on a line of its own. */
function Marks({ room }: { readonly room: string }) {
  const marks = useSession((state) => state.rooms?.get(room)?.attention)
  if (marks === undefined || marks.length === 0) return null
  return (
    <div className={classes.marks}>
      <MarkList marks={marks} testid="room-marks" />
    </div>
  )
}

/** X7: the other operators who look at this room now. */
function OtherViewers() {
  const own = useSession((state) => state.operator?.name)
  const viewers = useSession((state) => state.open?.facts?.viewers)
  const others = viewers?.filter((name) => name !== own) ?? []
  if (others.length === 0) return null
  return (
    <span className={classes.viewers} data-testid="room-viewers">
      <IconEye size={14} stroke={1.7} aria-hidden />
      {text.room.alsoHere(others.join(', '))}
    </span>
  )
}

function Metadata() {
  const metadata = useSession((state) => state.open?.facts?.metadata ?? '')
  if (metadata === '') return null
  return (
    <details className={classes.metadata}>
      <summary>{text.room.metadata}</summary>
      <pre dir="auto" tabIndex={0} aria-label={text.room.metadata}>
        {metadata}
      </pre>
    </details>
  )
}
