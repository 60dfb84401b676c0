import { useVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useRef, type FocusEvent } from 'react'
import { useTimeText } from '../app/clock.ts'
import { roomPath } from '../app/routes.ts'
import { useSession } from '../app/session.ts'
import { formatAge, formatUtc } from '../ui/format.ts'
import { text } from '../ui/text.ts'
import classes from './Observers.module.css'

/** The height of a line, px. */
const LINE = 30

type LinksProps = { readonly label: string; readonly rooms: readonly string[]; readonly onHold: (on: boolean) => void }

/** Rooms as links, a line each; only what is visible is drawn. `onHold`: whether the pointer is on them, or the focus on one. */
export function RoomLinks({ label, rooms, onHold }: LinksProps) {
  const scroller = useRef<HTMLDivElement>(null)
  const hand = useRef({ hovered: false, focused: false })
  const virtualizer = useVirtualizer({
    count: rooms.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => LINE,
    getItemKey: (index) => rooms[index] ?? index,
    overscan: 4,
  })

  function takeHand(change: Partial<{ hovered: boolean; focused: boolean }>) {
    hand.current = { ...hand.current, ...change }
    onHold(hand.current.hovered || hand.current.focused)
  }
  // A list that goes away lets go of its order.
  useEffect(() => () => onHold(false), [onHold])

  return (
    <div
      onPointerMove={() => takeHand({ hovered: true })}
      onPointerLeave={() => takeHand({ hovered: false })}
      onFocus={({ target }) => takeHand({ focused: isLink(target) })}
      onBlur={({ currentTarget, relatedTarget }: FocusEvent) =>
        takeHand({ focused: isLink(relatedTarget) && currentTarget.contains(relatedTarget) })
      }
    >
      <div ref={scroller} className={classes.scroller} tabIndex={0} role="group" aria-label={label}>
        <div className={classes.list} role="list" style={{ height: virtualizer.getTotalSize() }}>
          {virtualizer.getVirtualItems().map((item) => {
            const room = rooms[item.index]
            return room === undefined ? null : (
              <div
                key={item.key}
                className={classes.line}
                style={{ transform: `translateY(${item.start}px)`, height: LINE }}
                role="listitem"
                aria-setsize={rooms.length}
                aria-posinset={item.index + 1}
                data-testid="observed-room"
                data-room={room}
              >
                <Line room={room} />
              </div>
            )
          })}
        </div>
      </div>
    </div>
  )
}

/** One that ended while the order was held keeps its name. */
function Line({ room }: { readonly room: string }) {
  const summary = useSession((state) => state.rooms?.get(room))
  return (
    <>
      <a className={classes.room} href={`#${roomPath(room)}`} dir="auto" title={room}>
        {room}
      </a>
      <span>{summary === undefined ? text.wall.ended : text.wall.people(summary.online)}</span>
      {summary === undefined ? null : <SeenAge at={summary.observedAt} />}
    </>
  )
}

function SeenAge({ at }: { readonly at: number | null }) {
  const age = useTimeText((now) => text.observers.seen(formatAge(now - (at ?? now))))
  return at === null ? <span>{text.observers.neverSeen}</span> : <span title={formatUtc(at)}>{age}</span>
}

function isLink(target: EventTarget | null): target is HTMLAnchorElement {
  return target instanceof HTMLAnchorElement
}
