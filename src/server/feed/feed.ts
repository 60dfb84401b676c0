import { setImmediate as nextTurn } from 'node:timers/promises'
import type { FeedEvent } from '#shared/domain/feed-event.ts'
import { fail, succeed, type Failure, type Result } from '#shared/domain/failure.ts'
import type { LiveRooms } from '#server/rooms/live-rooms.ts'
import type { FeedPage } from '#server/rooms/room-store.ts'
import { isCursor, relateCursor } from './cursor.ts'
import { passes, type FeedFilter } from './feed-filter.ts'
import { createRecentEvents } from './recent-events.ts'

/** How many entries of the log are read at a time for somebody who catches up. */
const PAGE_SIZE = 200

/** A way to reach consumers. All of it but `ready` is called in the order in which it is to arrive. */
export type FeedTransport<C> = {
  readonly send: (event: FeedEvent, to: readonly C[]) => void
  /** True when the consumer can take more, or once it has taken so much of what it was sent; false when it never will. */
  readonly ready: (consumer: C) => boolean | Promise<boolean>
  /** Some of the feed can't be told to this consumer any more: it goes on from this cursor. */
  readonly reset: (consumer: C, cursor: string) => void
  /** The consumer could not catch up, and its subscription has ended. */
  readonly failed: (consumer: C, failure: Failure) => void
}

export type FeedSubscriptions<C> = {
  /**
   * Tells this consumer from now on, or from a cursor on, each event once, in the log's order. Replaces what it subscribed to before.
   * Answers with the cursor it starts from; nothing is sent before the answer could be. `conflict`: the cursor is too old, or of another
   * life of the store; `unavailable`: the store is away. Then the consumer is subscribed to nothing.
   */
  readonly subscribe: (consumer: C, filter: FeedFilter, cursor?: string) => Promise<Result<string>>
  readonly unsubscribe: (consumer: C) => void
  /** A cursor before which this consumer has been told everything it subscribed to; null where it is not subscribed. */
  readonly position: (consumer: C) => string | null
}

/** The feed, told to any number of consumers over any number of transports. */
export type Feed = {
  readonly open: <C>(transport: FeedTransport<C>) => FeedSubscriptions<C>
  /** The cursor from which on a consumer that has heard everything would go on. */
  readonly cursor: () => string
}

/** `position`: up to where the consumer was told. `ahead`: that is beyond what this instance has heard. */
type Subscriber<C> = { readonly consumer: C; readonly filter: FeedFilter; position: string; state: 'behind' | 'live' | 'ahead' | 'ended' }

/** What was read, and in which of the store's lives. */
type Read = { readonly page: FeedPage; readonly life: number }

/** Where a page ended, whether that was further than it began, and whether it was read in the store's present life. */
type PageEnd = { readonly cursor: string; readonly moved: boolean; readonly isCurrent: boolean }

type Audience = { readonly tell: (event: FeedEvent) => void; readonly startAnew: (last: string) => void }

