import { Redis } from 'ioredis'
import { TokenVerifier } from 'livekit-server-sdk'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { joinGrantSchema } from '#shared/contract/http-tokens.ts'
import { usageSchema } from '#shared/contract/http-sync.ts'
import { failureSchema } from '#shared/domain/failure.ts'
import { redisKeys } from '#server/redis/keys.ts'
import type { SyncServer } from '#server/server.ts'
import { connectConsole, type ConsoleClient } from '../harness/console-client.ts'
import { startRedis, type RedisPeer } from '../harness/redis.ts'
import { adminToken, freshRoom, startStack, type Stack } from '../harness/stack.ts'
import { peers } from '../peers.ts'

const serviceToken = 'a-service-token-of-the-tests'
const second = 1000

describe.skipIf(peers.livekit === null || peers.redis === null)('tokens and the budget, on two instances with one Redis', () => {
  let redis: RedisPeer
  let client: Redis
  let stack: Stack
  const consoles: ConsoleClient[] = []
  const servers: SyncServer[] = []

  beforeAll(async () => {
    redis = await startRedis(peers.redis ?? '')
    client = new Redis(redis.url)
    client.on('error', () => undefined)
    stack = await startStack({ servers: 2, webhooksTo: [0] })
  })
  afterEach(async () => {
    for (const each of consoles.splice(0)) each.close()
    await Promise.all(servers.splice(0).map((server) => server.close()))
    await client.flushall()
  })
  afterAll(async () => {
    client.disconnect()
    await stack.stop()
    await redis.stop()
  })

  async function serveBoth(commandsPerDay = 1_000_000): Promise<[SyncServer, SyncServer]> {
    const more = { redisUrl: redis.url, serviceToken, redisBudget: { commandsPerDay, bytesPerMonth: 150_000_000 } }
    const both: [SyncServer, SyncServer] = [await stack.serve(0, more), await stack.serve(1, more)]
    servers.push(...both)
    return both
  }

  function ask({ url }: SyncServer, username: string, token = serviceToken): Promise<Response> {
    const query = new URLSearchParams({ room: 'lobby', username })
    return fetch(`${url}/api/livekit/token?${query}`, { headers: { authorization: `Bearer ${token}` } })
  }
  /** The statuses of so many requests at once, by turns at each instance. */
  async function burst(both: readonly SyncServer[], username: string, count: number): Promise<{ granted: number; refused: number }> {
    const asked = Array.from({ length: count / both.length }, () => both.map((server) => ask(server, username))).flat()
    const statuses = (await Promise.all(asked)).map(({ status }) => status)
    return { granted: statuses.filter((status) => status === 200).length, refused: statuses.filter((status) => status === 429).length }
  }
  /** Lets time pass for one user: what is remembered becomes so much older. */
  async function age(username: string, ms: number): Promise<void> {
    const key = redisKeys.tokenRate(username)
    for (const member of await client.zrange(key, '0', '-1')) await client.zincrby(key, -ms * 1000, member)
  }

  it('S3.3 the 21st request is refused with a right Retry-After, on either instance; after it, allowed', async () => {
    const both = await serveBoth()
    const user = freshRoom('user')
    await ask(both[0], user)
    await age(user, 30 * second)
    for (let request = 1; request < 20; request += 1) expect((await ask(both[request % 2] ?? both[0], user)).status).toBe(200)
    for (const server of both) {
      const refused = await ask(server, user)
      expect(refused.status).toBe(429)
      expect(failureSchema.parse(await refused.json())).toMatchObject({ code: 'rate_limited' })
      expect(['29', '30']).toContain(refused.headers.get('retry-after'))
    }
    await age(user, 20 * second)
    const left = Number((await ask(both[1], user)).headers.get('retry-after'))
    expect(left).toBeGreaterThan(5)
    await age(user, (left - 2) * second)
    expect((await ask(both[0], user)).status).toBe(429)
    await age(user, 2 * second)
    expect((await ask(both[0], user)).status).toBe(200)
    expect((await ask(both[1], user)).status).toBe(429)
  })

  it('S3.3 no burst of 40 slips through at the edge of a window, however many ask at once', async () => {
    const both = await serveBoth()
    const user = freshRoom('user')
    expect(await burst(both, user, 40)).toEqual({ granted: 20, refused: 20 })
    await age(user, 50 * second)
    expect(await burst(both, user, 40)).toEqual({ granted: 0, refused: 40 })
    await age(user, 10 * second)
    expect(await burst(both, user, 40)).toEqual({ granted: 20, refused: 20 })
  })

  it('S3.3 lets everybody through while Redis is away, and a metric says so', async () => {
    const [server] = await serveBoth()
    const user = freshRoom('user')
    await burst([server], user, 21)
    await redis.kill()
    expect(await burst([server], user, 5)).toEqual({ granted: 5, refused: 0 })
    const metrics = await fetch(`${server.url}/metrics`, { headers: { authorization: `Bearer ${serviceToken}` } })
    const lines = (await metrics.text()).split('\n')
    expect(lines).toContain('usher_rate_limit_fail_open_total 5')
    expect(lines).toContain('usher_token_requests_total{result="granted"} 25')
    expect(lines).toContain('usher_token_requests_total{result="rate_limited"} 1')
    await redis.start()
    await expect.poll(async () => (await burst([server], user, 20)).refused, { timeout: 10_000 }).toBeGreaterThan(0)
  })

  it('S3.3 gives LiveKit a token that it takes, asked for either way, and nobody a copy in a cache', async () => {
    const [server] = await serveBoth()
    const asked = { room: 'a:b {x} 👩‍🚀', username: '__proto__', name: 'Ana', metadata: '{}' }
    const authorization = `Bearer ${serviceToken}`
    const body = JSON.stringify({ ...asked, canPublish: false })
    const answers = await Promise.all([
      fetch(`${server.url}/api/livekit/token?${new URLSearchParams({ ...asked, canPublish: 'false' })}`, { headers: { authorization } }),
      fetch(`${server.url}/api/livekit/token`, { method: 'POST', headers: { authorization, 'content-type': 'application/json' }, body }),
    ])
    for (const answer of answers) {
      expect(answer.headers.get('cache-control')).toBe('no-store')
      const { token, url } = joinGrantSchema.parse(await answer.json())
      expect(url).toBe(stack.livekit.url)
      const claims = await new TokenVerifier(stack.livekit.apiKey, stack.livekit.apiSecret).verify(token)
      expect(claims).toMatchObject({ sub: '__proto__', name: 'Ana', metadata: '{}', video: { room: asked.room, canPublish: false } })
      const query = new URLSearchParams({ access_token: token })
      const taken = await fetch(`${stack.livekit.url.replace('ws', 'http')}/rtc/validate?${query}`)
      expect([taken.status, await taken.text()]).toEqual([200, 'success'])
    }
  })

  it('gives tokens to a service and an admin only, and refuses what is no request', async () => {
    const [server] = await serveBoth()
    expect((await ask(server, 'ana', adminToken)).status).toBe(200)
    expect((await ask(server, 'ana', 'nobody')).status).toBe(401)
    for (const query of ['room=lobby', 'username=ana', `room=lobby&username=${'x'.repeat(513)}`, 'room=a&room=b&username=ana']) {
      const answer = await fetch(`${server.url}/api/livekit/token?${query}`, { headers: { authorization: `Bearer ${serviceToken}` } })
      expect(answer.status).toBe(400)
      expect(failureSchema.parse(await answer.json()).code).toBe('invalid')
    }
  })

  it('S3.4 all instances’ commands are one sum, and a budget that is used up is told once, within seconds', async () => {
    const both = await serveBoth(150)
    for (const server of both) consoles.push(await connectConsole(server.url))
    for (let user = 0; user < 200; user += 1) await ask(both[user % 2] ?? both[0], `user ${user}`)
    const warned = ({ feed }: ConsoleClient) => feed.filter(({ type }) => type === 'budget_warning')
    await Promise.all(consoles.map((each) => each.until(() => warned(each).length > 0)))
    // The other adds what is left at its end, and that is no second crossing: whatever it told comes before the room.
    await both[1].close()
    servers.splice(1)
    const room = freshRoom('after')
    await stack.api.createRoom({ name: room })
    const [client0] = consoles
    await client0?.until(() => client0.feed.some(({ data }) => data.room?.name === room))
    expect(consoles.map((each) => warned(each).length)).toEqual([1, 1])
    expect(client0 && warned(client0)[0]?.data.detail).toMatch(/^Redis was sent \d+ commands on .* the budget is 150 a day$/)
    // Who didn't tell it learns of it.
    const usage = async () => {
      const answer = await fetch(`${both[0].url}/api/usage`, { headers: { authorization: `Bearer ${adminToken}` } })
      return usageSchema.parse(await answer.json())
    }
    await expect.poll(usage).toMatchObject({ warnings: [expect.stringContaining('150 a day')] })
    expect((await usage()).commandsToday).toBeGreaterThanOrEqual(150)
  })
})
