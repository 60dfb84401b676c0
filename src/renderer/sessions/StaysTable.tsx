import { useVirtualizer } from '@tanstack/react-virtual'
import { useMemo, useRef } from 'react'
import { PersonLink } from '../people/PersonLink.tsx'
import { describeTalk } from '../people/stay-view.ts'
import { formatSpan } from '../ui/format.ts'
import { Moment } from '../ui/Moment.tsx'
import { text } from '../ui/text.ts'
import classes from './Sessions.module.css'
import type { Span, Stay } from './timeline.ts'

const { columnsStay: columns } = text.sessions
const ROW = 28
const SHOWN = 20

/** The timeline in words: every stay with when and how long, in the order in which they came. */
export function StaysTable({ stays, frame }: { readonly stays: readonly Stay[]; readonly frame: Span }) {
  const ordered = useMemo(() => stays.toSorted((a, b) => a.joinedAt - b.joinedAt), [stays])
  const scroller = useRef<HTMLDivElement>(null)
  const virtualizer = useVirtualizer({
    count: ordered.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 10,
  })
  return (
    <div
      ref={scroller}
      className={classes.staysScroll}
      style={{ height: (Math.min(ordered.length, SHOWN) + 1) * ROW }}
      tabIndex={0}
      role="group"
      aria-label={text.sessions.who}
    >
      <div role="table" aria-label={text.sessions.who} aria-rowcount={ordered.length + 1} data-testid="stays-table">
        <div role="rowgroup">
          <div className={classes.staysHead} role="row" aria-rowindex={1} style={{ height: ROW }}>
            <span role="columnheader">{columns.person}</span>
            <span role="columnheader">{columns.came}</span>
            <span role="columnheader">{columns.left}</span>
            <span role="columnheader">{columns.stayed}</span>
            <span role="columnheader">{columns.talked}</span>
          </div>
        </div>
        <div role="rowgroup" className={classes.lines} style={{ height: virtualizer.getTotalSize() }}>
          {virtualizer.getVirtualItems().map((item) => {
            const stay = ordered[item.index]
            return stay === undefined ? null : (
              <div
                key={stay.sid}
                className={classes.staysRow}
                style={{ height: ROW, transform: `translateY(${item.start}px)` }}
                role="row"
                aria-rowindex={item.index + 2}
              >
                <span role="cell" className={classes.cut}>
                  <PersonLink identity={stay.identity} name={stay.name} />
                </span>
                <span role="cell">
                  <Moment at={stay.joinedAt} />
                </span>
                <span role="cell">{stay.leftAt === null ? text.sessions.stillThere : <Moment at={stay.leftAt} />}</span>
                <span role="cell">{formatSpan((stay.leftAt ?? frame.to) - stay.joinedAt)}</span>
                <span role="cell">{describeTalk(stay.talkMs)}</span>
              </div>
            )
          })}
        </div>
      </div>
    </div>
  )
}
