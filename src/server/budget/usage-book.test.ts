import { Redis } from 'ioredis'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { FeedDraft } from '#server/rooms/feed-draft.ts'
import { openRedisLink, type RedisLink } from '#server/redis/connection.ts'
import { redisKeys } from '#server/redis/keys.ts'
import { startRedis, type RedisPeer } from '../../../tests/harness/redis.ts'
import { peers } from '../../../tests/peers.ts'
import { createNoUsage, createUsageBook } from './usage-book.ts'
import { createRedisLedger, type Addition, type UsageLedger } from './usage-ledger.ts'

const [second, minute] = [1000, 60_000]
const budgets = { commandsPerDay: 1000, bytesPerMonth: 5_000_000 }
const noon = Date.UTC(2026, 0, 30, 12)

describe('without Redis', () => {
  it('S3.4 nothing is asked of it', () => {
    expect(createNoUsage(budgets).usage()).toEqual({ commandsToday: 0, bytesThisMonth: 0, budgets, warnings: [] })
  })
})

describe.skipIf(peers.redis === null)('what Redis is asked for, added up in a real one', () => {
  let redis: RedisPeer
  let client: Redis
  const links: RedisLink[] = []
  let told: FeedDraft[] = []
  let logged: string[] = []
  let now = noon

  beforeAll(async () => {
    redis = await startRedis(peers.redis ?? '')
    client = new Redis(redis.url)
    client.on('error', () => undefined)
  })
  beforeEach(async () => {
    await client.flushall()
    told = []
    logged = []
    now = noon
  })
  afterEach(() => {
    for (const link of links.splice(0)) link.close()
  })
  afterAll(async () => {
    client.disconnect()
    await redis.stop()
  })

  async function ledger(): Promise<UsageLedger> {
    const link = openRedisLink(redis.url)
    links.push(link)
    await link.connect()
    return createRedisLedger(link)
  }

  /** An instance whose meter the test turns; `faults` wraps how it reaches the sums, `canTell` whether the feed can be told. */
  async function instance(faults: (add: UsageLedger['add']) => UsageLedger['add'] = (add) => add, canTell = () => true) {
    const { add } = await ledger()
    const meter = { commands: 0, bytes: 0 }
    let reports = 0
    const faulty = faults(add)
    const book = createUsageBook({
      ledger: {
        add(...asked) {
          reports += 1
          return faulty(...asked)
        },
      },
      read: () => ({ ...meter }),
      budgets,
      tell(draft) {
        if (!canTell()) return Promise.resolve({ kind: 'unavailable' })
        told.push(draft)
        return Promise.resolve({ kind: 'committed' })
      },
      log: { warn: (_facts, message) => logged.push(message) },
      now: () => now,
    })
    return {
      ...book,
      reports: () => reports,
      use(commands: number, bytes = 0) {
        meter.commands += commands
        meter.bytes += bytes
      },
    }
  }

  const sumOf = async (day: string) => Number(await client.hget(redisKeys.budgetOfDay(day), 'commands'))

  it('S3.4 reports at the start, every ten minutes and at the end; between them answers the last sums and its own since', async () => {
    const [here, there] = [await instance(), await instance()]
    here.use(10, 100)
    there.use(5, 50)
    await Promise.all([here.look(), there.look()])
    here.use(3)
    expect(here.usage().commandsToday).toBeGreaterThanOrEqual(13)
    for (let looks = 0; looks < 59; looks += 1) {
      now += 10 * second
      await here.look()
    }
    expect(here.reports()).toBe(1)
    now += 10 * second
    await here.look()
    expect(here.reports()).toBe(2)
    expect(here.usage()).toEqual({ commandsToday: 18, bytesThisMonth: 150, budgets, warnings: [] })
    there.use(2)
    await there.close()
    expect(there.usage().commandsToday).toBe(20)
    expect(await sumOf('2026-01-30')).toBe(20)
  })

  it('S3.4 warns once for a crossing, however many instances add to it, in the feed and in the log', async () => {
    const instances = await Promise.all([instance(), instance(), instance()])
    for (const each of instances) each.use(600, 1_000_000)
    await Promise.all(instances.map((each) => each.look()))
    expect(told).toEqual([
      {
        type: 'budget_warning',
        timestamp: noon,
        data: {
          id: 'budget-commands-2026-01-30-1000',
          cause: 'server',
          detail: expect.stringMatching(/commands on 2026-01-30 \(UTC\); the budget is 1,000 a day/),
        },
      },
    ])
    expect(logged).toHaveLength(1)
    for (const each of instances) each.use(600, 1_000_000)
    now += 10 * minute
    for (const each of instances) await each.look()
    expect(told.map(({ data }) => data.id)).toEqual(['budget-commands-2026-01-30-1000', 'budget-bytes-2026-01-5000000'])
    expect(told[1]?.data.detail).toBe('5.0 MB went to and from Redis in 2026-01 (UTC); the budget is 5.0 MB a month')
    expect(instances[2].usage().warnings).toHaveLength(2)
  })

  it('S3.4 tells of a crossing within a look, and reports no more often for it', async () => {
    const here = await instance()
    here.use(990)
    await here.look()
    now += 10 * second
    here.use(9)
    await here.look()
    expect([here.reports(), told.length]).toEqual([1, 0])
    now += 10 * second
    here.use(1)
    await here.look()
    expect([here.reports(), told.length]).toEqual([2, 1])
    for (let looks = 0; looks < 30; looks += 1) {
      now += 10 * second
      here.use(100)
      await here.look()
    }
    expect([here.reports(), told.length]).toEqual([2, 1])
  })

  it('S3.4 tells of a crossing soon that no instance could know of alone, and standing still reports no more often', async () => {
    const instances = await Promise.all([instance(), instance(), instance(), instance()])
    for (const each of instances) await each.look()
    now += 10 * second
    for (const each of instances) {
      each.use(260)
      await each.look()
    }
    expect(told).toHaveLength(1)
    const reports = instances.map((each) => each.reports())
    for (const each of instances) await each.warned(told[0]?.data.id ?? '')
    expect(instances.map((each) => each.usage().warnings.length)).toEqual([1, 1, 1, 1])
    // Who told it knew.
    expect(instances.filter((each, index) => each.reports() === reports[index])).toHaveLength(1)
    await client.hset(redisKeys.budgetOfDay('2026-01-30'), 'commands', 980)
    const here = await instance()
    await here.look()
    for (let looks = 0; looks < 9; looks += 1) {
      now += minute
      here.use(1)
      await here.look()
    }
    expect(here.reports()).toBe(1)
  })

  it('S3.4 a new day counts from nothing, a new month too, and each may be warned of again', async () => {
    const here = await instance()
    here.use(1100, 4_000_000)
    await here.look()
    now = Date.UTC(2026, 0, 30, 23, 59, 55)
    here.use(7, 10)
    await here.look()
    now += 10 * second
    here.use(3, 10)
    await here.look()
    expect(here.usage()).toMatchObject({ commandsToday: 0, bytesThisMonth: 4_000_020, warnings: [] })
    expect([await sumOf('2026-01-30'), await sumOf('2026-01-31')]).toEqual([1110, 0])
    here.use(1200)
    now += 10 * second
    await here.look()
    expect(told.map(({ data }) => data.id)).toEqual(['budget-commands-2026-01-30-1000', 'budget-commands-2026-01-31-1000'])
    now = Date.UTC(2026, 1, 1, 0, 0, 5)
    await here.look()
    expect(here.usage()).toMatchObject({ commandsToday: 0, bytesThisMonth: 0, warnings: [] })
  })

  it('S3.4 nothing is lost while Redis is away, also over midnight: it is added later, to the day it belongs to', async () => {
    let away = false
    const here = await instance(
      (add) =>
        (...asked) =>
          away ? Promise.reject(new Error('ECONNREFUSED')) : add(...asked),
    )
    here.use(1)
    await here.look()
    away = true
    here.use(10, 7)
    now += 10 * minute
    await here.look()
    expect(here.usage()).toMatchObject({ commandsToday: 11, bytesThisMonth: 7 })
    const tries = here.reports()
    here.use(10, 7)
    now += 30 * second
    await here.look()
    expect(here.reports()).toBe(tries)
    now = Date.UTC(2026, 0, 31, 0, 10)
    await here.look()
    here.use(5, 7)
    now += 10 * second
    await here.look()
    expect(here.usage()).toMatchObject({ commandsToday: 5, bytesThisMonth: 21 })
    away = false
    now += minute
    await here.look()
    expect([await sumOf('2026-01-30'), await sumOf('2026-01-31')]).toEqual([21, 5])
    expect(here.usage()).toMatchObject({ commandsToday: 5, bytesThisMonth: 21 })
  })

  it('S3.4 nothing is added twice where an answer is lost, nor is its warning', async () => {
    let lose = false
    const here = await instance((add) => async (...asked) => {
      const totals = await add(...asked)
      if (lose) throw new Error('Command timed out')
      return totals
    })
    const there = await instance()
    await here.look()
    lose = true
    here.use(1100, 40)
    await here.look()
    expect([await sumOf('2026-01-30'), told.length]).toEqual([1100, 0])
    expect(here.usage()).toMatchObject({ commandsToday: 1100, bytesThisMonth: 40 })
    there.use(50)
    await there.look()
    here.use(10)
    now += minute
    await here.look()
    lose = false
    now += minute
    await here.look()
    expect(await sumOf('2026-01-30')).toBe(1160)
    expect(here.usage()).toMatchObject({ commandsToday: 1160, bytesThisMonth: 40 })
    expect(told).toHaveLength(1)
  })

  it('tells later what the feed could not be told', async () => {
    let canTell = false
    const here = await instance(undefined, () => canTell)
    here.use(1100)
    await here.look()
    canTell = true
    now += 10 * second
    await here.look()
    expect(told).toHaveLength(0)
    now += minute
    await here.look()
    expect(told).toHaveLength(1)
  })

  it('says so when the last report can’t be made', async () => {
    const here = await instance(() => () => Promise.reject(new Error('ECONNREFUSED')))
    here.use(5)
    await here.close()
    expect(logged).toEqual([expect.stringContaining('could not be added up')])
  })

  it('S3.4 counts what Redis was sent, and nothing that it never heard of', async () => {
    const link = openRedisLink(redis.url)
    links.push(link)
    await link.connect()
    const before = link.meter.read()
    await Promise.all([link.commands.set('a', 'b'.repeat(1000)), link.commands.get('a')])
    const after = link.meter.read()
    expect(after.commands).toBe(before.commands + 2)
    expect(after.bytes).toBeGreaterThan(before.bytes + 2000)
    await redis.kill()
    await expect.poll(() => link.commands.status).not.toBe('ready')
    const away = link.meter.read().commands
    for (let command = 0; command < 100; command += 1) await expect(link.commands.get('a')).rejects.toThrow('writeable')
    expect(link.meter.read().commands).toBe(away)
    await redis.start()
    await expect.poll(() => client.ping()).toBe('PONG')
  })

  const addition = (more: Partial<Addition> = {}): Addition => ({
    instance: 'a',
    sequence: 1,
    day: '2026-01-30',
    commands: 10,
    bytes: 100,
    ...more,
  })

  it('an addition that comes again, or late, adds nothing and hears what it heard', async () => {
    const { add } = await ledger()
    const tight = { commandsPerDay: 15, bytesPerMonth: 1000 }
    expect(await add(addition(), tight)).toEqual({ commandsOfDay: 10, bytesOfMonth: 100, crossed: [] })
    expect(await add(addition({ instance: 'b' }), tight)).toEqual({ commandsOfDay: 20, bytesOfMonth: 200, crossed: ['commands'] })
    expect(await add(addition({ sequence: 2 }), tight)).toEqual({ commandsOfDay: 30, bytesOfMonth: 300, crossed: [] })
    expect(await add(addition(), tight)).toEqual({ commandsOfDay: 30, bytesOfMonth: 300, crossed: [] })
    expect(await add(addition({ instance: 'b' }), tight)).toEqual({ commandsOfDay: 30, bytesOfMonth: 300, crossed: ['commands'] })
    expect(await add(addition({ sequence: 3 }), { ...tight, commandsPerDay: 35 })).toMatchObject({
      commandsOfDay: 40,
      crossed: ['commands'],
    })
  })

  it('what is stored as something else counts as nothing, and it all expires', async () => {
    const { add } = await ledger()
    await client.set(redisKeys.budgetOfDay('2026-01-30'), 'not a hash')
    await client.hset(redisKeys.budgetOfMonth('2026-01'), 'bytes', 'not a number')
    expect(await add(addition(), budgets)).toEqual({ commandsOfDay: 10, bytesOfMonth: 100, crossed: [] })
    for (const key of [redisKeys.budgetOfDay('2026-01-30'), redisKeys.budgetOfMonth('2026-01')])
      expect(await client.ttl(key)).toBeGreaterThan(39 * 86_400)
  })
})
