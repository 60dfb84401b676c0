import { Redis } from 'ioredis'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Presence } from '#shared/domain/presence.ts'
import { openRedisLink } from '#server/redis/connection.ts'
import { redisKeys } from '#server/redis/keys.ts'
import { startRedis, type RedisPeer } from '../../../tests/harness/redis.ts'
import { peers } from '../../../tests/peers.ts'
import { createPresenceExchange, type PresenceExchange } from './presence-exchange.ts'

describe.skipIf(peers.redis === null)('X2 what the observers of an instance see', () => {
  let redis: RedisPeer
  let client: Redis
  const opened: PresenceExchange[] = []

  beforeAll(async () => {
    redis = await startRedis(peers.redis ?? '')
    client = new Redis(redis.url)
    client.on('error', () => undefined)
  })
  afterEach(async () => {
    vi.useRealTimers()
    for (const exchange of opened.splice(0)) exchange.close()
    await expect.poll(listeners, { timeout: 5000 }).toBe(0)
  })
  afterAll(async () => {
    client.disconnect()
    await redis.stop()
  })

  /** How many instances listen. */
  async function listeners(): Promise<number> {
    const [, count] = (await client.pubsub('NUMSUB', redisKeys.presence)) as [string, number]
    return count
  }

  async function published(): Promise<number> {
    return Number(/cmdstat_publish:calls=(\d+)/.exec(await client.info('commandstats'))?.[1] ?? 0)
  }

  function open(instance: string) {
    const heard = new Map<string, Presence>()
    const seeing = new Map<string, Presence>()
    const damaged: string[] = []
    const webhooks = { at: null as number | null, heard: [] as number[] }
    const exchange = createPresenceExchange({
      link: openRedisLink(redis.url),
      instance,
      onPresence: (presence) => void heard.set(presence.room, presence),
      all: () => [...seeing.values()],
      webhookAt: () => webhooks.at,
      onWebhook: (at) => void webhooks.heard.push(at),
      onDamaged: (what) => void damaged.push(what),
    })
    opened.push(exchange)
    return {
      heard,
      damaged,
      webhooks,
      /** Its observers see it, and it is told. */
      share(room: string, level = 0.5): Presence {
        const presence = { room, at: Date.now(), speaking: [{ identity: 'ana', level }], quality: [] }
        seeing.set(room, presence)
        exchange.share(presence)
        return presence
      },
      close: exchange.close,
    }
  }

  it('S3.4 is sent nowhere while it is alone, however much there is', async () => {
    const before = await published()
    const one = open('one')
    // It asks once who else is there.
    await expect.poll(published).toBe(before + 1)
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    for (let round = 0; round < 20; round += 1) {
      one.share('a')
      vi.advanceTimersByTime(250)
    }
    vi.useRealTimers()
    await client.ping()
    expect(await published()).toBe(before + 1)
  })

  it('is told to an instance that is new, all of it and at once, and from then on as it changes', async () => {
    const one = open('one')
    await expect.poll(listeners).toBe(1)
    const [a, b] = [one.share('a'), one.share('b')]
    one.webhooks.at = 1234
    const two = open('two')
    await expect.poll(() => [two.heard.get('a'), two.heard.get('b')]).toEqual([a, b])
    expect(two.webhooks.heard).toContain(1234)
    one.share('a', 0.7)
    const last = one.share('a', 0.9)
    await expect.poll(() => two.heard.get('a')).toEqual(last)
    const back = two.share('c')
    await expect.poll(() => one.heard.get('c')).toEqual(back)
    expect([one.heard.has('a'), two.heard.has('c')]).toEqual([false, false])
  })

  it('goes to each of three instances, many rooms in one message, until they are gone', async () => {
    const [one, two, three] = [open('one'), open('two'), open('three')]
    await expect.poll(listeners).toBe(3)
    one.share('first')
    await expect.poll(() => two.heard.has('first') && three.heard.has('first')).toBe(true)
    const before = await published()
    for (let room = 0; room < 100; room += 1) one.share(`room ${room}`)
    await expect.poll(() => [two.heard.size, three.heard.size]).toEqual([101, 101])
    expect(await published()).toBeLessThan(before + 5)
    two.close()
    three.close()
    await expect.poll(listeners).toBe(1)
    const alone = await published()
    // The first message that nobody hears is the last.
    one.share('a')
    await expect.poll(published).toBe(alone + 1)
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    one.share('b')
    vi.advanceTimersByTime(1000)
    vi.useRealTimers()
    await client.ping()
    expect(await published()).toBe(alone + 1)
  })

  it('S3 is whole again after Redis was away, without anybody speaking up', async () => {
    const [one, two] = [open('one'), open('two')]
    await expect.poll(listeners).toBe(2)
    one.share('a')
    await expect.poll(() => two.heard.has('a')).toBe(true)
    await redis.kill()
    const missed = one.share('b')
    two.heard.clear()
    await redis.start()
    await expect.poll(() => two.heard.get('b'), { timeout: 10_000 }).toEqual(missed)
    const next = two.share('c')
    await expect.poll(() => one.heard.get('c'), { timeout: 5000 }).toEqual(next)
  }, 20_000)

  it('S3 is told also where Redis was away when the instances began', async () => {
    await redis.kill()
    const [one, two] = [open('one'), open('two')]
    const a = one.share('a')
    await redis.start()
    await expect.poll(() => two.heard.get('a'), { timeout: 10_000 }).toEqual(a)
  }, 20_000)

  it('a message that can’t be read is told as damaged, and the next one is heard', async () => {
    const [one, two] = [open('one'), open('two')]
    await expect.poll(listeners).toBe(2)
    for (const text of ['{', '{}', JSON.stringify({ from: 'x', asking: false, webhookAt: null, rooms: [{ room: 'a' }] })]) {
      await client.publish(redisKeys.presence, text)
    }
    const a = one.share('a')
    await expect.poll(() => two.heard.get('a')).toEqual(a)
    expect(two.damaged).toHaveLength(3)
  })
})
