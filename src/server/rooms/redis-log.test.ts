import { once } from 'node:events'
import type { Redis } from 'ioredis'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { openRedisLink, type RedisLink } from '#server/redis/connection.ts'
import { redisKeys } from '#server/redis/keys.ts'
import { startRedis, type RedisPeer } from '../../../tests/harness/redis.ts'
import { peers } from '../../../tests/peers.ts'
import { openLiveRooms, type LiveRooms } from './live-rooms.ts'
import { readLogMessage } from './redis-log-message.ts'
import { createRedisRoomStore } from './redis-room-store.ts'
import type { RoomEvent } from './room-event.ts'
import { historyOf } from './testing/room-histories.ts'

describe.skipIf(peers.redis === null)('following the log of a real Redis', () => {
  let redis: RedisPeer
  const cleanUps: (() => unknown)[] = []

  beforeAll(async () => void (redis = await startRedis(peers.redis ?? '')))
  afterEach(async () => {
    for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp()
  })
  afterAll(() => redis.stop())

  function openLink(): RedisLink {
    const link = openRedisLink(redis.url)
    cleanUps.push(link.close)
    return link
  }

  /** A link whose subscribers are known here. */
  function openWatchedLink(): { readonly link: RedisLink; readonly subscribers: readonly Redis[] } {
    const link = openLink()
    const subscribers: Redis[] = []
    function openSubscriber(): Redis {
      const subscriber = link.openSubscriber()
      subscribers.push(subscriber)
      return subscriber
    }
    return { link: { ...link, openSubscriber }, subscribers }
  }

  /** A room of this name starts. */
  function starting(room: string): RoomEvent {
    const [event] = historyOf(room, [{ kind: 'join', person: 0, source: 'camera' }])
    if (!event) throw new Error('the history is empty')
    return event
  }

  async function openRooms(link: RedisLink): Promise<LiveRooms> {
    const rooms = await openLiveRooms(createRedisRoomStore(link, () => undefined))
    cleanUps.push(rooms.close)
    return rooms
  }

  it('what is written between the look at an empty log and its answer is told at once', async () => {
    const writer = await openRooms(openLink())
    const { link, subscribers } = openWatchedLink()
    const read = link.commands.xrangeBuffer.bind(link.commands)
    vi.spyOn(link.commands, 'xrangeBuffer').mockImplementationOnce(async () => {
      const page = await read(redisKeys.events, '-', '+')
      expect(page).toEqual([])
      const [subscriber] = subscribers
      if (!subscriber) throw new Error('nothing can be heard')
      const heard = once(subscriber, 'messageBuffer')
      await writer.submit(starting('lobby'))
      await heard
      return page
    })
    const reader = await openRooms(link)
    await expect.poll(() => reader.get('lobby').revision).toBeGreaterThan(0)
  })

  it('an instance that is alone is not sent its own words again', async () => {
    const { link, subscribers } = openWatchedLink()
    const rooms = await openRooms(link)
    await rooms.submit(starting('alone'))
    await expect.poll(() => rooms.get('alone').revision).toBeGreaterThan(0)
    const [subscriber] = subscribers
    if (!subscriber) throw new Error('nothing can be heard')
    const heard = once(subscriber, 'messageBuffer')
    await rooms.submit(starting('alone again'))
    const [, message] = (await heard) as [Buffer, Buffer]
    expect(readLogMessage(message)?.map(({ body }) => body)).toEqual([undefined])
    await expect.poll(() => rooms.get('alone again').room).not.toBeNull()
  })

  it('the words of one who does not listen reach the only one who does', async () => {
    const reading = openLink()
    const reader = await openRooms(reading)
    const told: string[] = []
    reader.told.subscribe(({ data }) => told.push(data.room?.name ?? ''))
    await reader.submit(starting('first'))
    await expect.poll(() => told).toEqual(['first'])
    const looks = vi.spyOn(reading.commands, 'xrangeBuffer')
    const nowhere = openRedisLink('redis://127.0.0.1:1')
    const writer = await openRooms({ ...openLink(), openSubscriber: nowhere.openSubscriber })
    await writer.submit(starting('second'))
    await expect.poll(() => told).toEqual(['first', 'second'])
    expect(looks).toHaveBeenCalled()
    expect(reader.get('second').room).not.toBeNull()
  })
})
