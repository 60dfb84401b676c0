import type { ServerResponse } from 'node:http'
import { fail, type Failure } from '#shared/domain/failure.ts'
import type { Feed } from '#server/feed/feed.ts'
import type { FeedFilter } from '#server/feed/feed-filter.ts'
import type { TokenHolder } from '#server/operators/operator-book.ts'
import { openEventStream, type EventStream } from './event-stream.ts'
import { goingDown } from './backlog.ts'

/** How many streams one operator may have open at an instance (S4.2). */
const STREAMS_PER_OPERATOR = 5

type Listener = { readonly tokenId: string; readonly stream: EventStream }

type Opening = {
  readonly response: ServerResponse
  readonly holder: TokenHolder
  readonly filter: FeedFilter
  readonly lastEventId: string | undefined
  /** The stream has ended. */
  readonly onClosed: () => void
}

/** The open event streams of this instance: the feed over Server-Sent Events. */
export type EventStreams = {
  /** Why this operator can't open another one, or null. */
  readonly obstacle: (holder: TokenHolder) => Failure | null
  /** Takes a response over. */
  readonly open: (opening: Opening) => Promise<void>
  readonly count: () => number
  /** Ends the streams of this token; `reason` is one line for a person. */
  readonly disconnect: (tokenId: string, reason: string) => void
  /** Tells everybody to go elsewhere; resolves when all are gone. */
  readonly close: () => Promise<void>
}

/** `onSlow`: a stream was cut because its client did not take what it was sent. */
export function createEventStreams(feed: Feed, onSlow: () => void): EventStreams {
  const counts = new Map<string, number>()
  const listeners = new Set<Listener>()
  const ended = new Set<() => void>()
  let closing = false
  let serialized = { data: null as unknown, text: 'null' }

  const subscriptions = feed.open<Listener>({
    send: (event, to) => to.forEach(({ stream }) => stream.send(event, event.data.cursor)),
    ready: ({ stream }) => stream.ready(),
    reset: ({ stream }, cursor) => stream.send({ type: 'reset', cursor }, cursor),
    failed: ({ stream }, { code, message }) => stream.close({ code, message }),
  })

  function serialize(data: unknown): string {
    if (serialized.data !== data) serialized = { data, text: JSON.stringify(data) }
    return serialized.text
  }

  function changeCount(tokenId: string, by: 1 | -1): void {
    const count = (counts.get(tokenId) ?? 0) + by
    if (count > 0) counts.set(tokenId, count)
    else counts.delete(tokenId)
  }

  async function begin(listener: Listener, filter: FeedFilter, lastEventId: string | undefined): Promise<void> {
    const { stream } = listener
    const resumed = lastEventId === undefined ? null : await subscriptions.subscribe(listener, filter, lastEventId)
    if (resumed?.ok) return stream.send({ type: 'connected' }, resumed.value)
    if (resumed?.code === 'unavailable') return stream.close(resumed)
    const fresh = await subscriptions.subscribe(listener, filter)
    if (!fresh.ok) return stream.close(fresh)
    stream.send({ type: 'connected' }, fresh.value)
    if (resumed) stream.send({ type: 'reset', cursor: fresh.value }, fresh.value)
  }

  return {
    obstacle({ tokenId, operator }) {
      if (closing) return fail('unavailable', goingDown.message)
      if ((counts.get(tokenId) ?? 0) < STREAMS_PER_OPERATOR) return null
      return fail('rate_limited', `${operator.name} has ${STREAMS_PER_OPERATOR} event streams open here: close one first`)
    },
    async open({ response, holder, filter, lastEventId, onClosed }) {
      const { tokenId } = holder
      changeCount(tokenId, 1)
      const held: { listener: Listener | null; gone: boolean } = { listener: null, gone: false }
      const stream = await openEventStream(response, {
        position: () => (held.listener ? subscriptions.position(held.listener) : null),
        serialize,
        onSlow,
        onClosed() {
          held.gone = true
          changeCount(tokenId, -1)
          if (held.listener) forget(held.listener)
          onClosed()
        },
      })
      if (held.gone) return
      const listener = { tokenId, stream }
      held.listener = listener
      listeners.add(listener)
      if (closing) return stream.close(goingDown)
      await begin(listener, filter, lastEventId)
      if (held.gone) forget(listener)
    },
    count: () => listeners.size,
    disconnect(gone, reason) {
      for (const { tokenId, stream } of listeners) if (tokenId === gone) stream.close({ code: 'unauthorized', message: reason })
    },
    async close() {
      closing = true
      for (const { stream } of listeners) stream.close(goingDown)
      if (listeners.size > 0) await new Promise<void>((resolve) => ended.add(resolve))
    },
  }

  function forget(listener: Listener): void {
    subscriptions.unsubscribe(listener)
    listeners.delete(listener)
    if (listeners.size === 0) for (const resolve of ended) resolve()
  }
}
