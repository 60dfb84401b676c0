import { defaultRangeExtractor, useVirtualizer, type Range } from '@tanstack/react-virtual'
import { useCallback, useEffect, useId, useRef, type KeyboardEvent, type PointerEvent } from 'react'
import { useSession } from '../app/session.ts'
import { isFocusFree, useShortcuts } from '../app/shortcuts.ts'
import { text } from '../ui/text.ts'
import type { Signals } from './observe/signals.ts'
import { ParticipantHead } from './ParticipantHead.tsx'
import { ParticipantRow } from './ParticipantRow.tsx'
import { viewParticipant } from './participant-view.ts'
import classes from './Participants.module.css'
import type { Deeds } from './useDeeds.ts'

/** A row's height in px. */
const ROW = 44
const HEAD = 30

type TableProps = {
  readonly order: readonly string[]
  readonly signals: Signals
  readonly selected: string | null
  readonly onSelect: (identity: string | null) => void
  readonly onHold: (on: boolean) => void
  readonly deeds: Deeds
  readonly emptyText: string
}

/** The table keeps the focus itself and points to the selected row, so a row that leaves takes no focus with it. */
export function ParticipantTable(props: TableProps) {
  const { order, selected, onSelect, onHold } = props
  const participants = useSession((state) => state.open?.participants)
  const scroller = useRef<HTMLDivElement>(null)
  const hovered = useRef(false)
  const hadFocus = useRef(false)
  const id = useId()
  const selectedIndex = selected === null ? -1 : order.indexOf(selected)
  const rangeExtractor = useCallback((range: Range) => withIndex(range, selectedIndex), [selectedIndex])
  const virtualizer = useVirtualizer({
    count: order.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    getItemKey: (index) => order[index] ?? index,
    overscan: 8,
    scrollMargin: HEAD,
    scrollPaddingStart: HEAD,
    rangeExtractor,
  })

  // The hand is on the table while a row is hovered or selected.
  const isSelected = selectedIndex >= 0
  useEffect(() => onHold(hovered.current || isSelected), [onHold, isSelected])
  function hover(on: boolean) {
    if (on === hovered.current) return
    hovered.current = on
    onHold(on || isSelected)
  }

  // A room that was just opened can be worked in with the keys at once.
  function enter(): false | undefined {
    if (!isFocusFree()) return false
    scroller.current?.focus({ preventScroll: true })
    if (selected === null && order[0] !== undefined) onSelect(order[0])
    return undefined
  }
  useShortcuts({ ArrowDown: enter, ArrowUp: enter })

  // A row that leaves may take the focused button with it: the table takes the focus over, so the keys go on working.
  useEffect(() => {
    if (hadFocus.current && document.activeElement === document.body) scroller.current?.focus()
  }, [order])

  function onKeyDown(event: KeyboardEvent) {
    if (event.key === 'Escape') return onSelect(null)
    const next = nextIndex(event.key, selectedIndex, order.length)
    const identity = next === null ? undefined : order[next]
    if (next === null || identity === undefined) return
    event.preventDefault()
    onSelect(identity)
    virtualizer.scrollToIndex(next)
  }

  return (
    <div
      ref={scroller}
      className={classes.scroller}
      role="grid"
      aria-label={text.room.people}
      aria-rowcount={order.length + 1}
      aria-activedescendant={isSelected ? `${id}-${selectedIndex}` : undefined}
      tabIndex={0}
      data-selected={isSelected}
      onKeyDown={onKeyDown}
      onFocus={() => (hadFocus.current = true)}
      onBlur={() => (hadFocus.current = false)}
      onPointerMove={(event: PointerEvent) => hover(event.target instanceof Element && event.target.closest('[data-identity]') !== null)}
      onPointerLeave={() => hover(false)}
    >
      <div className={classes.table} role="presentation">
        <ParticipantHead />
        <div className={classes.body} role="rowgroup" style={{ height: virtualizer.getTotalSize() }}>
          {virtualizer.getVirtualItems().map((item) => {
            const identity = order[item.index]
            const participant = identity === undefined ? undefined : participants?.get(identity)
            return participant === undefined ? null : (
              <ParticipantRow
                key={item.key}
                id={`${id}-${item.index}`}
                index={item.index}
                top={item.start - HEAD}
                participant={participant}
                {...viewParticipant(participant, props.signals)}
                selected={item.index === selectedIndex}
                byRole={props.deeds.byRole}
                onStart={props.deeds.start}
                onSelect={onSelect}
              />
            )
          })}
        </div>
        {order.length === 0 ? <div className={classes.empty}>{props.emptyText}</div> : null}
      </div>
    </div>
  )
}

function withIndex(range: Range, index: number): number[] {
  const rows = defaultRangeExtractor(range)
  return index < 0 || index >= range.count || rows.includes(index) ? rows : [...rows, index].toSorted((a, b) => a - b)
}

function nextIndex(key: string, index: number, count: number): number | null {
  if (count === 0) return null
  switch (key) {
    case 'ArrowDown':
      return Math.min(count - 1, index + 1)
    case 'ArrowUp':
      return Math.max(0, index - 1)
    case 'PageDown':
      return Math.min(count - 1, index + 10)
    case 'PageUp':
      return Math.max(0, index - 10)
    case 'Home':
      return 0
    case 'End':
      return count - 1
    default:
      return null
  }
}
