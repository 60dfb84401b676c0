import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startRedis, type RedisPeer } from '../../../../tests/harness/redis.ts'
import { peers } from '../../../../tests/peers.ts'
import type { Operator } from '#shared/domain/operator.ts'
import { openRedisLink, type RedisLink } from '#server/redis/connection.ts'
import { redisKeys } from '#server/redis/keys.ts'
import { createMemoryTicketStore, createRedisTicketStore, type TicketStore } from './ticket-store.ts'
import { createTickets } from './tickets.ts'

const ana: Operator = { name: 'ana', role: 'viewer' }

function describeTicketStore(kind: string, open: () => TicketStore): void {
  describe(`a ticket store: ${kind}`, () => {
    it('S4.2 knows whom a ticket belongs to, until it expires', async () => {
      const store = open()
      const hash = randomUUID()
      expect(await store.extend(hash, 1000)).toBeNull()
      await store.put(hash, ana, 60_000)
      expect(await store.extend(hash, 60_000)).toEqual(ana)
      expect(await store.extend(hash, 20)).toEqual(ana)
      await expect.poll(() => store.extend(hash, 20).then((holder) => holder === null), { interval: 50 }).toBe(true)
    })

    it('S4.2 each use makes it live longer', async () => {
      const store = open()
      const hash = randomUUID()
      await store.put(hash, ana, 50)
      await store.extend(hash, 60_000)
      const other = randomUUID()
      await store.put(other, ana, 50)
      await expect.poll(() => store.extend(other, 50).then((holder) => holder === null), { interval: 100 }).toBe(true)
      expect(await store.extend(hash, 1000)).toEqual(ana)
    })
  })
}

describeTicketStore('memory', () => createMemoryTicketStore())

describe.skipIf(peers.redis === null)('with a real Redis', () => {
  let redis: RedisPeer
  let link: RedisLink
  beforeAll(async () => {
    redis = await startRedis(peers.redis ?? '')
    link = openRedisLink(redis.url)
    await link.connect()
  })
  afterAll(async () => {
    link.close()
    await redis.stop()
  })

  describeTicketStore('Redis', () => createRedisTicketStore(link))

  it('a ticket key that is not what it should be is worth nothing', async () => {
    const store = createRedisTicketStore(link)
    await link.commands.set(redisKeys.ticket('broken'), '{"name":')
    await link.commands.lpush(redisKeys.ticket('list'), 'x')
    expect(await store.extend('broken', 1000)).toBeNull()
    expect(await store.extend('list', 1000)).toBeNull()
  })
})

describe('S4.2 a ticket', () => {
  it('stands for its operator as they are now, within 30 s, and is worthless once they are gone', async () => {
    let now = 1_000_000
    let operator: Operator | null = ana
    const kept: string[] = []
    const store = createMemoryTicketStore(() => now)
    const watched: TicketStore = {
      ...store,
      put(hash, ...rest) {
        kept.push(hash)
        return store.put(hash, ...rest)
      },
    }
    const tickets = createTickets({ store: watched, findOperator: () => Promise.resolve(operator), now: () => now })
    const issue = async () => {
      const issued = await tickets.issue(ana)
      if (!issued.ok) throw new Error(issued.message)
      return issued.value
    }
    const first = await issue()
    expect(first.expiresAt).toBe(now + 30_000)
    expect(kept).not.toContain(first.ticket)
    now += 29_999
    expect(await tickets.redeem(first.ticket)).toEqual({ ok: true, value: ana })
    now += 60 * 60_000
    expect(await tickets.redeem(first.ticket)).toEqual({ ok: true, value: ana })
    operator = { name: 'ana', role: 'support' }
    expect(await tickets.redeem(first.ticket)).toEqual({ ok: true, value: operator })
    operator = null
    expect(await tickets.redeem(first.ticket)).toEqual({ ok: true, value: null })
    operator = ana
    const late = await issue()
    now += 30_000
    expect(await tickets.redeem(late.ticket)).toEqual({ ok: true, value: null })
    now += 24 * 60 * 60_000
    expect(await tickets.redeem(first.ticket)).toEqual({ ok: true, value: null })
    await tickets.release(first.ticket, ana)
    now += 60 * 60_000 - 1
    expect(await tickets.redeem(first.ticket)).toEqual({ ok: true, value: ana })
  })

  it('says so when it cannot be kept or read', async () => {
    const broken: TicketStore = { put: () => Promise.reject(new Error('away')), extend: () => Promise.reject(new Error('away')) }
    const tickets = createTickets({ store: broken, findOperator: () => Promise.resolve(ana) })
    expect(await tickets.issue(ana)).toMatchObject({ ok: false, code: 'unavailable' })
    expect(await tickets.redeem('x')).toMatchObject({ ok: false, code: 'unavailable' })
    await tickets.release('x', ana)
  })
})
