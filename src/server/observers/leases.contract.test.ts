import { Redis } from 'ioredis'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openRedisLink, type RedisLink } from '#server/redis/connection.ts'
import { redisKeys } from '#server/redis/keys.ts'
import { startRedis, type RedisPeer } from '../../../tests/harness/redis.ts'
import { peers } from '../../../tests/peers.ts'
import { createSoleLeases, type ObserveLeases } from './leases.ts'
import { createRedisLeases } from './redis-leases.ts'

const rooms = ['a', 'b', 'c', 'd', 'e']
const none = { keep: [], want: [], count: 0 }

/** What holds of all of them, whoever else there is. `open` resolves when they can be asked. */
function describeLeases(name: string, open: () => Promise<ObserveLeases>): void {
  describe(`X2 leases (${name})`, () => {
    it('gives as many as are asked for, the first ones first', async () => {
      const leases = await open()
      expect(await leases.hold({ ...none, want: rooms, count: 3 })).toEqual({ lost: [], taken: ['a', 'b', 'c'] })
      expect(await leases.hold({ ...none, want: ['d', 'e'], count: 5 })).toEqual({ lost: [], taken: ['d', 'e'] })
      expect(await leases.hold({ ...none, want: ['f'], count: 0 })).toEqual({ lost: [], taken: [] })
    })

    it('what is kept is not lost, and what was let go of can be had again', async () => {
      const leases = await open()
      await leases.hold({ ...none, want: rooms, count: 5 })
      expect(await leases.hold({ ...none, keep: rooms })).toEqual({ lost: [], taken: [] })
      await leases.release(['b', 'c'])
      await leases.release([])
      expect(await leases.hold({ keep: ['a'], want: ['c', 'b'], count: 1 })).toEqual({ lost: [], taken: ['c'] })
    })

    it('asks nobody where nothing is asked for', async () => {
      expect(await (await open()).hold(none)).toEqual({ lost: [], taken: [] })
    })
  })
}

describeLeases('alone', () => Promise.resolve(createSoleLeases()))

describe.skipIf(peers.redis === null)('with a real Redis', () => {
  let redis: RedisPeer
  let client: Redis
  let link: RedisLink
  const opened: ObserveLeases[] = []

  beforeAll(async () => {
    redis = await startRedis(peers.redis ?? '')
    client = new Redis(redis.url)
    link = openRedisLink(redis.url)
  })
  beforeEach(() => client.flushall())
  afterEach(() => {
    for (const leases of opened.splice(0)) leases.close()
  })
  afterAll(async () => {
    client.disconnect()
    await redis.stop()
  })

  async function open(instance: string): Promise<ObserveLeases> {
    const leases = createRedisLeases(link, instance)
    opened.push(leases)
    await expect.poll(() => leases.hold({ ...none, keep: ['whether it answers'] })).not.toBeNull()
    await client.del(redisKeys.observeLease('whether it answers'))
    return leases
  }

  describeLeases('Redis', () => open('one'))

  describe('X2 two instances', () => {
    it('never have the same room: who asks second has the next ones', async () => {
      const [one, two] = [await open('one'), await open('two')]
      expect(await one.hold({ ...none, want: rooms, count: 2 })).toMatchObject({ taken: ['a', 'b'] })
      expect(await two.hold({ ...none, want: rooms, count: 2 })).toMatchObject({ taken: ['c', 'd'] })
      const both = await Promise.all([one, two].map((leases) => leases.hold({ ...none, want: ['f', 'g', 'h', 'i'], count: 2 })))
      expect(both.flatMap((answer) => answer?.taken ?? []).toSorted()).toEqual(['f', 'g', 'h', 'i'])
    })

    it('can let go only of their own', async () => {
      const [one, two] = [await open('one'), await open('two')]
      await one.hold({ ...none, want: ['a'], count: 1 })
      await two.release(['a'])
      expect(await two.hold({ ...none, want: ['a'], count: 1 })).toMatchObject({ taken: [] })
      await one.release(['a'])
      expect(await two.hold({ ...none, want: ['a'], count: 1 })).toMatchObject({ taken: ['a'] })
    })

    it('one has the rooms of another that has died, well within five seconds', async () => {
      const [one, two] = [await open('one'), await open('two')]
      await one.hold({ ...none, want: ['a', 'b'], count: 2 })
      one.close()
      const diedAt = performance.now()
      await expect.poll(async () => (await two.hold({ ...none, want: ['a', 'b'], count: 2 }))?.taken, { timeout: 5000 }).toEqual(['a', 'b'])
      expect(performance.now() - diedAt).toBeLessThan(3500)
    })

    it('keeping makes them last', async () => {
      const one = await open('one')
      await one.hold({ ...none, want: ['a'], count: 1 })
      const key = redisKeys.observeLease('a')
      await client.pexpire(key, 500)
      await one.hold({ ...none, keep: ['a'] })
      expect(await client.pttl(key)).toBeGreaterThan(2000)
    })

    it('are told what they lost while they were away, and have what nobody took', async () => {
      const [one, two] = [await open('one'), await open('two')]
      await one.hold({ ...none, want: ['a', 'b', 'c'], count: 3 })
      // As when they have expired.
      await client.del(...['a', 'b', 'c'].map(redisKeys.observeLease))
      await two.hold({ ...none, want: ['b'], count: 1 })
      expect(await one.hold({ ...none, keep: ['a', 'b', 'c'] })).toEqual({ lost: ['b'], taken: [] })
      expect(await two.hold({ ...none, want: ['a', 'c'], count: 2 })).toMatchObject({ taken: [] })
    })

    it('a key of another type is nobody’s lease, and stands in no other room’s way', async () => {
      const one = await open('one')
      await client.lpush(redisKeys.observeLease('b'), 'stray')
      await one.release(['b'])
      expect(await one.hold({ keep: ['a'], want: ['b', 'c'], count: 2 })).toEqual({ lost: [], taken: ['b', 'c'] })
      expect(await client.get(redisKeys.observeLease('b'))).toBe('one')
    })
  })

  it('S3 while Redis is away they answer that they can’t, and letting go fails silently; after that they answer again', async () => {
    const one = await open('one')
    await redis.kill()
    expect(await one.hold({ ...none, want: rooms, count: 1 })).toBeNull()
    await one.release(rooms)
    await redis.start()
    await expect.poll(() => one.hold({ ...none, want: rooms, count: 1 }), { timeout: 5000 }).toEqual({ lost: [], taken: ['a'] })
    redis.pause()
    expect(await one.hold({ ...none, want: rooms, count: 1 })).toBeNull()
    redis.resume()
    await expect.poll(() => one.hold({ ...none, keep: ['a'] }), { timeout: 5000 }).toEqual({ lost: [], taken: [] })
  })
})
