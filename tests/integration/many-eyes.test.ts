import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Bot } from '#demo/bot.ts'
import { freeTcpPort } from '#demo/free-port.ts'
import { disposeRtc } from '#demo/rtc.ts'
import { connectConsole, type ConsoleClient } from '../harness/console-client.ts'
import { scrape } from '../harness/metrics.ts'
import { startPostgres, type PostgresPeer } from '../harness/postgres.ts'
import { startRedis, type RedisPeer } from '../harness/redis.ts'
import { startServerProcess, type ServerProcess } from '../harness/server-process.ts'
import { startStack, type Stack } from '../harness/stack.ts'
import { peers } from '../peers.ts'

const rooms = Array.from({ length: 12 }, (_, index) => `room ${index}`)
/** Within how long another instance observes the rooms of one that was killed, ms. */
const TAKEN_OVER_MS = 5000

describe.skipIf(peers.livekit === null || peers.redis === null || peers.postgres === null)(
  'two instances that observe the same rooms',
  () => {
    let redis: RedisPeer
    let postgres: PostgresPeer
    let stack: Stack
    const servers: ServerProcess[] = []
    const consoles: ConsoleClient[] = []
    const bots = new Map<string, Bot[]>()

    beforeAll(async () => {
      redis = await startRedis(peers.redis ?? '')
      postgres = await startPostgres(peers.postgres ?? '')
      stack = await startStack({ webhooksTo: [0] })
      for (const room of rooms) {
        await stack.api.createRoom({ name: room, departureTimeout: 1, maxParticipants: 3 })
        bots.set(room, await Promise.all(['ana', 'bo', 'cy'].map((who) => stack.join(room, who, { microphone: true }))))
      }
      servers.push(await serve(stack.ports[0] ?? 0), await serve(await freeTcpPort()))
      for (const { url } of servers) consoles.push(await connectConsole(url))
    }, 60_000)
    afterAll(async () => {
      for (const { close } of consoles) close()
      await stack.stop()
      await Promise.all(servers.map((server) => server.kill()))
      await redis.stop()
      await postgres.stop()
      await disposeRtc()
    })

    function serve(port: number): Promise<ServerProcess> {
      const database = { kind: 'postgres', url: postgres.url } as const
      return startServerProcess(stack.settings(0, { redisUrl: redis.url, database, port, observeRooms: 8 }))
    }

    async function observedBy(server: ServerProcess | undefined): Promise<number> {
      return server ? ((await scrape(server.url)).get('usher_observers') ?? 0) : 0
    }
    async function observedByAll(): Promise<number> {
      return (await Promise.all(servers.map(observedBy))).reduce((sum, count) => sum + count, 0)
    }

    /** Who LiveKit lists beside the bots, in all rooms. */
    async function observersInside(): Promise<number> {
      const lists = await Promise.all(rooms.map((room) => stack.api.listParticipants(room)))
      return lists.flat().filter(({ identity }) => identity.startsWith('usher-observer')).length
    }

    it('X2 share them, one observer a room, and both walls show who speaks in each', async () => {
      await expect.poll(observedByAll, { timeout: 15_000 }).toBe(12)
      expect(await observersInside()).toBe(12)
      for (const people of bots.values()) people[1]?.startSpeaking()
      for (const client of consoles) {
        await client.until(() => rooms.every((room) => client.rooms.get(room)?.speaking.some(({ identity }) => identity === 'bo') ?? false))
        expect([...client.rooms.values()].every(({ speaking }) => speaking.every(({ identity }) => identity === 'bo'))).toBe(true)
      }
    }, 30_000)

    it('X4 and how the connections fare', async () => {
      for (const client of consoles) {
        await client.until(() => rooms.every((room) => client.rooms.get(room)?.worstQuality !== null))
        expect([...client.rooms.values()].every(({ worstQuality }) => worstQuality !== null && worstQuality.quality !== 'lost')).toBe(true)
      }
    }, 20_000)

    it('X2 no bot ever sees an observer, no count has them, and they take no seat', async () => {
      const seen = new Set([...bots.values()].flat().flatMap((bot) => bot.others()))
      expect([...seen].toSorted()).toEqual(['ana', 'bo', 'cy'])
      expect((await stack.api.listRooms()).map(({ numParticipants }) => numParticipants)).toEqual(rooms.map(() => 3))
      for (const client of consoles)
        expect([...client.rooms.values()].map(({ online, total }) => [online, total])).toEqual(rooms.map(() => [3, 3]))
    })

    it('another one observes the rooms of one that was killed, within 5 s', async () => {
      const [first, second] = servers
      const [, client] = consoles
      const before = await observedBy(second)
      await first?.kill()
      const killedAt = performance.now()
      // It has eight slots: the four it had, and four more.
      await expect.poll(() => observedBy(second), { timeout: 10_000, interval: 100 }).toBe(8)
      expect(before).toBeLessThan(8)
      expect(performance.now() - killedAt).toBeLessThan(TAKEN_OVER_MS)
      // The other four take turns with them.
      const seen = new Set<string>()
      await client?.until(() => {
        for (const { room, observedAt } of client.rooms.values()) if ((observedAt ?? 0) > Date.now() - 1000) seen.add(room)
        return seen.size === rooms.length
      })
    }, 60_000)

    it('after all were restarted at once no room was created, no observer is left behind, and rooms close as ever', async () => {
      const sids = (await stack.api.listRooms()).map(({ sid }) => sid).toSorted()
      await servers[1]?.kill()
      for (const client of consoles.splice(0)) client.close()
      servers.splice(0)
      servers.push(await serve(stack.ports[0] ?? 0), await serve(await freeTcpPort()))
      await expect.poll(observedByAll, { timeout: 15_000 }).toBe(12)
      expect((await stack.api.listRooms()).map(({ sid }) => sid).toSorted()).toEqual(sids)
      // LiveKit lets go of an observer that was killed when its connection has been silent for a while.
      await expect.poll(observersInside, { timeout: 45_000, interval: 500 }).toBe(12)
      await Promise.all([...bots.values()].flat().map((bot) => bot.leave()))
      await expect.poll(async () => (await stack.api.listRooms()).length, { timeout: 15_000 }).toBe(0)
    }, 90_000)
  },
)
