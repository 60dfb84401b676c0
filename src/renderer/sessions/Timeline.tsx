import { useVirtualizer } from '@tanstack/react-virtual'
import { useMemo, useRef } from 'react'
import { PersonLink } from '../people/PersonLink.tsx'
import { formatSpan, formatTime } from '../ui/format.ts'
import { text } from '../ui/text.ts'
import { Axis } from './Population.tsx'
import classes from './Sessions.module.css'
import { groupStays, pathOf, percentOf, within, type Line, type Span, type Stay } from './timeline.ts'

const ROW = 26
/** How many rows stand there at the most before the timeline scrolls by itself. */
const SHOWN = 24

type TimelineProps = { readonly stays: readonly Stay[]; readonly observed: readonly Span[]; readonly frame: Span }

/** One line a person, one bar a stay, with what they spoke in it; hatched where nobody observed. Only what is visible is drawn. */
export function Timeline({ stays, observed, frame }: TimelineProps) {
  const lines = useMemo(() => groupStays(stays), [stays])
  const scroller = useRef<HTMLDivElement>(null)
  const virtualizer = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 6,
  })
  return (
    <>
      <Legend />
      <div
        ref={scroller}
        className={classes.timeline}
        style={{ height: Math.min(lines.length, SHOWN) * ROW }}
        tabIndex={0}
        role="group"
        aria-label={text.sessions.who}
        data-testid="timeline"
      >
        <div role="list" className={classes.lines} style={{ height: virtualizer.getTotalSize() }}>
          {virtualizer.getVirtualItems().map((item) => {
            const line = lines[item.index]
            return line === undefined ? null : (
              <div
                key={line.identity}
                className={classes.line}
                style={{ height: ROW, transform: `translateY(${item.start}px)` }}
                role="listitem"
                aria-setsize={lines.length}
                aria-posinset={item.index + 1}
                data-testid="timeline-line"
              >
                <span className={classes.lineName}>
                  <PersonLink identity={line.identity} name={line.name} />
                </span>
                <Bars line={line} observed={observed} frame={frame} />
              </div>
            )
          })}
        </div>
      </div>
      <div className={classes.timelineAxis}>
        <span />
        <Axis frame={frame} />
      </div>
    </>
  )
}

function Bars({ line, observed, frame }: { readonly line: Line; readonly observed: readonly Span[]; readonly frame: Span }) {
  return (
    <span className={classes.bars}>
      {line.stays.map((stay) => {
        const span = { from: stay.joinedAt, to: stay.leftAt ?? frame.to }
        const left = percentOf(span.from, frame)
        const label = describeStay(line.name, stay, frame)
        return (
          <span
            key={stay.sid}
            className={classes.bar}
            style={{ insetInlineStart: `${left}%`, width: `${Math.max(0.15, percentOf(span.to, frame) - left)}%` }}
            role="img"
            aria-label={label}
            title={label}
            data-testid="stay-bar"
          >
            <svg className={classes.marks} viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden>
              <path className={classes.seen} d={pathOf(within(span, observed), span)} data-testid="observed" />
              <path className={classes.speech} d={pathOf(stay.spoke, span)} data-testid="speech" />
            </svg>
          </span>
        )
      })}
    </span>
  )
}

function describeStay(name: string, stay: Stay, frame: Span): string {
  const left = stay.leftAt === null ? text.sessions.stillThere : formatTime(stay.leftAt)
  const talk = stay.talkMs === null ? text.sessions.notObserved : text.sessions.talked(formatSpan(stay.talkMs))
  return text.sessions.stay(name, formatTime(stay.joinedAt), left, formatSpan((stay.leftAt ?? frame.to) - stay.joinedAt), talk)
}

function Legend() {
  const { legend } = text.sessions
  return (
    <p className={classes.legend}>
      <span className={classes.sample} data-kind="there" aria-hidden /> {legend.there}
      <span className={classes.sample} data-kind="spoke" aria-hidden /> {legend.spoke}
      <span className={classes.sample} data-kind="unseen" aria-hidden /> {legend.hatched}
    </p>
  )
}
