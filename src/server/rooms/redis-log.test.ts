import { once } from 'node:events'
import type { Redis } from 'ioredis'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { openRedisLink, type RedisLink } from '#server/redis/connection.ts'
import { redisKeys } from '#server/redis/keys.ts'
import { startRedis, type RedisPeer } from '../../../tests/harness/redis.ts'
import { peers } from '../../../tests/peers.ts'
import { openLiveRooms, type LiveRooms } from './live-rooms.ts'
import { createRedisRoomStore } from './redis-room-store.ts'
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

  async function openRooms(link: RedisLink): Promise<LiveRooms> {
    const rooms = await openLiveRooms(createRedisRoomStore(link, () => undefined))
    cleanUps.push(rooms.close)
    return rooms
  }

  it('what is written between the look at an empty log and its answer is told at once', async () => {
    const writer = await openRooms(openLink())
    const link = openLink()
    const subscribers: Redis[] = []
    function openSubscriber(): Redis {
      const subscriber = link.openSubscriber()
      subscribers.push(subscriber)
      return subscriber
    }
    const [event] = historyOf('lobby', [{ kind: 'join', person: 0, source: 'camera' }])
    const read = link.commands.xrangeBuffer.bind(link.commands)
    vi.spyOn(link.commands, 'xrangeBuffer').mockImplementationOnce(async () => {
      const page = await read(redisKeys.events, '-', '+')
      expect(page).toEqual([])
      const [subscriber] = subscribers
      if (!event || !subscriber) throw new Error('nothing can be heard')
      const heard = once(subscriber, 'messageBuffer')
      await writer.submit(event)
      await heard
      return page
    })
    const reader = await openRooms({ ...link, openSubscriber })
    await expect.poll(() => reader.get('lobby').revision).toBeGreaterThan(0)
  })
})
