import { IconArrowLeft } from '@tabler/icons-react'
import { may } from '#shared/domain/operator.ts'
import { roomPath, sessionsPath } from '../app/routes.ts'
import { useSession } from '../app/session.ts'
import { Notice } from '../ui/Notice.tsx'
import page from '../ui/Page.module.css'
import { RoomLink } from '../ui/RoomLink.tsx'
import { StaleBanner } from '../ui/StaleBanner.tsx'
import { text } from '../ui/text.ts'
import { PastSessions } from './PastSessions.tsx'
import { WholeSession } from './WholeSession.tsx'
import classes from './Sessions.module.css'

/** The past of a room: its sessions, or (`sid`) one of them whole. */
export function SessionsPage({ room, sid }: { readonly room: string; readonly sid: string | null }) {
  const operator = useSession((state) => state.operator)
  if (operator !== null && !may(operator, 'read_sessions')) {
    return <Notice title={text.sessions.notAllowedTitle} help={text.sessions.notAllowed(operator.role)} testid="sessions-not-allowed" />
  }
  const back = sid === null ? text.sessions.back : text.sessions.backToList
  return (
    <div className={page.page}>
      <div className={page.toolbar}>
        <a className={classes.back} href={`#${sid === null ? roomPath(room) : sessionsPath(room)}`} aria-label={back} title={back}>
          <IconArrowLeft size={18} stroke={1.7} aria-hidden />
        </a>
        <h1 className={classes.title}>
          {text.sessions.title}: <RoomLink room={room} />
        </h1>
      </div>
      <StaleBanner />
      <div className={classes.body} tabIndex={0} role="group" aria-label={text.sessions.of(room)}>
        {sid === null ? <PastSessions room={room} /> : <WholeSession key={sid} sid={sid} />}
      </div>
    </div>
  )
}
