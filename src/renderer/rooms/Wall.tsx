import { useElementSize } from '@mantine/hooks'
import { defaultRangeExtractor, useVirtualizer, type Range } from '@tanstack/react-virtual'
import { useCallback, useEffect, useRef, useState, type FocusEvent, type KeyboardEvent, type PointerEvent } from 'react'
import { useSession } from '../app/session.ts'
import { isFocusFree, useShortcuts } from '../app/shortcuts.ts'
import { text } from '../ui/text.ts'
import { RoomTile } from './RoomTile.tsx'
import { moveInGrid } from './move-in-grid.ts'
import classes from './Wall.module.css'

/** A tile's size in px; the width is the least, columns share what is left. */
const TILE = { width: 250, height: 118, gap: 10 }

/** The tiles: only what is visible is drawn, the focused one always is. */
export function Wall(props: { readonly order: readonly string[]; readonly onHold: (on: boolean) => void }) {
  const { order, onHold } = props
  const { ref: sizeRef, width } = useElementSize()
  const scroller = useRef<HTMLDivElement>(null)
  const [active, setActive] = useState<{ readonly room: string; readonly index: number } | null>(null)
  const hand = useRef({ hovered: false, focused: false })
  const live = useSession((state) => state.connection.state === 'live')

  const columns = Math.max(1, Math.floor((width + TILE.gap) / (TILE.width + TILE.gap)))
  const activeIndex = placeOf(active, order)
  const activeRow = Math.floor(activeIndex / columns)
  const rangeExtractor = useCallback((range: Range) => withRow(range, activeRow), [activeRow])
  const virtualizer = useVirtualizer({
    count: width === 0 ? 0 : Math.ceil(order.length / columns),
    getScrollElement: () => scroller.current,
    estimateSize: () => TILE.height + TILE.gap,
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
    if (hand.current.focused && document.activeElement === document.body) tileOf(scroller.current, order[activeIndex] ?? '')?.focus()
  }, [order, activeIndex])

  // From nowhere, an arrow key goes to the tile that was last worked with.
  function enter(): false | undefined {
    if (!isFocusFree()) return false
    tileOf(scroller.current, order[activeIndex] ?? '')?.focus()
    return undefined
  }
  useShortcuts({ ArrowDown: enter, ArrowUp: enter, ArrowLeft: enter, ArrowRight: enter })

  function onKeyDown(event: KeyboardEvent) {
    const next = moveInGrid(event.key, activeIndex, columns, order.length)
    const name = next === null ? undefined : order[next]
    if (next === null || name === undefined) return
    event.preventDefault()
    setActive({ room: name, index: next })
    // The row of the new tile is drawn by the time the frame is: then it can take the focus, which scrolls it into view.
    requestAnimationFrame(() => tileOf(scroller.current, name)?.focus())
  }

  return (
    <div
      ref={scroller}
      className={classes.scroller}
      data-live={live}
      onKeyDown={onKeyDown}
      // A pointer that merely lies where a tile appears is no hand: only one that moves takes hold.
      onPointerMove={(event: PointerEvent) => takeHand({ hovered: isOnTile(event.target) })}
      onPointerLeave={() => takeHand({ hovered: false })}
      onFocus={(event: FocusEvent) => {
        takeHand({ focused: true })
        const room = roomOf(event.target)
        if (room !== null) setActive({ room, index: order.indexOf(room) })
      }}
      onBlur={(event: FocusEvent) => takeHand({ focused: event.currentTarget.contains(event.relatedTarget) })}
    >
      <div ref={sizeRef} className={classes.tiles} role="list" aria-label={text.wall.list} style={{ height: virtualizer.getTotalSize() }}>
        {virtualizer.getVirtualItems().map((row) => (
          <div
            key={row.key}
            className={classes.row}
            role="presentation"
            style={{
              transform: `translateY(${row.start}px)`,
              height: TILE.height,
              gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))`,
            }}
          >
            {order.slice(row.index * columns, (row.index + 1) * columns).map((name, column) => {
              const index = row.index * columns + column
              return <RoomTile key={name} room={name} index={index} count={order.length} tabbable={index === activeIndex} />
            })}
          </div>
        ))}
      </div>
    </div>
  )
}

/** Where the active tile is; where it was when its room is gone. */
function placeOf(active: { readonly room: string; readonly index: number } | null, order: readonly string[]): number {
  if (active === null) return 0
  const index = order.indexOf(active.room)
  return index === -1 ? Math.max(0, Math.min(active.index, order.length - 1)) : index
}

function withRow(range: Range, row: number): number[] {
  const rows = defaultRangeExtractor(range)
  return row >= range.count || rows.includes(row) ? rows : [...rows, row].toSorted((a, b) => a - b)
}

function isOnTile(target: EventTarget): boolean {
  return target instanceof Element && target.closest('[data-room]') !== null
}

function roomOf(target: Element): string | null {
  return target.closest('[data-room]')?.getAttribute('data-room') ?? null
}

function tileOf(scroller: HTMLElement | null, room: string): HTMLElement | null {
  return scroller?.querySelector<HTMLElement>(`[data-room="${CSS.escape(room)}"]`) ?? null
}
