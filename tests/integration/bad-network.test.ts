import { Redis } from 'ioredis'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Bot } from '#demo/bot.ts'
import type { FeedEvent } from '#shared/domain/feed-event.ts'
import { redisKeys } from '#server/redis/keys.ts'
import { countsListed, countsShown, listedByLivekit, shownByServer } from '../harness/compare.ts'
import { connectConsole, type ConsoleClient } from '../harness/console-client.ts'
import { openStreamClient, type StreamClient } from '../harness/event-stream-client.ts'
import { startPostgres, type PostgresPeer } from '../harness/postgres.ts'
import { startRedis, type RedisPeer } from '../harness/redis.ts'
import { startServerProcess, type ServerProcess } from '../harness/server-process.ts'
import { adminToken, startStack, type Stack } from '../harness/stack.ts'
import { startToxiproxy, type ToxicProxy, type ToxiproxyPeer } from '../harness/toxiproxy.ts'
import { peers } from '../peers.ts'

/** How long people come and go while Redis is slow, resets connections and is away, ms. */
const TRAFFIC_MS = 60_000
const ROOMS = ['lobby', 'stage', 'café', 'a:b{c}', '__proto__']
const PEOPLE = 14

const missing = peers.livekit === null || peers.redis === null || peers.postgres === null || peers.toxiproxy === null
describe.skipIf(missing)('two instances whose way to Redis is bad', () => {
  let stack: Stack
  let redis: RedisPeer
  let postgres: PostgresPeer
  let direct: Redis
  let toxiproxy: ToxiproxyPeer
  let proxy: ToxicProxy
  let servers: ServerProcess[]
  let consoles: ConsoleClient[]
  let streams: StreamClient[]

  beforeAll(async () => {
    redis = await startRedis(peers.redis ?? '')
    postgres = await startPostgres(peers.postgres ?? '')
    direct = new Redis(redis.url)
    toxiproxy = await startToxiproxy(peers.toxiproxy ?? '')
    proxy = await toxiproxy.proxy(redis.port)
    stack = await startStack({ servers: 2, webhooksTo: [0, 1] })
    const database = { kind: 'postgres', url: postgres.url } as const
    const more = { redisUrl: `redis://127.0.0.1:${proxy.port}`, database, syncIntervalMs: 5_000 }
    servers = await Promise.all([0, 1].map((index) => startServerProcess(stack.settings(index, more))))
    consoles = await Promise.all(servers.map(({ url }) => connectConsole(url)))
    streams = await Promise.all(servers.map(({ url }) => openStreamClient(url, '/api/events', { authorization: `Bearer ${adminToken}` })))
  })
  afterAll(async () => {
    for (const each of consoles) each.close()
    for (const each of streams) each.close()
    await stack.stop()
    await Promise.all(servers.map((server) => server.kill()))
    direct.disconnect()
    await toxiproxy.stop()
    await redis.stop()
    await postgres.stop()
  })

  /** Whoever is out joins some room, whoever is in leaves, in turns, until the time is over; every other one stays. */
  async function comeAndGo(identity: string, turn: number, until: number): Promise<void> {
    for (let step = turn; performance.now() < until; step += 1) {
      const bot: Bot = await stack.join(ROOMS[step % ROOMS.length] ?? '', identity, { microphone: step % 3 === 0 })
      // Not a wait for anything: the pace of people.
      await delay(300 + ((step * 577 + turn * 211) % 2_500))
      await bot.leave()
    }
    if (turn % 2 === 1) await stack.join(ROOMS[turn % ROOMS.length] ?? '', identity)
  }

  async function disturb(): Promise<void> {
    await proxy.addLatency(40, 30)
    await delay(10_000)
    await proxy.cut()
    await delay(10_000)
    await proxy.restore()
    await delay(5_000)
    for (let round = 0; round < 4; round += 1) {
      await proxy.resetPeers()
      await delay(700)
      await proxy.clear()
      await proxy.addLatency(150, 100)
      await delay(5_000)
    }
    await proxy.clear()
  }

  it('end equal to LiveKit, and each consumer was told each event once, in order', { timeout: 240_000 }, async () => {
    const until = performance.now() + TRAFFIC_MS
    await Promise.all([disturb(), ...Array.from({ length: PEOPLE }, (_, index) => comeAndGo(`person-${index}`, index, until))])

    const listed = await listedByLivekit(stack.api)
    expect(Object.values(listed).flat().length).toBeGreaterThan(3)
    for (const { url } of servers)
      await expect.poll(() => shownByServer(url, adminToken), { timeout: 60_000, interval: 500 }).toEqual(listed)
    for (const room of ROOMS) {
      const stored = await direct.smembers(redisKeys.participants(room))
      expect([room, stored.toSorted()]).toEqual([room, listed[room] ?? []])
    }
    for (const each of consoles) await expect.poll(() => countsShown(each), { timeout: 10_000 }).toEqual(countsListed(listed))

    const logged = await loggedEvents()
    expect(logged.length).toBeGreaterThan(100)
    const told = [
      ...consoles.map(
        ({ feed }) =>
          () =>
            feed,
      ),
      ...streams.map(
        ({ events }) =>
          () =>
            events,
      ),
    ]
    for (const events of told) {
      await expect.poll(() => events().length, { timeout: 10_000 }).toBeGreaterThanOrEqual(logged.length)
      expect(events().map(({ data }) => data.cursor)).toEqual(logged.map(({ data }) => data.cursor))
    }
    expect(new Set(logged.map(({ data }) => data.id)).size).toBe(logged.length)
  })

  /** What the log itself holds of the feed, in its order, since the consumers came. */
  async function loggedEvents(): Promise<Pick<FeedEvent, 'data'>[]> {
    const epoch = await direct.get(redisKeys.epoch)
    const entries = await direct.xrange(redisKeys.events, '-', '+')
    return entries.flatMap(([id, fields]) => {
      const text = fields[fields.indexOf('body') + 1] ?? '{}'
      // The log's own body, whose schema the store's tests hold.
      const body = JSON.parse(text) as { feed?: FeedEvent | null }
      return body.feed ? { ...body.feed, data: { ...body.feed.data, cursor: `${epoch}-${id}` } } : []
    })
  }
})
