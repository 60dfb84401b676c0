import { Button, SegmentedControl, Skeleton } from '@mantine/core'
import { useMemo, useState, type ReactNode } from 'react'
import type { WholeSession as Session } from '#shared/contract/http-sessions.ts'
import { may } from '#shared/domain/operator.ts'
import { FeedList } from '../activity/FeedList.tsx'
import { useClock, useTimeText } from '../app/clock.ts'
import { useFeedNews } from '../app/useFeedNews.ts'
import { useReading } from '../app/useReading.ts'
import { useSession } from '../app/session.ts'
import { ShortAuditList } from '../audit/AuditList.tsx'
import { answered } from '../bridge.ts'
import { formatCount, formatSpan } from '../ui/format.ts'
import { Moment } from '../ui/Moment.tsx'
import { Notice } from '../ui/Notice.tsx'
import { text } from '../ui/text.ts'
import { observedShare } from './observed-share.ts'
import { Population } from './Population.tsx'
import classes from './Sessions.module.css'
import { StaysTable } from './StaysTable.tsx'
import { Timeline } from './Timeline.tsx'
import type { Span } from './timeline.ts'
import { useSettling } from './useSettling.ts'

/** One session of a room, whole: who was there when, who spoke when, what was done and what happened. */
export function WholeSession({ sid }: { readonly sid: string }) {
  const reading = useReading(sid, () => answered((host) => host.readRoomSession({ sid })))
  const { value: session, failure } = reading
  const room = session?.room
  useFeedNews(({ type, data }) => session?.endedAt === null && data.room?.name === room && changesStays.has(type), reading.again)
  const isOver = useSession(({ rooms }) => room !== undefined && rooms !== null && !rooms.has(room))
  useSettling(session?.endedAt === null && isOver, reading)
  if (session === null && failure !== null) {
    return (
      <Notice title={text.sessions.refusedTitle} why={failure.message} help={text.sessions.refusedHelp} tone="bad" testid="session-refused">
        <Button onClick={reading.again}>{text.sessions.retry}</Button>
      </Notice>
    )
  }
  return session === null ? <SessionSkeleton /> : <Whole session={session} />
}

const changesStays: ReadonlySet<string> = new Set(['participant_joined', 'participant_left', 'room_finished'])

function Whole({ session }: { readonly session: Session }) {
  const frame = useFrame(session)
  const [view, setView] = useState<'timeline' | 'table'>('timeline')
  return (
    <div className={classes.whole} data-testid="whole-session">
      <Facts session={session} />
      <Section title={text.sessions.population}>
        <Population points={session.population} frame={frame} peak={session.peak} />
      </Section>
      <Section
        title={text.sessions.who}
        aside={
          <SegmentedControl
            size="xs"
            aria-label={text.sessions.view}
            data={[
              { value: 'timeline', label: text.sessions.timeline },
              { value: 'table', label: text.sessions.table },
            ]}
            value={view}
            transitionDuration={100}
            onChange={(value) => setView(value === 'table' ? 'table' : 'timeline')}
          />
        }
      >
        {session.stays.length === 0 ? <p className={classes.faint}>{text.sessions.nobody}</p> : null}
        {session.stays.length > 0 && view === 'timeline' ? (
          <Timeline stays={session.stays} observed={session.observed} frame={frame} />
        ) : null}
        {session.stays.length > 0 && view === 'table' ? <StaysTable stays={session.stays} frame={frame} /> : null}
        {session.cut ? <p className={classes.faint}>{text.sessions.cut}</p> : null}
      </Section>
      <Section title={text.sessions.done}>
        <Done session={session} />
      </Section>
      <Section title={text.sessions.events}>
        <Events session={session} frame={frame} />
      </Section>
    </div>
  )
}

/** From the session's start to its end, or to now in steps of ten seconds: nothing needs to be drawn anew each second. */
function useFrame({ startedAt, endedAt }: Session): Span {
  const to = useClock(({ now }) => endedAt ?? Math.max(startedAt + 1, Math.ceil(now / 10_000) * 10_000))
  return useMemo(() => ({ from: startedAt, to }), [startedAt, to])
}

