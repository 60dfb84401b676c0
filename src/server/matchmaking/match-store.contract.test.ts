import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { Redis } from 'ioredis'
import { openRedisLink, type RedisLink } from '#server/redis/connection.ts'
import { redisKeys } from '#server/redis/keys.ts'
import { startRedis, type RedisPeer } from '../../../tests/harness/redis.ts'
import { peers } from '../../../tests/peers.ts'
import { matchTimes, type MatchStore } from './match-store.ts'
import { createMemoryMatches } from './memory-match-store.ts'
import { createRedisMatchStore } from './redis-match-store.ts'
import { describeMatchStore } from './testing/match-store-contract.ts'

const START = 1_700_000_000_000

describeMatchStore('memory', () => {
  let now = START
  const matches = createMemoryMatches(matchTimes, () => now)
  return Promise.resolve({
    store: matches.forInstance,
    pass: (ms) => Promise.resolve(void (now += ms)),
    lose: null,
    dispose: () => Promise.resolve(),
  })
})

describe.skipIf(peers.redis === null)('with a real Redis', () => {
  let redis: RedisPeer
  let client: Redis
  const links: RedisLink[] = []
  /** A clock that only the tests move; left-behind keys expire by Redis' own. */
  const clockKey = 'clock'
  const clock = `tonumber(redis.call('GET', '${clockKey}'))`

  beforeAll(async () => {
    redis = await startRedis(peers.redis ?? '')
    client = new Redis(redis.url)
    for (const _ of ['here', 'there', 'one', 'two', 'three']) {
      const link = openRedisLink(redis.url)
      await link.connect()
      links.push(link)
    }
  })
  afterAll(async () => {
    for (const link of links) link.close()
    client.disconnect()
    await redis.stop()
  })

  function storeOf(instance: string, index: number): MatchStore {
    const link = links[index % links.length]
    if (!link) throw new Error('no connection')
    return createRedisMatchStore(link, instance, matchTimes, clock)
  }

  describeMatchStore('Redis', async () => {
    const stores = new Map<string, MatchStore>()
    await client.flushall()
    await client.set(clockKey, START)
    return {
      store(instance) {
        const store = stores.get(instance) ?? storeOf(instance, stores.size)
        stores.set(instance, store)
        return store
      },
      async pass(ms) {
        await client.incrby(clockKey, ms)
        for (const key of await client.keys(redisKeys.leftBehind('*'))) {
          const ttl = await client.pttl(key)
          await (ttl <= ms ? client.del(key) : client.pexpire(key, ttl - ms))
        }
      },
      async lose() {
        const now = await client.get(clockKey)
        await client.flushall()
        await client.set(clockKey, now ?? START)
      },
      dispose: () => Promise.resolve(),
    }
  })

  describe('what Redis holds', () => {
    let store: MatchStore

    beforeEach(async () => {
      await client.flushall()
      await client.set(clockKey, START)
      store = storeOf('here', 0)
      await store.join('ana', 'unused')
      await store.join('bo', 'room 1')
      await store.join('cy', 'unused')
    })

    it('S1.5 the queue, the matches and who was left behind can be read by other services', async () => {
      expect(await client.zrange(redisKeys.matchQueue, 0, '-1', 'WITHSCORES')).toEqual(['cy', String(START)])
      const active = await client.hgetall(redisKeys.matchActive)
      expect(Object.keys(active)).toEqual(['room 1'])
      expect(JSON.parse(active['room 1'] ?? '')).toEqual({ room: 'room 1', usernames: ['ana', 'bo'], since: START })
      await store.leave('ana')
      expect(await client.get(redisKeys.leftBehind('bo'))).toBe('room 1')
      const ttl = await client.pttl(redisKeys.leftBehind('bo'))
      expect(ttl).toBeGreaterThan(matchTimes.rememberMs - 5000)
      expect(ttl).toBeLessThanOrEqual(matchTimes.rememberMs)
    })

    const all = [redisKeys.matchQueue, redisKeys.matchActive, redisKeys.matchPeople, redisKeys.matchLeases]
    it.each(all.flatMap((key) => [{ key, how: 'another type' } as const, { key, how: 'gone' } as const]))(
      '$key that is $how: a pair and who waited are taken up again',
      async ({ key, how }) => {
        await client.del(key)
        if (how === 'another type') await client.lpush(key, 'x')
        const ana = { username: 'ana', state: { kind: 'matched', room: 'room 1', partner: 'bo' } } as const
        expect(await store.look([ana, { username: 'cy', state: { kind: 'waiting', position: 1 } }])).toMatchObject({
          ok: true,
          value: { value: [{ kind: 'absent' }, { kind: 'absent' }] },
        })
        expect(await store.resume('ana', ana.state)).toMatchObject({ value: { value: ana.state } })
        expect(await store.join('cy', 'unused')).toMatchObject({ value: { value: { kind: 'waiting' } } })
        expect(await store.join('bo', 'unused')).toMatchObject({ value: { value: { kind: 'matched', room: 'room 1', partner: 'ana' } } })
        expect(await store.counts()).toMatchObject({ value: { value: { activeMatches: 1, queueLength: 1 } } })
      },
    )

    it.each(['{', '[]', '{"here":1}', '{"here":{"x":"y"},"room":7,"partner":null}'])('a person that is %s does no harm', async (text) => {
      await client.hset(redisKeys.matchPeople, 'ana', text)
      await client.lpush(redisKeys.leftBehind('ana'), 'x')
      expect(await store.look([{ username: 'ana', state: { kind: 'matched', room: 'room 1', partner: 'bo' } }])).toMatchObject({ ok: true })
      expect(await store.join('ana', 'unused')).toMatchObject({ ok: true })
      expect(await store.join('di', 'room 2')).toMatchObject({ ok: true })
      expect(await store.counts()).toMatchObject({ ok: true })
    })

    it('every step is one command', async () => {
      const [link] = links
      if (!link) throw new Error('no connection')
      const before = link.meter.read().commands
      await store.join('di', 'room 2')
      await store.look([{ username: 'di', state: { kind: 'waiting', position: 1 } }])
      await store.leave('di')
      expect(link.meter.read().commands - before).toBe(3)
    })
  })

  it('while Redis is away it says unavailable, and goes on after', async () => {
    const peer = await startRedis(peers.redis ?? '')
    const link = openRedisLink(peer.url)
    try {
      await link.connect()
      const store = createRedisMatchStore(link, 'here')
      await store.join('ana', 'unused')
      await peer.kill()
      expect(await store.join('bo', 'room 1')).toMatchObject({ ok: false, code: 'unavailable' })
      await peer.start()
      await expect.poll(() => store.join('bo', 'room 1').then(({ ok }) => ok), { timeout: 5000 }).toBe(true)
    } finally {
      link.close()
      await peer.stop()
    }
  })
})
