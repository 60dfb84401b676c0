import { IconHistory } from '@tabler/icons-react'
import { may } from '#shared/domain/operator.ts'
import { sessionsPath } from '../app/routes.ts'
import { useSession } from '../app/session.ts'
import { roomLife } from '../room/room-life.ts'
import { text } from '../ui/text.ts'
import { PastSessions } from './PastSessions.tsx'
import classes from './Sessions.module.css'

/** Under a room that isn't live: its past sessions, for who may read them. */
export function RoomPast({ room }: { readonly room: string }) {
  const isOver = useSession(({ rooms, open }) => {
    const life = roomLife(rooms, room, open?.room === room ? open.facts : null)
    return life === 'ended' || life === 'not_live'
  })
  const isAllowed = useSession((state) => state.operator !== null && may(state.operator, 'read_sessions'))
  if (!isOver || !isAllowed) return null
  return (
    <section className={classes.past} aria-label={text.sessions.title} tabIndex={0} data-testid="room-past">
      <h2 className={classes.pastTitle}>{text.sessions.title}</h2>
      <PastSessions room={room} />
    </section>
  )
}

/** Leads from a room to its past, for who may read it. */
export function PastLink({ room }: { readonly room: string }) {
  const isAllowed = useSession((state) => state.operator !== null && may(state.operator, 'read_sessions'))
  if (!isAllowed) return null
  return (
    <a className={classes.pastLink} href={`#${sessionsPath(room)}`} data-testid="past-link">
      <IconHistory size={14} stroke={1.7} aria-hidden />
      {text.sessions.link}
    </a>
  )
}
