import { Button, Skeleton } from '@mantine/core'
import { IconHistoryOff } from '@tabler/icons-react'
import type { RoomSession } from '#shared/contract/http-sessions.ts'
import { useTimeText } from '../app/clock.ts'
import { sessionsPath } from '../app/routes.ts'
import { formatCount, formatSpan } from '../ui/format.ts'
import { Moment } from '../ui/Moment.tsx'
import { Notice } from '../ui/Notice.tsx'
import { text } from '../ui/text.ts'
import { observedShare } from './observed-share.ts'
import classes from './Sessions.module.css'
import { usePastSessions } from './usePastSessions.ts'

const { columns } = text.sessions

/** S2.6: the sessions of a room that are on record, newest first; each leads to all about it. */
export function PastSessions({ room }: { readonly room: string }) {
  const past = usePastSessions(room)
  const { sessions, failure } = past
  if (sessions === null && failure !== null) {
    return (
      <Notice
        title={text.sessions.refusedTitle}
        why={failure.message}
        help={text.sessions.refusedHelp}
        tone="bad"
        testid="sessions-refused"
      >
        <Button onClick={past.again}>{text.sessions.retry}</Button>
      </Notice>
    )
  }
  if (sessions === null) return <TableSkeleton />
  if (sessions.length === 0) {
    return (
      <Notice
        title={text.sessions.emptyTitle}
        help={text.sessions.emptyHelp}
        icon={<IconHistoryOff size={34} stroke={1.3} />}
        testid="sessions-empty"
      />
    )
  }
  return (
    <>
      {failure === null ? null : <p className={classes.stale}>{text.sessions.stale(failure.message)}</p>}
      <div className={classes.scroll}>
        <table className={classes.table} aria-label={text.sessions.of(room)} data-testid="past-sessions">
          <thead>
            <tr>
              <th scope="col">{columns.began}</th>
              <th scope="col">{columns.lasted}</th>
              <th scope="col">{columns.peak}</th>
              <th scope="col">{columns.people}</th>
              <th scope="col">{columns.joins}</th>
              <th scope="col">{columns.stay}</th>
              <th scope="col">{columns.talk}</th>
            </tr>
          </thead>
          <tbody>
            {sessions.map((session) => (
              <SessionRow key={session.sid} room={room} session={session} />
            ))}
          </tbody>
        </table>
      </div>
      {past.hasMore ? (
        <Button size="xs" variant="default" loading={past.isLoadingMore} onClick={past.more} data-testid="sessions-more">
          {text.sessions.more}
        </Button>
      ) : null}
    </>
  )
}

function SessionRow({ room, session }: { readonly room: string; readonly session: RoomSession }) {
  const lasted = useTimeText((now) => formatSpan((session.endedAt ?? now) - session.startedAt))
  const share = useTimeText((now) => text.sessions.observedPart(observedShare(session, now)))
  return (
    <tr data-testid="session">
      <td>
        <a className={classes.sessionLink} href={`#${sessionsPath(room, session.sid)}`}>
          <Moment at={session.startedAt} />
        </a>
      </td>
      <td>
        {lasted}
        {session.endedAt === null ? <span className={classes.live}> {text.sessions.live}</span> : null}
      </td>
      <td>{formatCount(session.peak)}</td>
      <td>{formatCount(session.people)}</td>
      <td>{formatCount(session.joins)}</td>
      <td>{session.averageStayMs === null ? text.sessions.unknown : formatSpan(session.averageStayMs)}</td>
      <td>
        {session.talkMs === null ? (
          <span className={classes.faint}>{text.sessions.notObserved}</span>
        ) : (
          <>
            {formatSpan(session.talkMs)} <span className={classes.faint}>{share}</span>
          </>
        )}
      </td>
    </tr>
  )
}

function TableSkeleton() {
  return (
    <div className={classes.skeleton} role="group" aria-busy aria-label={text.sessions.loading} data-testid="sessions-skeleton">
      {[60, 72, 66, 58].map((width) => (
        <Skeleton key={width} height={11} width={`${width}%`} />
      ))}
    </div>
  )
}
