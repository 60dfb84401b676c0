import { useVirtualizer } from '@tanstack/react-virtual'
import { useState } from 'react'
import type { Measure } from '#shared/domain/measure.ts'
import { text } from '../ui/text.ts'
import { useKeptFocus } from '../ui/useKeptFocus.ts'
import classes from './MeasureList.module.css'
import { MeasureRow, type Asking } from './MeasureRow.tsx'

const { columns } = text.measures

/** Measures as rows; only what is visible is drawn. */
export function MeasureList(props: {
  readonly measures: readonly Measure[]
  readonly active: boolean
  readonly onAsk: (asking: Asking, measure: Measure) => void
}) {
  const { measures } = props
  const scroller = useKeptFocus()
  const [open, setOpen] = useState<string | null>(null)
  const virtualizer = useVirtualizer({
    count: measures.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => 46,
    getItemKey: (index) => measures[index]?.id ?? index,
    overscan: 6,
  })
  return (
    <div className={classes.frame}>
      <div ref={scroller} className={classes.scroller} tabIndex={0} role="group" aria-label={text.measures.list}>
        <div className={`${classes.cells} ${classes.head}`} aria-hidden>
          <span />
          <span>{columns.what}</span>
          <span>{columns.whom}</span>
          <span>{columns.where}</span>
          <span>{columns.why}</span>
          <span>{columns.who}</span>
          <span>{props.active ? columns.left : columns.ended}</span>
          <span />
        </div>
        <div className={classes.list} role="list" style={{ height: virtualizer.getTotalSize() }}>
          {virtualizer.getVirtualItems().map((item) => {
            const measure = measures[item.index]
            return measure === undefined ? null : (
              <div
                key={item.key}
                ref={virtualizer.measureElement}
                className={classes.row}
                style={{ transform: `translateY(${item.start}px)` }}
                role="listitem"
                aria-setsize={measures.length}
                aria-posinset={item.index + 1}
                data-index={item.index}
                data-testid="measure"
                data-id={measure.id}
                data-kind={measure.kind}
              >
                <MeasureRow
                  measure={measure}
                  isOpen={open === measure.id}
                  onToggle={() => setOpen(open === measure.id ? null : measure.id)}
                  onAsk={props.onAsk}
                />
              </div>
            )
          })}
        </div>
      </div>
    </div>
  )
}
