import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { isDeepStrictEqual } from 'node:util'
import { freeTcpPort } from '#demo/free-port.ts'
import type { Bot } from '#demo/bot.ts'
import { disposeRtc } from '#demo/rtc.ts'
import { countsListed, countsShown, listedByLivekit, shownByServer } from '../harness/compare.ts'
import { connectConsole, type ConsoleClient } from '../harness/console-client.ts'
import { startRedis, type RedisPeer } from '../harness/redis.ts'
import { environmentOf, spawnServer, startServerProcess } from '../harness/server-process.ts'
import { adminToken, freshRoom, startStack, type Stack } from '../harness/stack.ts'
import { peers } from '../peers.ts'

/** What the product promises after a fault, ms. */
const RECOVERY_MS = 5000

describe.skipIf(peers.livekit === null || peers.redis === null)('faults', () => {
  let redis: RedisPeer
  const cleanUps: (() => unknown)[] = []

  beforeAll(async () => {
    redis = await startRedis(peers.redis ?? '')
  })
  afterEach(async () => {
    for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp()
  })
  afterAll(async () => {
    await redis.stop()
    await disposeRtc()
  })

  async function stackOf(options: Parameters<typeof startStack>[0]): Promise<Stack> {
    const stack = await startStack(options)
    cleanUps.push(() => stack.stop())
    return stack
  }
  async function consoleOf(url: string): Promise<ConsoleClient> {
    const client = await connectConsole(url)
    cleanUps.push(() => client.close())
    return client
  }

  /** People who come and go while something breaks; they end with the rooms in a known state. */
  async function traffic(stack: Stack, room: string, staying: readonly string[], leaving: readonly string[]): Promise<Bot[]> {
    const bots = await Promise.all([...staying, ...leaving].map((identity) => stack.join(room, identity)))
    return bots.filter(({ identity }) => leaving.includes(identity))
  }

  it('S1.3 a sync server that is killed during traffic says again what LiveKit says, within 5 s of its return', async () => {
    const stack = await stackOf({})
    const settings = stack.settings(0)
    const first = await startServerProcess(settings)
    const client = await consoleOf(first.url)
    const [busy, gone, fresh] = [freshRoom('busy'), freshRoom('gone'), freshRoom('fresh')]
    await stack.api.createRoom({ name: gone, emptyTimeout: 600 })
    const leavers = await traffic(stack, busy, ['ana', 'bo'], ['cy', 'di'])
    await client.until(() => client.rooms.get(busy)?.online === 4 && client.rooms.has(gone))
    await first.kill()
    await Promise.all(leavers.map((bot) => bot.leave()))
    await stack.api.deleteRoom(gone)
    await stack.join(fresh, 'eve')
    const second = await startServerProcess(settings)
    cleanUps.push(() => second.kill())
    const listed = countsListed(await listedByLivekit(stack.api))
    expect(listed).toEqual({ [busy]: 2, [fresh]: 1 })
    await within(
      RECOVERY_MS,
      client.until(() => isDeepStrictEqual(countsShown(client), listed)),
    )
  })

  it('S1.3 a Redis that is killed and comes back empty: degraded meanwhile, and right within 5 s of its return', async () => {
    const stack = await stackOf({})
    const { url } = await stack.serve(0, { redisUrl: redis.url })
    const client = await consoleOf(url)
    const room = freshRoom('busy')
    const leavers = await traffic(stack, room, ['ana', 'bo'], ['cy'])
    await client.until(() => client.rooms.get(room)?.online === 3)
    await redis.kill()
    await until(async () => (await fetch(`${url}/readyz`)).status === 503)
    expect(await (await fetch(`${url}/readyz`)).json()).toMatchObject({ ok: false, code: 'unavailable' })
    await Promise.all(leavers.map((bot) => bot.leave()))
    await stack.join(room, 'late')
    expect(client.rooms.get(room)?.online).toBe(3)
    await redis.start()
    await within(
      RECOVERY_MS,
      until(async () => isDeepStrictEqual(await shownByServer(url, adminToken), await listedByLivekit(stack.api))),
    )
    expect((await shownByServer(url, adminToken))[room]).toEqual(['ana', 'bo', 'late'])
    await within(
      RECOVERY_MS,
      until(async () => (await fetch(`${url}/readyz`)).status === 200),
    )
  })

  it('two sync servers on one Redis: a webhook to one reaches a console on the other, and both webhooks count once', async () => {
    for (const webhooksTo of [[0], [0, 1]]) {
      const stack = await stackOf({ servers: 2, webhooksTo })
      await stack.serve(0, { redisUrl: redis.url })
      const other = await stack.serve(1, { redisUrl: redis.url })
      const client = await consoleOf(other.url)
      const room = freshRoom('shared')
      await client.open(room)
      const bot = await stack.join(room, 'ana', { microphone: true })
      await client.until(() => client.participants.get('ana')?.audioEnabled === true)
      await bot.leave()
      await client.until(() => client.participants.get('ana')?.isOnline === false)
      const told = client.feed.filter(({ data }) => data.room?.name === room).map(({ type }) => type)
      expect(told.filter((type) => type === 'participant_joined')).toHaveLength(1)
      expect(told.filter((type) => type === 'track_published')).toHaveLength(1)
      await stack.stop()
    }
  })

  it('S1.3 without any webhook the sweep carries it, and declares nobody left before it missed them twice', async () => {
    const stack = await stackOf({ webhooksTo: [] })
    const { url } = await stack.serve(0, { syncIntervalMs: 300 })
    const client = await consoleOf(url)
    const room = freshRoom('unheard')
    await client.open(room)
    const bot = await stack.join(room, 'ana', { microphone: true })
    await client.until(() => client.participants.get('ana')?.audioEnabled === true)
    await client.until(() => client.rooms.get(room)?.confirmedBy === 'sweep')
    await bot.leave()
    await client.until(() => client.participants.get('ana')?.isOnline === false)
    expect(client.feed.every(({ data }) => data.cause === 'sweep')).toBe(true)
  })

  it('a start that cannot work ends with one plain line and exit code 1, without secrets', async () => {
    const stack = await stackOf({})
    const good = environmentOf(stack.settings(0))
    const secret = good['LIVEKIT_API_SECRET'] ?? ''
    const { url } = await stack.serve(0)
    const nobody = await freeTcpPort()
    const wrong: readonly [Record<string, string>, RegExp][] = [
      [{ LIVEKIT_HOST: '' }, /LIVEKIT_HOST is missing/],
      [{ LIVEKIT_HOST: 'livekit.example' }, /LIVEKIT_HOST must be an address/],
      [{ LIVEKIT_HOST: `ws://127.0.0.1:${nobody}` }, /can't reach LiveKit at ws:\/\/127\.0\.0\.1:\d+ \(ECONNREFUSED\)/],
      [{ LIVEKIT_HOST: url }, /is not a LiveKit server/],
      [{ LIVEKIT_API_KEY: 'nobody' }, /refuses the API key or secret/],
      [{ LIVEKIT_API_SECRET: 'x'.repeat(40) }, /refuses the API key or secret/],
      [{ REDIS_URL: 'redis://:hidden-password@127.0.0.1:1' }, /can't use Redis at redis:\/\/:\*\*\*@127\.0\.0\.1:1 \(ECONNREFUSED\)/],
      [{ PORT: String(stack.ports[0]) }, /port \d+ on 127\.0\.0\.1 is in use/],
      [{ PORT: 'many' }, /PORT is not a whole number/],
    ]
    for (const [more, says] of wrong) {
      const started = await spawnServer({ ...good, PORT: '0', ...more })
      if ('kill' in started) {
        await started.kill()
        throw new Error(`it started with ${Object.keys(more).join()}`)
      }
      expect(started.code).toBe(1)
      expect(started.output).toMatch(says)
      expect(started.output.trim().split('\n')).toHaveLength(1)
      expect(started.output).not.toContain(secret)
      expect(started.output).not.toContain('hidden-password')
    }
  })
})

/** Rejects when the promise takes longer. */
function within<T>(ms: number, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`it took longer than ${ms} ms`)), ms)
    promise.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}

/** Asks again and again, for what can only be asked. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds().catch(() => false))) await new Promise((resolve) => setImmediate(resolve))
}
