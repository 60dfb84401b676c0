import { useVirtualizer } from '@tanstack/react-virtual'
import { useRef, useState, type ReactNode } from 'react'
import type { AuditEntry } from '#shared/contract/http-audit.ts'
import { text } from '../ui/text.ts'
import classes from './AuditList.module.css'
import { AuditRow } from './AuditRow.tsx'

type ListProps = {
  readonly entries: readonly AuditEntry[]
  /** Stands below the last row. */
  readonly children?: ReactNode
}

/** What operators did, in the order given; only what is visible is drawn. */
export function AuditList({ entries, children }: ListProps) {
  const scroller = useRef<HTMLDivElement>(null)
  const [open, setOpen] = useState<number | null>(null)
  const virtualizer = useVirtualizer({
    count: entries.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => 34,
    getItemKey: (index) => entries[index]?.seq ?? index,
    overscan: 8,
  })
  return (
    <div ref={scroller} className={classes.scroller} tabIndex={0} role="group" aria-label={text.audit.list}>
      <div className={classes.list} role="list" style={{ height: virtualizer.getTotalSize() }}>
        {virtualizer.getVirtualItems().map((item) => {
          const entry = entries[item.index]
          return entry === undefined ? null : (
            <div
              key={item.key}
              ref={virtualizer.measureElement}
              className={classes.row}
              style={{ transform: `translateY(${item.start}px)` }}
              role="listitem"
              aria-setsize={entries.length}
              aria-posinset={item.index + 1}
              data-index={item.index}
            >
              <AuditRow entry={entry} isOpen={open === entry.seq} onToggle={() => setOpen(open === entry.seq ? null : entry.seq)} />
            </div>
          )
        })}
      </div>
      {children}
    </div>
  )
}

/** The same where there are few, as a part of a page that scrolls as a whole. */
export function ShortAuditList({ entries }: { readonly entries: readonly AuditEntry[] }) {
  const [open, setOpen] = useState<number | null>(null)
  return (
    <ul className={classes.short} aria-label={text.audit.list}>
      {entries.map((entry) => (
        <li key={entry.seq} className={classes.shortRow}>
          <AuditRow entry={entry} isShort isOpen={open === entry.seq} onToggle={() => setOpen(open === entry.seq ? null : entry.seq)} />
        </li>
      ))}
    </ul>
  )
}
