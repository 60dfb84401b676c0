import { Redis } from 'ioredis'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openRedisLink, type RedisLink } from '#server/redis/connection.ts'
import { redisKeys } from '#server/redis/keys.ts'
import { startRedis, type RedisPeer } from '../../../tests/harness/redis.ts'
import { peers } from '../../../tests/peers.ts'
import { createMemoryRateLimit } from './rate-limit.ts'
import { createRedisRateLimit } from './redis-rate-limit.ts'
import { describeRateLimit } from './testing/rate-limit-contract.ts'

describeRateLimit('memory', () => {
  let now = 0
  return Promise.resolve({
    create: (options) => createMemoryRateLimit(options, () => now),
    advance(ms) {
      now += ms
      return Promise.resolve()
    },
    dispose: () => Promise.resolve(),
  })
})

describe('a rate limit in memory', () => {
  it('stays within its bounds, and keeps who was allowed last', async () => {
    const limit = createMemoryRateLimit({ limit: 1, windowMs: 60_000 }, () => 0)
    for (let user = 0; user <= 100_000; user += 1) await limit.take(`user ${user}`)
    expect((await limit.take('user 100000')).kind).toBe('refused')
    expect((await limit.take('user 0')).kind).toBe('allowed')
  })
})

describe.skipIf(peers.redis === null)('with a real Redis', () => {
  /** A clock that the tests move; Redis' own can't be. Microseconds. */
  const testClock = `tonumber(redis.call('GET', 'clock'))`
  const start = 1_700_000_000_000_000
  let redis: RedisPeer
  let client: Redis
  const links: RedisLink[] = []
  beforeAll(async () => {
    redis = await startRedis(peers.redis ?? '')
    client = new Redis(redis.url)
  })
  beforeEach(async () => {
    await client.flushall()
    await client.set('clock', start)
  })
  afterAll(async () => {
    for (const link of links) link.close()
    client.disconnect()
    await redis.stop()
  })

  async function connected(): Promise<RedisLink> {
    const link = openRedisLink(redis.url)
    links.push(link)
    await link.connect()
    return link
  }

  describeRateLimit('Redis', async () => {
    const link = await connected()
    // Each limit defines its script anew: the same text under the same name.
    return {
      create: (options) => createRedisRateLimit(link, options, testClock),
      advance: async (ms) => void (await client.incrby('clock', ms * 1000)),
      dispose: () => Promise.resolve(link.close()),
    }
  })

  it('S3.3 two instances share one window, however many ask at once', async () => {
    const limits = [await connected(), await connected()].map((link) => createRedisRateLimit(link, { limit: 20, windowMs: 60_000 }))
    const asked = limits.flatMap((limit) => Array.from({ length: 30 }, () => limit.take('ana')))
    const kinds = (await Promise.all(asked)).map(({ kind }) => kind)
    expect(kinds.filter((kind) => kind === 'allowed')).toHaveLength(20)
    expect(kinds.filter((kind) => kind === 'refused')).toHaveLength(40)
  })

  it('S3.3 goes by Redis’ own clock: refused until the window has passed, then allowed', async () => {
    const limit = createRedisRateLimit(await connected(), { limit: 3, windowMs: 500 })
    const began = performance.now()
    for (let time = 0; time < 3; time += 1) expect((await limit.take('ana')).kind).toBe('allowed')
    await expect.poll(async () => (await limit.take('ana')).kind, { interval: 20 }).toBe('allowed')
    expect(performance.now() - began).toBeGreaterThan(499)
  })

  it('leaves nothing behind, and what was refused keeps nothing alive', async () => {
    const limit = createRedisRateLimit(await connected(), { limit: 1, windowMs: 300 })
    await limit.take('ana')
    const left = await client.pttl(redisKeys.tokenRate('ana'))
    expect(left).toBeGreaterThan(0)
    expect((await limit.take('ana')).kind).toBe('refused')
    expect(await client.pttl(redisKeys.tokenRate('ana'))).toBeLessThanOrEqual(left)
    await expect.poll(() => client.exists(redisKeys.tokenRate('ana')), { interval: 20 }).toBe(0)
  })

  it('a clock that was set back, or a key of another kind, keeps nobody out', async () => {
    const limit = createRedisRateLimit(await connected(), { limit: 1, windowMs: 60_000 }, testClock)
    expect((await limit.take('ana')).kind).toBe('allowed')
    await client.set('clock', start - 3_600_000_000)
    expect((await limit.take('ana')).kind).toBe('allowed')
    expect((await limit.take('ana')).kind).toBe('refused')
    await client.set(redisKeys.tokenRate('bo'), 'not a zset')
    expect((await limit.take('bo')).kind).toBe('allowed')
    expect((await limit.take('bo')).kind).toBe('refused')
  })

  it('S3.3 lets through and says so while Redis is away, and limits again when it is back', async () => {
    const limit = createRedisRateLimit(await connected(), { limit: 1, windowMs: 60_000 })
    await limit.take('ana')
    await redis.kill()
    await expect.poll(() => limit.take('ana')).toMatchObject({ kind: 'unchecked', why: expect.any(String) })
    expect((await limit.take('ana')).kind).toBe('unchecked')
    await redis.start()
    await expect.poll(async () => (await limit.take('ana')).kind, { timeout: 5000 }).toBe('refused')
  })
})
