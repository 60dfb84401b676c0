import { defaultRangeExtractor, useVirtualizer, type Range } from '@tanstack/react-virtual'
import { useCallback, useEffect, useId, useRef, type KeyboardEvent, type PointerEvent } from 'react'
import { useSession } from '../app/session.ts'
import { isFocusFree, useShortcuts } from '../app/shortcuts.ts'
import { text } from '../ui/text.ts'
import type { Signals } from './observe/signals.ts'
import { useAllowed, useMay } from './deeds/useAllowed.ts'
import { inspect } from './inspector/inspected.ts'
import { ParticipantHead } from './ParticipantHead.tsx'
import { ParticipantRow } from './ParticipantRow.tsx'
import { viewParticipant } from './participant-view.ts'
import classes from './ParticipantTable.module.css'
import type { Choice } from './selection/selection.ts'
import type { SelectionState } from './selection/useSelection.ts'

/** A row's height in px. */
const ROW = 44
const HEAD = 30

type TableProps = {
  readonly order: readonly string[]
  readonly signals: Signals
  readonly choice: SelectionState
  readonly onHold: (on: boolean) => void
  readonly emptyText: string
}

/** The table keeps the focus itself and points to the selected row, so a row that leaves takes no focus with it. */
export function ParticipantTable(props: TableProps) {
  const { order, onHold } = props
  const { selection, select, selectAll, clear } = props.choice
  const allowed = useAllowed()
  const mayPermit = useMay('set_permissions')
  const participants = useSession((state) => state.open?.participants)
  const scroller = useRef<HTMLDivElement>(null)
  const hovered = useRef(false)
  const hadFocus = useRef(false)
  const id = useId()
  const cursorIndex = selection.cursor === null ? -1 : order.indexOf(selection.cursor)
  const rangeExtractor = useCallback((range: Range) => withIndex(range, cursorIndex), [cursorIndex])
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
  const isSelected = cursorIndex >= 0
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
    if (selection.cursor === null && order[0] !== undefined) select(order[0], 'only')
    return undefined
  }
  useShortcuts({ ArrowDown: enter, ArrowUp: enter })

  // A row that leaves may take the focused button with it: the table takes the focus over, so the keys go on working.
  useEffect(() => {
    if (hadFocus.current && document.activeElement === document.body) scroller.current?.focus()
  }, [order])

  function onKeyDown(event: KeyboardEvent) {
    if (event.key === 'Escape') return clear()
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'a') {
      event.preventDefault()
      return selectAll()
    }
    // A button in a row has its own Enter and Space.
    if (event.target === event.currentTarget && selection.cursor !== null && (event.key === 'Enter' || event.key === ' ')) {
      event.preventDefault()
      return event.key === 'Enter' ? inspect(selection.cursor, 'panel') : select(selection.cursor, 'toggle')
    }
    const next = nextIndex(event.key, cursorIndex, order.length)
    const identity = next === null ? undefined : order[next]
    if (next === null || identity === undefined) return
    event.preventDefault()
    select(identity, choiceOf(event))
    virtualizer.scrollToIndex(next)
  }

  return (
    <div
      ref={scroller}
      className={classes.scroller}
      role="grid"
      aria-label={text.room.people}
      aria-rowcount={order.length + 1}
      aria-multiselectable
      aria-activedescendant={isSelected ? `${id}-${cursorIndex}` : undefined}
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
                chosen={selection.chosen.has(participant.identity)}
                cursor={item.index === cursorIndex}
                allowed={allowed}
                mayPermit={mayPermit}
                onSelect={select}
              />
            )
          })}
        </div>
        {order.length === 0 ? <div className={classes.empty}>{props.emptyText}</div> : null}
      </div>
    </div>
  )
}

/** An arrow chooses one row, with Shift all on the way, with Ctrl it only moves. */
function choiceOf(event: KeyboardEvent): Choice | 'cursor' {
  if (event.shiftKey) return 'range'
  return event.ctrlKey || event.metaKey ? 'cursor' : 'only'
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
