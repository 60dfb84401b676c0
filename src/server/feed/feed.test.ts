import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { Redis } from 'ioredis'
import { startRedis, type RedisPeer } from '../../../tests/harness/redis.ts'
import { peers } from '../../../tests/peers.ts'
import type { FeedEvent, FeedType } from '#shared/domain/feed-event.ts'
import type { Failure } from '#shared/domain/failure.ts'
import { openRedisLink } from '#server/redis/connection.ts'
import type { FeedDraft } from '#server/rooms/feed-draft.ts'
import { openLiveRooms, type LiveRooms } from '#server/rooms/live-rooms.ts'
import { createMemoryRoomStore } from '#server/rooms/memory-room-store.ts'
import { createRedisRoomStore } from '#server/rooms/redis-room-store.ts'
import { createFeedFilter } from './feed-filter.ts'
import { createFeed, type FeedSubscriptions } from './feed.ts'

const ROOMS = ['red', 'green', 'blue'] as const
const TYPES = ['egress_started', 'egress_ended'] as const satisfies readonly FeedType[]
let serial = 0

function happening(room: string, type: FeedType = 'egress_started'): FeedDraft {
  serial += 1
  return { type, timestamp: serial, data: { id: `E${serial}`, room: { name: room, sid: 'RM' }, cause: 'server' } }
}

/** Somebody who hears the feed, at one instance or another. */
class Listener {
  readonly heard: FeedEvent[] = []
  readonly resets: string[] = []
  readonly failures: Failure[] = []
  /** Replaced by tests that hold it up. */
  ready: () => boolean | Promise<boolean> = () => true
  get cursor(): string | undefined {
    return this.heard.at(-1)?.data.cursor
  }
  get ids(): string[] {
    return this.heard.map(({ data }) => data.id)
  }
}

type Instance = { readonly rooms: LiveRooms; readonly feed: FeedSubscriptions<Listener> }

function instanceOf(rooms: LiveRooms): Instance {
  const feed = createFeed(rooms).open<Listener>({
    send: (event, to) => to.forEach((listener) => listener.heard.push(event)),
    ready: (listener) => listener.ready(),
    reset: (listener, cursor) => listener.resets.push(cursor),
    failed: (listener, failure) => listener.failures.push(failure),
  })
  return { rooms, feed }
}

const everything = createFeedFilter(undefined, undefined)

