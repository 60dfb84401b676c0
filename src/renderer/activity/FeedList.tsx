import { useVirtualizer } from '@tanstack/react-virtual'
import { useRef } from 'react'
import type { FeedEvent } from '#shared/domain/feed-event.ts'
import { roomPath } from '../app/routes.ts'
import { formatTime, formatUtc } from '../ui/format.ts'
import { text } from '../ui/text.ts'
import { describeEvent, eventText, type Part } from './describe-event.ts'
import classes from './FeedList.module.css'

/** Events as sentences, newest first as given; only what is visible is drawn. */
export function FeedList(props: { readonly events: readonly FeedEvent[]; readonly withRoom: boolean }) {
  const { events } = props
  const scroller = useRef<HTMLDivElement>(null)
  const virtualizer = useVirtualizer({
    count: events.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => 33,
    getItemKey: (index) => events[index]?.data.id ?? index,
    overscan: 8,
  })
  return (
    <div ref={scroller} className={classes.scroller} tabIndex={0} role="group" aria-label={text.feed.list} data-wide={props.withRoom}>
      <div className={classes.list} role="list" style={{ height: virtualizer.getTotalSize() }}>
        {virtualizer.getVirtualItems().map((item) => {
          const event = events[item.index]
          return event === undefined ? null : (
            <div
              key={item.key}
              ref={virtualizer.measureElement}
              className={classes.entry}
              style={{ transform: `translateY(${item.start}px)` }}
              role="listitem"
              aria-setsize={events.length}
              aria-posinset={item.index + 1}
              data-index={item.index}
              data-testid="feed-entry"
              data-type={event.type}
              data-operator={event.data.operator}
            >
              <Entry event={event} withRoom={props.withRoom} />
            </div>
          )
        })}
      </div>
    </div>
  )
}

function Entry({ event, withRoom }: { readonly event: FeedEvent; readonly withRoom: boolean }) {
  const room = event.data.room?.name
  const cause = text.cause[event.data.cause]
  return (
    <>
      <time className={classes.time} dateTime={new Date(event.timestamp).toISOString()} title={`${formatUtc(event.timestamp)}, ${cause}`}>
        {formatTime(event.timestamp)}
      </time>
      <span className={classes.sentence} title={eventText(event)}>
        {describeEvent(event).map(drawPart)}
        {withRoom || isUsual(event) ? null : <span className={classes.cause}> · {cause}</span>}
      </span>
      {withRoom ? (
        <span className={classes.room}>
          {room === undefined ? null : (
            <a href={`#${roomPath(room)}`} dir="auto" title={room}>
              {room}
            </a>
          )}
        </span>
      ) : null}
      {withRoom ? <span className={classes.cause}>{cause}</span> : null}
    </>
  )
}

/** Most is told by a webhook, and what an operator did says so itself. */
function isUsual(event: FeedEvent): boolean {
  return event.data.cause === 'webhook' || event.data.operator !== undefined
}

function drawPart(part: Part, index: number) {
  if ('words' in part) return part.words
  return 'named' in part ? (
    <bdi key={index} className={classes.named}>
      {part.named}
    </bdi>
  ) : (
    <bdi key={index}>{part.quoted}</bdi>
  )
}