function Facts({ session }: { readonly session: Session }) {
  const { columns } = text.sessions
  const lasted = useTimeText((now) => formatSpan((session.endedAt ?? now) - session.startedAt))
  const share = useTimeText((now) => text.sessions.observedPart(observedShare(session, now)))
  return (
    <dl className={classes.facts}>
      <Fact name={columns.began}>
        <Moment at={session.startedAt} />
      </Fact>
      <Fact name={columns.lasted}>
        {lasted}
        {session.endedAt === null ? <span className={classes.live}> {text.sessions.live}</span> : null}
      </Fact>
      <Fact name={columns.peak}>{formatCount(session.peak)}</Fact>
      <Fact name={columns.people}>{formatCount(session.people)}</Fact>
      <Fact name={columns.joins}>{formatCount(session.joins)}</Fact>
      <Fact name={columns.stay}>{session.averageStayMs === null ? text.sessions.unknown : formatSpan(session.averageStayMs)}</Fact>
      <Fact name={columns.talk}>{session.talkMs === null ? text.sessions.notObserved : `${formatSpan(session.talkMs)}, ${share}`}</Fact>
    </dl>
  )
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div className={classes.fact}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}

function Section(props: { readonly title: string; readonly aside?: ReactNode; readonly children: ReactNode }) {
  return (
    <section className={classes.section} aria-label={props.title}>
      <div className={classes.headingLine}>
        <h2 className={classes.heading}>{props.title}</h2>
        {props.aside}
      </div>
      {props.children}
    </section>
  )
}

/** What operators did in the room in that time, for who may read it. */
function Done({ session }: { readonly session: Session }) {
  const operator = useSession((state) => state.operator)
  const isAllowed = operator !== null && may(operator, 'read_audit')
  const { room, startedAt: from, endedAt } = session
  const { value, failure, again } = useReading(isAllowed ? session.sid : null, () =>
    answered((host) => host.searchAudit({ room, from, ...(endedAt === null ? {} : { to: endedAt + AFTER_MS }), limit: 500 })),
  )
  useFeedNews(({ data }) => endedAt === null && data.actionId !== undefined && data.room?.name === room, again)
  if (operator !== null && !isAllowed) return <p className={classes.faint}>{text.sessions.doneNotAllowed(operator.role)}</p>
  if (value === null) return failure === null ? <Skeleton height={11} width="40%" /> : <p className={classes.stale}>{failure.message}</p>
  return value.entries.length === 0 ? <p className={classes.faint}>{text.sessions.doneNone}</p> : <ShortAuditList entries={value.entries} />
}

/** What closed a room is on record moments after its end. */
const AFTER_MS = 5_000

/** What this window has seen happen in that time. */
function Events({ session, frame }: { readonly session: Session; readonly frame: Span }) {
  const feed = useSession((state) => state.feed)
  const events = useMemo(
    () =>
      feed
        .filter(({ data, timestamp }) => {
          if (data.room?.name !== session.room) return false
          return data.room.sid === session.sid || (data.room.sid === '' && timestamp >= frame.from && timestamp <= frame.to)
        })
        .toReversed(),
    [feed, session, frame],
  )
  if (events.length === 0) return <p className={classes.faint}>{text.sessions.eventsNone}</p>
  return (
    <div className={classes.events}>
      <FeedList events={events} withRoom={false} />
    </div>
  )
}

function SessionSkeleton() {
  return (
    <div className={classes.skeleton} role="group" aria-busy aria-label={text.sessions.loading} data-testid="session-skeleton">
      <Skeleton height={48} />
      <Skeleton height={90} />
      {[60, 82, 46, 70].map((width) => (
        <Skeleton key={width} height={14} width={`${width}%`} />
      ))}
    </div>
  )
}