describe('S4.3 the feed of one instance', () => {
  async function memory(): Promise<Instance> {
    return instanceOf(await openLiveRooms(createMemoryRoomStore('life')))
  }
  async function tellAll({ rooms }: Instance, events: readonly FeedDraft[]): Promise<string[]> {
    for (const event of events) await rooms.tell(event)
    await new Promise((resolve) => setImmediate(resolve))
    return events.map(({ data }) => data.id)
  }

  it('S4.4 lets through what a filter of types and rooms names; without one, everything', async () => {
    const instance = await memory()
    const [all, typed, named, both, none] = [new Listener(), new Listener(), new Listener(), new Listener(), new Listener()]
    await instance.feed.subscribe(all, everything)
    await instance.feed.subscribe(typed, createFeedFilter(['egress_ended'], undefined))
    await instance.feed.subscribe(named, createFeedFilter(undefined, ['red']))
    await instance.feed.subscribe(both, createFeedFilter(['egress_ended'], ['red']))
    await instance.feed.subscribe(none, createFeedFilter([], undefined))
    const events = [happening('red'), happening('blue', 'egress_ended'), happening('red', 'egress_ended')]
    const nowhere: FeedDraft = { type: 'budget_warning', timestamp: 1, data: { id: 'W', cause: 'server' } }
    const [a, b, c] = await tellAll(instance, [...events, nowhere])
    expect(all.ids).toEqual([a, b, c, 'W'])
    expect(typed.ids).toEqual([b, c])
    expect(named.ids).toEqual([a, c])
    expect(both.ids).toEqual([c])
    expect(none.ids).toEqual([])
  })

  it('subscribing again replaces, and unsubscribing ends it', async () => {
    const instance = await memory()
    const listener = new Listener()
    await instance.feed.subscribe(listener, everything)
    await instance.feed.subscribe(listener, createFeedFilter(undefined, ['red']))
    const [, red] = await tellAll(instance, [happening('blue'), happening('red')])
    expect(listener.ids).toEqual([red])
    instance.feed.unsubscribe(listener)
    await tellAll(instance, [happening('red')])
    expect(listener.ids).toEqual([red])
  })

  it('S4.2 answers before it sends, and from a cursor on sends each event once', async () => {
    const instance = await memory()
    const first = new Listener()
    const began = await instance.feed.subscribe(first, everything)
    const ids = await tellAll(
      instance,
      Array.from({ length: 5000 }, () => happening('red')),
    )
    expect(first.ids).toEqual(ids)
    const late = new Listener()
    const cursor = began.ok ? began.value : ''
    expect(await instance.feed.subscribe(late, everything, cursor)).toEqual({ ok: true, value: cursor })
    expect(late.heard).toEqual([])
    ids.push(...(await tellAll(instance, [happening('blue')])))
    await expect.poll(() => late.ids).toEqual(ids)
  })

  it('reads on for somebody who catches up only when that one can take more', async () => {
    const instance = await memory()
    const start = instance.rooms.cursor()
    const ids = await tellAll(
      instance,
      Array.from({ length: 5000 }, () => happening('red')),
    )
    const slow = new Listener()
    let goOn: (on: boolean) => void = () => undefined
    let asked = 0
    slow.ready = () => {
      if (slow.heard.length % 200 !== 0) return true
      asked += 1
      return new Promise((resolve) => (goOn = resolve))
    }
    await instance.feed.subscribe(slow, everything, start)
    await expect.poll(() => asked).toBe(1)
    ids.push(...(await tellAll(instance, [happening('blue')])))
    expect(slow.ids).toEqual(ids.slice(0, 200))
    slow.ready = () => true
    goOn(true)
    await expect.poll(() => slow.ids).toEqual(ids)
  })

  it('refuses a cursor that it can not go back to, and keeps no subscription', async () => {
    const instance = await memory()
    const listener = new Listener()
    expect(await instance.feed.subscribe(listener, everything, 'another-1')).toMatchObject({ ok: false, code: 'conflict' })
    await tellAll(instance, [happening('red')])
    expect(listener.heard).toEqual([])
    expect(instance.feed.position(listener)).toBeNull()
  })
})

