import { Redis } from 'ioredis'
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest'
import { openRedisLink, type RedisLink } from '#server/redis/connection.ts'
import { startRedis, type RedisPeer } from './redis.ts'
import { peers } from '../peers.ts'
import { openLiveRooms, type LiveRooms } from '#server/rooms/live-rooms.ts'
import { createRedisRoomStore, type OnDamaged } from '#server/rooms/redis-room-store.ts'

/** A real Redis, empty at the start of each test. What is opened on it ends with its test, the newest first. */
export type RedisLab = {
  readonly redis: RedisPeer
  /** A client of the test's own. */
  readonly client: Redis
  readonly openLink: () => RedisLink
  /** Rooms on a link, or on one of their own. */
  readonly openRooms: (given?: { readonly link?: RedisLink; readonly onDamaged?: OnDamaged }) => Promise<LiveRooms>
}

/** To be called where a suite is described; what it answers with can be used from its first test on. */
export function useRedis(): RedisLab {
  let redis: RedisPeer
  let client: Redis
  const ends: (() => unknown)[] = []

  beforeAll(async () => {
    redis = await startRedis(peers.redis ?? '')
    client = new Redis(redis.url)
  })
  beforeEach(async () => void (await client.flushall()))
  afterEach(async () => {
    for (const end of ends.splice(0).toReversed()) await end()
  })
  afterAll(async () => {
    client.disconnect()
    await redis.stop()
  })

  function openLink(): RedisLink {
    const link = openRedisLink(redis.url)
    ends.push(link.close)
    return link
  }

  return {
    get redis() {
      return redis
    },
    get client() {
      return client
    },
    openLink,
    async openRooms({ link = openLink(), onDamaged = () => undefined } = {}) {
      const rooms = await openLiveRooms(createRedisRoomStore(link, onDamaged))
      ends.push(rooms.close)
      return rooms
    },
  }
}
