import { useElementSize } from '@mantine/hooks'
import { defaultRangeExtractor, useVirtualizer, type Range } from '@tanstack/react-virtual'
import { useCallback, useEffect, useRef, useState, type FocusEvent, type KeyboardEvent, type PointerEvent } from 'react'
import type { RoomView } from '../app/preferences-schema.ts'
import { useSession } from '../app/session.ts'
import { isFocusFree, useShortcuts } from '../app/shortcuts.ts'
import { text } from '../ui/text.ts'
import { FocusedMarks } from './FocusedMarks.tsx'
import { moveInGrid } from './move-in-grid.ts'
import { RoomRow } from './RoomRow.tsx'
import { RoomsHead } from './RoomsHead.tsx'
import { RoomTile } from './RoomTile.tsx'
import classes from './Wall.module.css'
import { columnsIn, wallLayouts } from './wall-layout.ts'

type WallProps = { readonly view: RoomView; readonly order: readonly string[]; readonly onHold: (on: boolean) => void }

/** The rooms as tiles, or as rows: a grid of one column. Only what is visible is drawn, the focused one always is. */
export function Wall({ view, order, onHold }: WallProps) {
  const layout = wallLayouts[view]
  const Item = view === 'tiles' ? RoomTile : RoomRow
  const { ref: sizeRef, width } = useElementSize()
  const scroller = useRef<HTMLDivElement>(null)
  const [active, setActive] = useState<{ readonly room: string; readonly index: number } | null>(null)
  const [byKey, setByKey] = useState<HTMLElement | null>(null)
  const hand = useRef({ hovered: false, focused: false })
  const live = useSession((state) => state.connection.state === 'live')

  const columns = columnsIn(layout, width)
  const activeIndex = placeOf(active, order)
  const activeLine = Math.floor(activeIndex / columns)
  const rangeExtractor = useCallback((range: Range) => withLine(range, activeLine), [activeLine])
  const virtualizer = useVirtualizer({
    count: width === 0 ? 0 : Math.ceil(order.length / columns),
    getScrollElement: () => scroller.current,
    estimateSize: () => layout.line + layout.gap,
    scrollMargin: layout.head,
    overscan: 3,
    rangeExtractor,
  })

  function takeHand(change: Partial<{ hovered: boolean; focused: boolean }>) {
    const next = { ...hand.current, ...change }
    if (next.hovered === hand.current.hovered && next.focused === hand.current.focused) return
    hand.current = next
    onHold(next.hovered || next.focused)
  }
  // A wall that goes away lets go of its order.
  useEffect(() => () => onHold(false), [onHold])

  // A tile that goes takes the focus with it: the one in its place gets it, so the keys go on working.
  useEffect(() => {
    if (hand.current.focused && document.activeElement === document.body) itemOf(scroller.current, order[activeIndex] ?? '')?.focus()
  }, [order, activeIndex])

  // From nowhere, an arrow key goes to the tile that was last worked with.
  function enter(): false | undefined {
    if (!isFocusFree()) return false
    itemOf(scroller.current, order[activeIndex] ?? '')?.focus()
    return undefined
  }
  useShortcuts({ ArrowDown: enter, ArrowUp: enter, ArrowLeft: enter, ArrowRight: enter })

  function onKeyDown(event: KeyboardEvent) {
    if (event.key === 'Escape') return setByKey(null)
    const next = isOnItem(event.target) ? moveInGrid(event.key, activeIndex, columns, order.length) : null
    const name = next === null ? undefined : order[next]
    if (next === null || name === undefined) return
    event.preventDefault()
    setActive({ room: name, index: next })
    // The line of the new tile is drawn by the time the frame is: then it can take the focus, which scrolls it into view.
    requestAnimationFrame(() => itemOf(scroller.current, name)?.focus())
  }

  function onFocus({ target }: FocusEvent) {
    takeHand({ focused: isOnItem(target) })
    const room = roomOf(target)
    if (room === null) return
    setActive({ room, index: order.indexOf(room) })
    if (target instanceof HTMLElement && target.matches(':focus-visible')) setByKey(target)
  }

  function onBlur({ currentTarget, relatedTarget }: FocusEvent) {
    takeHand({ focused: relatedTarget !== null && currentTarget.contains(relatedTarget) && isOnItem(relatedTarget) })
    setByKey(null)
  }

  return (
    <div
      ref={scroller}
      className={classes.scroller}
      data-live={live}
      data-view={view}
      onKeyDown={onKeyDown}
      // A pointer that merely lies where a tile appears is no hand: only one that moves takes hold.
      onPointerMove={(event: PointerEvent) => takeHand({ hovered: isOnItem(event.target) })}
      onPointerLeave={() => takeHand({ hovered: false })}
      onFocus={onFocus}
      onBlur={onBlur}
    >
      {view === 'rows' ? <RoomsHead /> : null}
      <div ref={sizeRef} className={classes.items} role="list" aria-label={text.wall.list} style={{ height: virtualizer.getTotalSize() }}>
        {virtualizer.getVirtualItems().map((line) => (
          <div
            key={line.key}
            className={classes.line}
            role="presentation"
            style={{
              transform: `translateY(${line.start - layout.head}px)`,
              height: layout.line,
              gap: layout.gap,
              gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))`,
            }}
          >
            {order.slice(line.index * columns, (line.index + 1) * columns).map((name, column) => {
              const index = line.index * columns + column
              return <Item key={name} room={name} index={index} count={order.length} tabbable={index === activeIndex} />
            })}
          </div>
        ))}
      </div>
      {active !== null && byKey !== null ? <FocusedMarks room={active.room} target={byKey} /> : null}
    </div>
  )
}

/** Where the active tile is; where it was when its room is gone. */
function placeOf(active: { readonly room: string; readonly index: number } | null, order: readonly string[]): number {
  if (active === null) return 0
  const index = order.indexOf(active.room)
  return index === -1 ? Math.max(0, Math.min(active.index, order.length - 1)) : index
}

function withLine(range: Range, line: number): number[] {
  const lines = defaultRangeExtractor(range)
  return line >= range.count || lines.includes(line) ? lines : [...lines, line].toSorted((a, b) => a - b)
}

function isOnItem(target: EventTarget): boolean {
  return target instanceof Element && roomOf(target) !== null
}

function roomOf(target: Element): string | null {
  return target.closest('[data-room]')?.getAttribute('data-room') ?? null
}

function itemOf(scroller: HTMLElement | null, room: string): HTMLElement | null {
  return scroller?.querySelector<HTMLElement>(`[data-room="${CSS.escape(room)}"]`) ?? null
}