export function createFeed(rooms: Pick<LiveRooms, 'told' | 'lost' | 'cursor' | 'readFeed'>): Feed {
  const recent = createRecentEvents(rooms.cursor)
  const audiences: Audience[] = []
  let last = rooms.cursor()
  let life = 0

  rooms.told.subscribe((event) => {
    last = event.data.cursor
    recent.add(event)
    for (const audience of audiences) audience.tell(event)
  })
  rooms.lost.subscribe(() => {
    const before = last
    last = rooms.cursor()
    life += 1
    recent.restart(last)
    for (const audience of audiences) audience.startAnew(before)
  })

  async function read(position: string): Promise<Read> {
    const now = life
    if (!isCursor(position)) return { page: { kind: 'gone' }, life: now }
    return { page: recent.after(position, PAGE_SIZE) ?? (await rooms.readFeed(position, PAGE_SIZE)), life: now }
  }

  function open<C>(transport: FeedTransport<C>): FeedSubscriptions<C> {
    const subscribers = new Map<C, Subscriber<C>>()

    function unsubscribe(consumer: C): void {
      const subscriber = subscribers.get(consumer)
      if (subscriber) subscriber.state = 'ended'
      subscribers.delete(consumer)
    }

    function hears(subscriber: Subscriber<C>, event: FeedEvent): boolean {
      if (subscriber.state === 'ahead') {
        if (relateCursor(subscriber.position, event.data.cursor) !== 'before') return false
        subscriber.state = 'live'
      }
      return subscriber.state === 'live' && passes(subscriber.filter, event)
    }

    function tell(event: FeedEvent): void {
      const to: C[] = []
      for (const subscriber of subscribers.values()) if (hears(subscriber, event)) to.push(subscriber.consumer)
      if (to.length > 0) transport.send(event, to)
    }

    /** Sends a page, as quickly as the consumer takes it; false when it is gone, or subscribed to something else. */
    async function sendPage(subscriber: Subscriber<C>, entries: readonly FeedEvent[]): Promise<boolean> {
      const { consumer, filter } = subscriber
      for (const event of entries) {
        if (passes(filter, event)) transport.send(event, [consumer])
        subscriber.position = event.data.cursor
        const ready = transport.ready(consumer)
        if (ready !== true && !(await ready)) return false
        if (subscriber.state !== 'behind') return false
      }
      return true
    }

    /** What a subscriber who was sent a page needs next: another one, nothing but what is live, or to be told that what follows is gone. */
    function goOn(subscriber: Subscriber<C>, { cursor, moved, isCurrent }: PageEnd): 'more' | 'live' | 'gone' {
      subscriber.position = cursor
      const relation = relateCursor(cursor, rooms.cursor())
      // The store's new life, which this instance has not heard of yet.
      const isNewer = relation === 'other' && !moved && isCurrent
      if (relation === 'reached' || isNewer) {
        subscriber.state = cursor === rooms.cursor() ? 'live' : 'ahead'
        return 'live'
      }
      // The log holds nothing between here and what was told, nor does this instance remember it.
      return moved || recent.after(cursor, 1) ? 'more' : 'gone'
    }

    async function catchUp(subscriber: Subscriber<C>, first?: Read): Promise<void> {
      const { consumer } = subscriber
      // The answer to the request goes first.
      await nextTurn()
      let { page, life: readIn } = first ?? (await read(subscriber.position))
      while (subscriber.state === 'behind') {
        if (page.kind === 'unavailable') {
          unsubscribe(consumer)
          return transport.failed(consumer, unavailable(page.why))
        }
        let next: 'more' | 'live' | 'gone' = 'gone'
        if (page.kind === 'entries') {
          const { entries, cursor } = page
          const moved = cursor !== subscriber.position
          if (entries.length > 0 && !(await sendPage(subscriber, entries))) return leave(subscriber)
          next = goOn(subscriber, { cursor, moved, isCurrent: readIn === life })
        }
        if (next === 'live') return
        if (next === 'gone') {
          subscriber.position = rooms.cursor()
          subscriber.state = 'live'
          return transport.reset(consumer, subscriber.position)
        }
        ;({ page, life: readIn } = await read(subscriber.position))
      }
    }

    /** The consumer of this subscription takes no more; it may have another one. */
    function leave(subscriber: Subscriber<C>): void {
      if (subscribers.get(subscriber.consumer) === subscriber) unsubscribe(subscriber.consumer)
    }

    async function subscribe(consumer: C, filter: FeedFilter, cursor?: string): Promise<Result<string>> {
      unsubscribe(consumer)
      const start = cursor ?? rooms.cursor()
      const subscriber: Subscriber<C> = { consumer, filter, position: start, state: cursor === undefined ? 'live' : 'behind' }
      subscribers.set(consumer, subscriber)
      if (cursor === undefined) return succeed(start)
      const first = await read(cursor)
      const { page } = first
      if (page.kind === 'entries') {
        void catchUp(subscriber, first)
        return succeed(cursor)
      }
      leave(subscriber)
      if (page.kind === 'unavailable') return unavailable(page.why)
      return fail('conflict', 'the feed does not go back to that cursor: read what there is now, and subscribe without one')
    }

    audiences.push({
      tell,
      startAnew(before) {
        for (const subscriber of subscribers.values()) {
          if (subscriber.state === 'behind') continue
          if (subscriber.state === 'live') subscriber.position = before
          subscriber.state = 'behind'
          void catchUp(subscriber)
        }
      },
    })
    function position(consumer: C): string | null {
      const subscriber = subscribers.get(consumer)
      if (!subscriber) return null
      return subscriber.state === 'live' ? rooms.cursor() : subscriber.position
    }

    return { subscribe, unsubscribe, position }
  }

  return { open, cursor: rooms.cursor }
}

function unavailable(why: string): Failure {
  return fail('unavailable', `the feed can't be read now (${why}): try again`)
}