describe.skipIf(peers.redis === null)('S4.2 the feed of two instances on one Redis', () => {
  let redis: RedisPeer
  let client: Redis
  const cleanUps: (() => unknown)[] = []

  beforeAll(async () => {
    redis = await startRedis(peers.redis ?? '')
    client = new Redis(redis.url)
    client.on('error', () => undefined)
  })
  afterEach(async () => {
    for (const cleanUp of cleanUps.splice(0)) await cleanUp()
    await client.flushall()
  })
  afterAll(async () => {
    client.disconnect()
    await redis.stop()
  })

  async function open(): Promise<Instance> {
    const link = openRedisLink(redis.url)
    const rooms = await openLiveRooms(createRedisRoomStore(link, () => undefined))
    cleanUps.push(() => rooms.close().finally(link.close))
    return instanceOf(rooms)
  }

  it('whoever comes and goes with the last cursor, at whichever instance, hears each event once, in order', async () => {
    const instances = [await open(), await open()] as const
    const step = fc.oneof(
      { weight: 3, arbitrary: fc.record({ tell: fc.integer({ min: 1, max: 260 }), at: fc.nat(1), room: fc.constantFrom(...ROOMS) }) },
      fc.record({ leave: fc.nat(3) }),
      { weight: 2, arbitrary: fc.record({ come: fc.nat(3), at: fc.nat(1) }) },
    )
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
        const expected: FeedEvent[] = []
        const witness = new Listener()
        await instances[0].feed.subscribe(witness, everything)
        const consumers = Array.from({ length: 4 }, (_, index) => ({
          filter: createFeedFilter(index === 1 ? [TYPES[0]] : undefined, index === 2 ? ['red', 'blue'] : undefined),
          current: new Listener(),
          earlier: new Array<FeedEvent>(),
          at: index % 2 === 0 ? instances[0] : instances[1],
          started: '',
        }))
        for (const consumer of consumers) {
          const began = await consumer.at.feed.subscribe(consumer.current, consumer.filter)
          consumer.started = began.ok ? began.value : ''
        }
        const leave = (consumer: (typeof consumers)[number]) => {
          consumer.at.feed.unsubscribe(consumer.current)
          consumer.earlier.push(...consumer.current.heard)
          consumer.current = new Listener()
        }
        const telling: Promise<unknown>[] = []
        let told = 0
        for (const each of steps) {
          if ('tell' in each) {
            told += each.tell
            for (let count = 0; count < each.tell; count += 1) {
              telling.push(instances[each.at === 0 ? 0 : 1].rooms.tell(happening(each.room, TYPES[count % 2])))
            }
            // Some steps find what was told on its way, others all of it done.
            if (each.tell % 3 === 0) await Promise.all(telling)
          } else {
            const consumer = consumers['leave' in each ? each.leave : each.come]
            if (!consumer) continue
            leave(consumer)
            if (!('come' in each)) continue
            consumer.at = instances[each.at === 0 ? 0 : 1]
            const cursor = consumer.earlier.at(-1)?.data.cursor ?? consumer.started
            expect(await consumer.at.feed.subscribe(consumer.current, consumer.filter, cursor)).toMatchObject({ ok: true })
          }
        }
        await Promise.all(telling)
        for (const consumer of consumers) {
          leave(consumer)
          await consumer.at.feed.subscribe(consumer.current, consumer.filter, consumer.earlier.at(-1)?.data.cursor ?? consumer.started)
        }
        await expect.poll(() => witness.heard.length, { timeout: 5000, interval: 5 }).toBe(told)
        expected.push(...witness.heard)
        for (const { filter, earlier, current } of consumers) {
          const { types, rooms } = filter
          const due = expected.filter(({ type, data }) => (!types || types.has(type)) && (!rooms || rooms.has(data.room?.name ?? '')))
          await expect.poll(() => earlier.length + current.heard.length, { timeout: 5000, interval: 5 }).toBe(due.length)
          expect([...earlier, ...current.heard]).toEqual(due)
        }
        for (const { at, current } of consumers) at.feed.unsubscribe(current)
        instances[0].feed.unsubscribe(witness)
      }),
      { numRuns: 40, seed: 20_264 },
    )
  }, 120_000)

  it('tells those who listen when Redis lost the feed, and goes on with its new life', async () => {
    const instance = await open()
    const listener = new Listener()
    await instance.feed.subscribe(listener, everything)
    await instance.rooms.tell(happening('red'))
    await expect.poll(() => listener.heard.length).toBe(1)
    const old = listener.cursor
    const lost = new Promise<void>((resolve) => instance.rooms.lost.subscribe(resolve))
    await client.flushall()
    await instance.rooms.tell(happening('red'))
    await lost
    await expect.poll(() => listener.resets).toEqual([instance.rooms.cursor()])
    await instance.rooms.tell(happening('blue'))
    await expect.poll(() => listener.heard.length).toBe(2)
    expect(await instance.feed.subscribe(new Listener(), everything, old)).toMatchObject({ ok: false, code: 'conflict' })
  })

  it('a trimmed cursor is refused, the one at the end of the trimmed is too old by one, and an idle one stays good', async () => {
    const here = await open()
    const listener = new Listener()
    await here.feed.subscribe(listener, everything)
    for (let count = 0; count < 5; count += 1) await here.rooms.tell(happening('red'))
    await expect.poll(() => listener.heard.length).toBe(5)
    await client.xtrim('rooms:events', 'MAXLEN', 1)
    const there = await open()
    const cursors = listener.heard.map(({ data }) => data.cursor)
    const answers = await Promise.all(cursors.map((cursor) => there.feed.subscribe(new Listener(), everything, cursor)))
    expect(answers.map(({ ok }) => ok)).toEqual([false, false, false, false, true])
  })

  it('says unavailable where Redis is away and the instance does not remember enough', async () => {
    const [here, there] = [await open(), await open()]
    const listener = new Listener()
    await here.feed.subscribe(listener, everything)
    await here.rooms.tell(happening('red'))
    await there.rooms.tell(happening('red'))
    await expect.poll(() => listener.heard.length).toBe(2)
    const late = await open()
    redis.pause()
    try {
      const cursor = listener.heard[0]?.data.cursor
      expect(await late.feed.subscribe(new Listener(), everything, cursor)).toMatchObject({ ok: false, code: 'unavailable' })
      const near = new Listener()
      expect(await here.feed.subscribe(near, everything, cursor)).toMatchObject({ ok: true })
      await expect.poll(() => near.ids).toEqual(listener.ids.slice(1))
    } finally {
      redis.resume()
    }
  })
})
