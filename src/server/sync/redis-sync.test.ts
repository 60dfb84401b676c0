import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { Redis } from 'ioredis'
import { startRedis, type RedisPeer } from '../../../tests/harness/redis.ts'
import { peers } from '../../../tests/peers.ts'
import { createRedisBus, type BusMessage } from '#server/redis/bus.ts'
import { openRedisLink } from '#server/redis/connection.ts'
import { redisKeys } from '#server/redis/keys.ts'
import { openLiveRooms } from '#server/rooms/live-rooms.ts'
import { createRedisRoomStore } from '#server/rooms/redis-room-store.ts'
import { createSyncService } from './sync-service.ts'
import { listing, person } from './testing/listing.ts'

const DAY_MS = 86_400_000
const byText = (a: string, b: string) => (a < b ? -1 : 1)

describe.skipIf(peers.redis === null)('sync over a real Redis', () => {
  let redis: RedisPeer
  let client: Redis
  let livekit: ReturnType<typeof listing>
  const cleanUps: (() => unknown)[] = []

  beforeAll(async () => {
    redis = await startRedis(peers.redis ?? '')
    client = new Redis(redis.url)
    // So that the log is trimmed exactly.
    await client.config('SET', 'stream-node-max-entries', '1')
  })
  beforeEach(async () => {
    await client.flushall()
    livekit = listing()
    livekit.rooms.set('lobby', [person('ana'), person('bo'), person('guard', { hidden: true })])
    livekit.rooms.set('a:b {x} 👩‍🚀', [person('__proto__')]).set('empty', [])
  })
  afterEach(async () => {
    for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp()
  })
  afterAll(async () => {
    client.disconnect()
    await redis.stop()
  })

  async function instance({ intervalMs = DAY_MS, cleanupIntervalMs = DAY_MS } = {}) {
    const link = openRedisLink(redis.url)
    const damaged: string[] = []
    const repaired: string[] = []
    const heard: BusMessage[] = []
    const rooms = await openLiveRooms(createRedisRoomStore(link, (what) => damaged.push(what)))
    const bus = createRedisBus(link, (what) => damaged.push(what))
    const joined = new Promise<void>((resolve) => bus.joined.subscribe(resolve))
    bus.subscribe((message) => heard.push(message))
    const onRepaired = (room: string) => repaired.push(room)
    const sync = createSyncService({ rooms, livekit, bus, intervalMs, cleanupIntervalMs, onRepaired, missGapMs: 0 })
    await joined
    let ended = false
    /** `kill`: without a word to the others. */
    async function end(kill: boolean): Promise<void> {
      if (ended) return
      ended = true
      if (kill) link.close()
      await sync.stop()
      bus.close()
      await rooms.close()
      link.close()
    }
    cleanUps.push(() => end(false))
    return { link, rooms, bus, sync, damaged, repaired, heard, end }
  }
  /** An instance that has read the rooms, twice as after every start, and has nothing more to read. */
  async function settled(options?: Parameters<typeof instance>[0]) {
    const each = await instance(options)
    await each.sync.sweepAnew('silent')
    await each.sync.sync()
    await each.rooms.caughtUp()
    return each
  }
  /** Everything that is stored of rooms, but for times. */
  async function stored(): Promise<Record<string, unknown>> {
    const entries: [string, unknown][] = [['index', (await client.zrange(redisKeys.index, '0', '-1').catch(() => [])).toSorted(byText)]]
    for (const key of (await client.keys('rooms:[spe]*:*')).toSorted(byText)) {
      const type = await client.type(key)
      if (type === 'set') entries.push([key, (await client.smembers(key)).toSorted(byText)])
      else if (type === 'hash') entries.push([key, { ...(await client.hgetall(key)), lastUpdated: '', confirmedAt: '', confirmedBy: '' }])
      else entries.push([key, type])
    }
    return Object.fromEntries(entries)
  }

  it('S3.4 a sweep that finds nothing is one command, and wakes no reader of the log', async () => {
    const { link, sync, rooms } = await settled()
    const other = await settled()
    const [length, before, beforeThere] = [await client.xlen(redisKeys.events), link.meter.read(), other.link.meter.read()]
    for (let count = 0; count < 10; count += 1) expect(await sync.sync()).toMatchObject({ value: { drift: 0, cleaned: 0 } })
    await expect.poll(() => other.sync.status().lastSync).toBe(sync.status().lastSync)
    const now = link.meter.read()
    expect(now.commands - before.commands).toBe(10)
    // A month of sweeps each 30 s must fit into 150 MB, whatever the number of rooms.
    expect((now.bytes - before.bytes) / 10).toBeLessThan(1736)
    expect(other.link.meter.read().commands - beforeThere.commands).toBe(0)
    expect(await client.xlen(redisKeys.events)).toBe(length)
    expect(other.rooms.get('lobby').room?.confirmed).toEqual(rooms.get('lobby').room?.confirmed)
    expect(other.rooms.get('lobby').room?.confirmed.at).toBe(sync.status().lastSync)
  })

  it('S1.3 one instance sweeps; another one takes over when it is killed, and at once when it ends in order', async () => {
    const [first, second] = [await settled({ intervalMs: 300 }), await settled({ intervalMs: 300 })]
    const holder = () => client.get(redisKeys.sweepLease)
    expect(await holder()).toBe(first.bus.instance)
    const sweeps = second.sync.status().lastSync
    await expect.poll(() => second.sync.status().lastSync).not.toBe(sweeps)
    await first.end(false)
    await expect.poll(holder).toBe(second.bus.instance)
    const third = await settled({ intervalMs: 300 })
    await second.end(true)
    expect(await holder()).toBe(second.bus.instance)
    const { lastSync } = third.sync.status()
    await expect.poll(holder, { timeout: 10_000 }).toBe(third.bus.instance)
    await expect.poll(() => third.sync.status().lastSync).toBeGreaterThan(lastSync ?? 0)
  }, 20_000)

  it('S1.4 stopping holds for all instances, also those that start later or heard nothing of it', async () => {
    const [first, second] = [await settled({ intervalMs: 300 }), await settled({ intervalMs: 300 })]
    expect(await second.sync.setRunning(false)).toMatchObject({ ok: true })
    await expect.poll(() => first.sync.isSyncServiceRunning()).toBe(false)
    const third = await settled({ intervalMs: 300 })
    expect(third.sync.isSyncServiceRunning()).toBe(false)
    await client.del(redisKeys.sweepStopped)
    await third.sync.sync()
    for (const { sync } of [first, second, third]) await expect.poll(() => sync.isSyncServiceRunning(), { timeout: 10_000 }).toBe(true)
  }, 20_000)

  it('S1.4 every instance tells what the sweeps of all found', async () => {
    const [first, second] = [await settled(), await settled()]
    livekit.rooms.set('new', [person('eve')])
    await first.sync.sync()
    await expect.poll(() => second.sync.status()).toMatchObject({ drift: 2, rooms: 4, errors: 0, lastSync: first.sync.status().lastSync })
  })

  it('a room that changed, or that the list misses, is not confirmed by the sweep that found it', async () => {
    const { sync, rooms } = await settled()
    livekit.rooms.set('lobby', [person('ana')])
    const before = rooms.get('lobby').room?.confirmed.at ?? 0
    // A sweep of the same millisecond would confirm nothing.
    await expect.poll(() => Date.now()).toBeGreaterThan(before)
    await sync.sync()
    expect(rooms.get('lobby').room?.confirmed.at).toBe(before)
    expect(rooms.get('empty').room?.confirmed.at).toBeGreaterThan(before)
  })

  it.each<[string, (client: Redis) => Promise<unknown>]>([
    ['a state of another type', (poisoned) => poisoned.multi().del(redisKeys.state('lobby')).set(redisKeys.state('lobby'), 'x').exec()],
    ['a state that is gone', (poisoned) => poisoned.del(redisKeys.state('lobby'))],
    ['a person cut off in the middle', (poisoned) => poisoned.hset(redisKeys.state('lobby'), 'p:ana', '{"identity":"an')],
    ['a person who is no object', (poisoned) => poisoned.hset(redisKeys.state('lobby'), 'p:ana', '7')],
    ['a revision that is none', (poisoned) => poisoned.hset(redisKeys.state('lobby'), 'revision', 'many')],
    ['a room without a sid', (poisoned) => poisoned.hdel(redisKeys.state('lobby'), 'sid')],
    [
      'identities of another type',
      (poisoned) => poisoned.multi().del(redisKeys.participants('lobby')).set(redisKeys.participants('lobby'), 'x').exec(),
    ],
    ['an identity too many', (poisoned) => poisoned.sadd(redisKeys.participants('lobby'), 'ghost')],
    ['an identity too few', (poisoned) => poisoned.srem(redisKeys.participants('lobby'), 'ana')],
    [
      'what is remembered of another type',
      (poisoned) => poisoned.multi().del(redisKeys.ended('lobby')).set(redisKeys.ended('lobby'), 'x').exec(),
    ],
    ['an index of another type', (poisoned) => poisoned.multi().del(redisKeys.index).set(redisKeys.index, 'x').exec()],
    ['an index without a room', (poisoned) => poisoned.zrem(redisKeys.index, 'lobby')],
    ['an index with a room too many', (poisoned) => poisoned.zadd(redisKeys.index, 1, 'nowhere')],
  ])('S1.5 %s is put right by the next sweep, and counted', async (_what, poison) => {
    const { sync, rooms, repaired } = await settled()
    const before = await stored()
    await poison(client)
    expect(await stored()).not.toEqual(before)
    const revision = rooms.newest('lobby').revision
    expect(await sync.sync()).toMatchObject({ ok: true, value: { drift: 0 } })
    expect(await stored()).toEqual(before)
    expect(repaired.length).toBeGreaterThan(0)
    expect(sync.status().repaired).toBe(repaired.length)
    expect(rooms.newest('lobby').revision).toBe(revision)
    expect(await sync.sync()).toMatchObject({ ok: true, value: { cleaned: 0 } })
  })

  it('S1.4 a clean-up lets go of keys that nothing names, of any number of rooms, and of nothing else', async () => {
    const { sync } = await settled()
    const before = await stored()
    const other = { 'rooms:other': 'x', 'someone:else': 'y' }
    await client.mset(other)
    const strays = client.pipeline()
    for (let count = 0; count < 3000; count += 1) {
      strays.hset(redisKeys.state(`gone ${count}`), 'revision', '900000', 'roomName', 'gone')
      strays.sadd(redisKeys.participants(`gone ${count}`), 'ghost')
    }
    strays.hset(redisKeys.ended('for ever'), 'revision', '3')
    await strays.exec()
    expect(await sync.cleanUp()).toEqual({ ok: true, value: { cleaned: 3001 } })
    expect(await stored()).toEqual(before)
    expect(await client.mget(Object.keys(other))).toEqual(Object.values(other))
    expect(await sync.cleanUp()).toEqual({ ok: true, value: { cleaned: 0 } })
  })

  it('S1.3 what is stray goes within the interval of the clean-up, on the way of the sweeps and without commands of its own', async () => {
    const { sync, link, heard } = await settled({ intervalMs: 250, cleanupIntervalMs: 1000 })
    await expect.poll(() => sync.status().lastCleanup, { timeout: 5000 }).not.toBeNull()
    await client.hset(redisKeys.state('gone'), 'revision', '7')
    await expect.poll(() => client.exists(redisKeys.state('gone')), { timeout: 5000 }).toBe(0)
    await expect.poll(() => heard).toContainEqual({ kind: 'repaired', count: 1 })
    const [{ commands }, first] = [link.meter.read(), sync.status()]
    await expect.poll(() => sync.status().lastCleanup, { timeout: 5000 }).not.toBe(first.lastCleanup)
    const sweeps = ((sync.status().lastSync ?? 0) - (first.lastSync ?? 0)) / 250
    expect(link.meter.read().commands - commands).toBeLessThanOrEqual(Math.ceil(sweeps) + 1)
  }, 20_000)

  it('the log loses what is older than an hour, but for the last entry before, and nothing takes that for a loss', async () => {
    const { sync, rooms } = await settled()
    const lost: unknown[] = []
    rooms.lost.subscribe(() => lost.push('lost'))
    const [epoch] = rooms.cursor().split('-')
    const age = (ms: number) => `${Date.now() - ms}-0`
    const old = [age(9_000_000), age(8_000_000), age(7_000_000)]
    const recent = await client.xrange(redisKeys.events, '-', '+')
    await client.del(redisKeys.events)
    for (const id of old)
      await client.xadd(redisKeys.events, id, 'epoch', epoch ?? '', 'revision', '0', 'body', '{"v":1,"kind":"confirmed"}')
    for (const [id, fields] of recent) await client.xadd(redisKeys.events, id, ...fields)
    await sync.sync()
    expect((await client.xrange(redisKeys.events, '-', '+')).map(([id]) => id)).toEqual([old[2], ...recent.map(([id]) => id)])
    livekit.rooms.set('late', [])
    expect(await sync.sync()).toMatchObject({ ok: true, value: { drift: 1 } })
    expect(lost).toEqual([])
  })

  it('what an older version wrote to the log after a sweep is passed over', async () => {
    const { rooms, sync, damaged } = await settled()
    const [epoch] = rooms.cursor().split('-')
    const body = JSON.stringify({ v: 1, kind: 'confirmed', at: Date.now(), rooms: [['lobby', 'RM_lobby']] })
    await client.xadd(redisKeys.events, '*', 'epoch', epoch ?? '', 'revision', '0', 'body', body)
    livekit.rooms.set('late', [])
    expect(await sync.sync()).toMatchObject({ ok: true, value: { drift: 1 } })
    await expect.poll(() => rooms.get('late').room).not.toBeNull()
    expect(damaged).toEqual([])
    expect(await sync.sync()).toMatchObject({ ok: true, value: { drift: 0 } })
  })
})
