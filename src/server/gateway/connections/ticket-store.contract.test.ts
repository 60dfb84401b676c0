import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startRedis, type RedisPeer } from '../../../../tests/harness/redis.ts'
import { peers } from '../../../../tests/peers.ts'
import type { TokenHolder } from '#server/operators/operator-book.ts'
import { openRedisLink, type RedisLink } from '#server/redis/connection.ts'
import { redisKeys } from '#server/redis/keys.ts'
import { createMemoryTicketStore, createRedisTicketStore, type TicketStore } from './ticket-store.ts'
import { createTickets } from './tickets.ts'

const ana: TokenHolder = { tokenId: '1', operator: { name: 'ana', role: 'viewer' } }
const livekitKeys = [{ key: 'key', secret: 'a secret of thirty-two characters' }]

function describeTicketStore(kind: string, open: () => TicketStore): void {
  describe(`a ticket store: ${kind}`, () => {
    it('S4.2 knows which token a ticket stands for, until it expires', async () => {
      const store = open()
      const hash = randomUUID()
      expect(await store.extend(hash, 1000)).toBeNull()
      await store.put(hash, 'id', 60_000)
      expect(await store.extend(hash, 60_000)).toBe('id')
      expect(await store.extend(hash, 20)).toBe('id')
      await expect.poll(() => store.extend(hash, 20).then((holder) => holder === null), { interval: 50 }).toBe(true)
    })

    it('S4.2 each use makes it live longer', async () => {
      const store = open()
      const hash = randomUUID()
      await store.put(hash, 'id', 50)
      await store.extend(hash, 60_000)
      const other = randomUUID()
      await store.put(other, 'id', 50)
      await expect.poll(() => store.extend(other, 50).then((holder) => holder === null), { interval: 100 }).toBe(true)
      expect(await store.extend(hash, 1000)).toBe('id')
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
    await link.commands.lpush(redisKeys.ticket('list'), 'x')
    expect(await store.extend('list', 1000)).toBeNull()
  })
})

describe('S4.2 a ticket', () => {
  it('stands for its operator as they are now, within 30 s, and is worthless once they are gone', async () => {
    let now = 1_000_000
    let holder: TokenHolder | null = ana
    const kept: string[] = []
    const store = createMemoryTicketStore(() => now)
    const watched: TicketStore = {
      ...store,
      put(hash, ...rest) {
        kept.push(hash)
        return store.put(hash, ...rest)
      },
    }
    const tickets = createTickets({
      store: watched,
      livekitKeys,
      findHolder: (tokenId) => Promise.resolve(tokenId === holder?.tokenId ? holder : null),
      now: () => now,
    })
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
    holder = { tokenId: '1', operator: { name: 'ana', role: 'support' } }
    expect(await tickets.redeem(first.ticket)).toEqual({ ok: true, value: holder })
    holder = null
    expect(await tickets.redeem(first.ticket)).toEqual({ ok: true, value: null })
    // The name has another token now.
    holder = { ...ana, tokenId: '2' }
    expect(await tickets.redeem(first.ticket)).toEqual({ ok: true, value: null })
    holder = ana
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
    const tickets = createTickets({ store: broken, livekitKeys, findHolder: () => Promise.resolve(ana) })
    expect(await tickets.issue(ana)).toMatchObject({ ok: false, code: 'unavailable' })
    const lent = await createTickets({ store: createMemoryTicketStore(), livekitKeys, findHolder: () => Promise.resolve(ana) }).issue(ana)
    const ticket = lent.ok ? lent.value.ticket : ''
    expect(await tickets.redeem(ticket)).toMatchObject({ ok: false, code: 'unavailable' })
    await tickets.release(ticket, ana)
  })

  it('that somebody made up is worth nothing without asking the store; one of an earlier key is taken', async () => {
    let asked = 0
    const memory = createMemoryTicketStore()
    const store: TicketStore = {
      ...memory,
      extend(...given) {
        asked += 1
        return memory.extend(...given)
      },
    }
    const findHolder = () => Promise.resolve(ana)
    const earlier = createTickets({ store, livekitKeys, findHolder })
    const tickets = createTickets({
      store,
      livekitKeys: [{ key: 'new', secret: 'another of thirty-two characters' }, ...livekitKeys],
      findHolder,
    })
    const issued = await earlier.issue(ana)
    const ticket = issued.ok ? issued.value.ticket : ''
    const changed = `${ticket.startsWith('A') ? 'B' : 'A'}${ticket.slice(1)}`
    for (const made of ['', 'x', 'x'.repeat(64), '%', ticket.slice(0, -1), `${ticket}A`, changed])
      expect(await tickets.redeem(made)).toEqual({ ok: true, value: null })
    expect(asked).toBe(0)
    expect(await tickets.redeem(ticket)).toEqual({ ok: true, value: ana })
  })
})
