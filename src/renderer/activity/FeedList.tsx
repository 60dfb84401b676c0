import { UnstyledButton } from '@mantine/core'
import { useVirtualizer } from '@tanstack/react-virtual'
import { useMemo, useRef, useState, type ReactNode } from 'react'
import type { FeedEvent } from '#shared/domain/feed-event.ts'
import { roomPath } from '../app/routes.ts'
import { formatTime, formatUtc } from '../ui/format.ts'
import { text } from '../ui/text.ts'
import { describeEvent, eventText, type Part } from './describe-event.ts'
import { gatherEvents, lineOf, type FeedLine } from './gather-events.ts'
import classes from './FeedList.module.css'

/** Events as sentences, newest first as given; what one action did to many is one line that unfolds. Only what is visible is drawn. */
export function FeedList(props: { readonly events: readonly FeedEvent[]; readonly withRoom: boolean }) {
  const [unfolded, setUnfolded] = useState<ReadonlySet<string>>(new Set())
  const lines = useMemo(() => gatherEvents(props.events).flatMap((line) => withEach(line, unfolded)), [props.events, unfolded])
  const scroller = useRef<HTMLDivElement>(null)
  const virtualizer = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => 33,
    getItemKey: (index) => lines[index]?.key ?? index,
    overscan: 8,
  })
  function fold(key: string): void {
    setUnfolded((before) => (before.has(key) ? new Set([...before].filter((each) => each !== key)) : new Set(before).add(key)))
  }
  return (
    <div ref={scroller} className={classes.scroller} tabIndex={0} role="group" aria-label={text.feed.list} data-wide={props.withRoom}>
      <div className={classes.list} role="list" style={{ height: virtualizer.getTotalSize() }}>
        {virtualizer.getVirtualItems().map((item) => {
          const line = lines[item.index]
          return line === undefined ? null : (
            <div
              key={item.key}
              ref={virtualizer.measureElement}
              className={classes.entry}
              style={{ transform: `translateY(${item.start}px)` }}
              role="listitem"
              aria-setsize={lines.length}
              aria-posinset={item.index + 1}
              data-index={item.index}
              data-testid="feed-entry"
              data-type={line.event.type}
              data-operator={line.event.data.operator}
              data-part={line.isPart}
            >
              <Entry line={line} withRoom={props.withRoom}>
                {line.events.length === 1 ? null : (
                  <UnstyledButton
                    className={classes.fold}
                    aria-expanded={unfolded.has(line.key)}
                    onClick={() => fold(line.key)}
                    data-testid="feed-fold"
                  >
                    {unfolded.has(line.key) ? text.feed.fold : text.feed.unfold}
                  </UnstyledButton>
                )}
              </Entry>
            </div>
          )
        })}
      </div>
    </div>
  )
}

/** A line as it is listed; a part is one event of a line that stands above it. */
type Listed = FeedLine & { readonly isPart: boolean }

function withEach(line: FeedLine, unfolded: ReadonlySet<string>): readonly Listed[] {
  const whole = { ...line, isPart: false }
  if (!unfolded.has(line.key)) return [whole]
  return [whole, ...line.events.map((event) => ({ ...lineOf(event), isPart: true }))]
}

function Entry({ line, withRoom, children }: { readonly line: FeedLine; readonly withRoom: boolean; readonly children: ReactNode }) {
  const { event, events } = line
  const room = event.data.room?.name
  const cause = text.cause[event.data.cause]
  return (
    <>
      <time className={classes.time} dateTime={new Date(event.timestamp).toISOString()} title={`${formatUtc(event.timestamp)}, ${cause}`}>
        {formatTime(event.timestamp)}
      </time>
      <span className={classes.said}>
        <span className={classes.sentence} title={eventText(event, events)}>
          {describeEvent(event, events).map(drawPart)}
          {withRoom || isUsual(event) ? null : <span className={classes.cause}> · {cause}</span>}
        </span>
        {children}
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
