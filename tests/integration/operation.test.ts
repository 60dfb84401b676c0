import { mkdtemp, rm } from 'node:fs/promises'
import { Agent } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { disposeRtc } from '#demo/rtc.ts'
import { redisKeys } from '#server/redis/keys.ts'
import { connectConsole } from '../harness/console-client.ts'
import { openStreamClient } from '../harness/event-stream-client.ts'
import { scrape } from '../harness/metrics.ts'
import { startRedis, type RedisPeer } from '../harness/redis.ts'
import { environmentOf, spawnServer, type ServerProcess } from '../harness/server-process.ts'
import { adminToken, freshRoom, startStack, type Stack } from '../harness/stack.ts'
import { joinedWebhook, send, sendWebhook, type Answered } from '../harness/webhooks.ts'
import { peers } from '../peers.ts'

describe.skipIf(peers.livekit === null || peers.redis === null)('operating a sync server', () => {
  let redis: RedisPeer
  let stack: Stack
  let folder = ''
  const servers: ServerProcess[] = []

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'usher-operation-'))
    redis = await startRedis(peers.redis ?? '')
    stack = await startStack({ webhooksTo: [] })
  })
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.kill()))
  })
  afterAll(async () => {
    await stack.stop()
    await redis.stop()
    await rm(folder, { recursive: true, force: true })
    await disposeRtc()
  })

  async function start(more: Readonly<Record<string, string>> = {}): Promise<ServerProcess> {
    const environment = {
      ...environmentOf(stack.settings(0, { redisUrl: redis.url })),
      PORT: '0',
      LOG_LEVEL: 'info',
      USHER_DATA_DIR: folder,
    }
    const started = await spawnServer({ ...environment, ...more })
    if (!('kill' in started)) throw new Error(`the server did not start: ${started.output}`)
    servers.push(started)
    return started
  }
  const asAdmin = { authorization: `Bearer ${adminToken}` }
  const get = (url: string, path: string, headers: Readonly<Record<string, string>> = asAdmin) =>
    send(url, path, { method: 'GET', headers })

  it('tells Prometheus what it counts, and nobody who may not know', async () => {
    const { url } = await start()
    const room = freshRoom('metered')
    expect(await sendWebhook(url, joinedWebhook(room, 'ana'), stack.livekit)).toMatchObject({ status: 200 })
    await send(url, '/api/livekit-webhook', { body: '{}' })
    expect(await get(url, '/metrics', {})).toMatchObject({ status: 401 })
    await expect.poll(async () => (await scrape(url)).get('usher_participants_online')).toBe(1)
    const values = await scrape(url)
    expect(values.get('usher_webhooks_total{type="participant_joined",result="stored"}')).toBe(1)
    expect(values.get('usher_webhooks_total{type="other",result="refused"}')).toBe(1)
    expect(values.get('usher_commit_seconds_count')).toBe(1)
    expect(values.get('usher_rooms')).toBe(1)
    expect(values.get('usher_redis_up')).toBe(1)
    expect(values.get('usher_redis_commands_total')).toBeGreaterThan(2)
    expect(values.get('usher_redis_bytes_total')).toBeGreaterThan(200)
    expect(values.get('usher_redis_budget_commands')).toBe(7000)
    expect(values.get('usher_login_failures_total')).toBe(1)
    expect(values.get('usher_log_lag_seconds')).toBeLessThan(1)
    expect(values.get('usher_sweeps_total{result="ok"}')).toBeGreaterThan(0)
    expect(values.get('usher_sweep_seconds_count')).toBeGreaterThan(0)
    expect([values.get('usher_sockets'), values.get('usher_sse_connections')]).toEqual([0, 0])
    expect(values.has('process_cpu_seconds_total')).toBe(true)
  })

  it('gives each request an id, and writes a line for one that is refused, without what it must not tell', async () => {
    const server = await start()
    const { url } = server
    const given = await get(url, '/api/rooms', { ...asAdmin, 'x-request-id': 'from-the-proxy.1' })
    expect(given).toMatchObject({ status: 200, headers: { 'x-request-id': 'from-the-proxy.1' } })
    const odd = await get(url, '/api/rooms?ticket=hidden-ticket', { authorization: 'Bearer hidden-token', 'x-request-id': 'a b' })
    expect(odd).toMatchObject({ status: 401, headers: { 'x-request-id': expect.stringMatching(/^[0-9a-f-]{36}$/) } })
    await get(url, '/api/rooms/nowhere')
    for (let count = 0; count < 50; count += 1) await get(url, '/api/rooms', {})
    await expect.poll(() => refusalsOf(server)).toHaveLength(2)
    expect(refusalsOf(server)).toEqual([
      expect.objectContaining({
        level: 40,
        method: 'GET',
        route: '/api/rooms',
        status: 401,
        code: 'unauthorized',
        ms: expect.any(Number),
        requestId: 'headers' in odd ? odd.headers['x-request-id'] : '',
      }),
      expect.objectContaining({ level: 30, route: '/api/rooms/:room', status: 404, code: 'not_found', operator: 'admin' }),
    ])
    server.signal('SIGTERM')
    await server.ended
    expect(server.lines().join()).not.toContain('hidden-')
    expect(server.lines().map((line) => (line.startsWith('{') ? (JSON.parse(line) as unknown) : null))).toContainEqual(
      expect.objectContaining({ kind: 'GET /api/rooms 401 unauthorized', count: 50 }),
    )
  })

  it('S4.1 told to end under webhooks over keep-alive: what it answered 200 is in Redis, everything else was told to come again', async () => {
    const server = await start()
    const agent = new Agent({ keepAlive: true, maxSockets: 16 })
    const rooms = Array.from({ length: 16 }, (_, index) => freshRoom(`drain-${index}`))
    const answers: { readonly room: string; readonly identity: string; readonly answered: Answered }[] = []
    let told = false
    const streams = rooms.map(async (room) => {
      for (let count = 0; ; count += 1) {
        const answered = await sendWebhook(server.url, joinedWebhook(room, `p${count}`), stack.livekit, agent)
        answers.push({ room, identity: `p${count}`, answered })
        if (!told && answers.length > 200) server.signal('SIGTERM')
        told ||= answers.length > 200
        if ('error' in answered && answered.error === 'ECONNREFUSED') return
      }
    })
    await Promise.all(streams)
    expect(await server.ended).toBe(0)
    agent.destroy()
    const reader = new Redis(redis.url)
    for (const room of rooms) {
      const stored = new Set(await reader.smembers(redisKeys.participants(room)))
      const kept = answers.filter((one) => one.room === room && 'status' in one.answered && one.answered.status === 200)
      expect(kept.map(({ identity }) => identity).filter((identity) => !stored.has(identity))).toEqual([])
    }
    reader.disconnect()
    for (const { answered } of answers) {
      if ('error' in answered) expect(['ECONNREFUSED', 'ECONNRESET', 'EPIPE']).toContain(answered.error)
      else if (answered.status !== 200) expect(answered).toMatchObject({ status: 503, headers: { 'retry-after': '5' } })
    }
    expect(answers.filter(({ answered }) => 'status' in answered && answered.status === 200).length).toBeGreaterThan(200)
  })

  it('told to end while a request is under way, it is not ready and takes no connection, but finishes the request', async () => {
    const server = await start()
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    const room = freshRoom('slow')
    const console = await connectConsole(server.url)
    const stream = await openStreamClient(server.url, '/api/events', asAdmin)
    redis.pause()
    const slow = sendWebhook(server.url, joinedWebhook(room, 'ana'), stack.livekit)
    // Asked after it on another connection, so that the server has the first by now.
    expect(await send(server.url, '/healthz', { method: 'GET', agent })).toMatchObject({ status: 200 })
    server.signal('SIGTERM')
    await expect.poll(async () => send(server.url, '/healthz', { method: 'GET' })).toEqual({ error: 'ECONNREFUSED' })
    redis.resume()
    expect(await slow).toMatchObject({ status: 200, headers: { connection: 'close' } })
    expect(await server.ended).toBe(0)
    // A stream would never end by itself: it is told to go elsewhere, after what it had to be told.
    await expect.poll(() => stream.isOpen()).toBe(false)
    expect(stream.messages.map(({ message }) => message.type)).toEqual(['connected', 'participant_joined', 'closing'])
    agent.destroy()
    console.close()
  })

  it('told twice it ends at once', async () => {
    const server = await start()
    redis.pause()
    void sendWebhook(server.url, joinedWebhook(freshRoom('stuck'), 'ana'), stack.livekit)
    expect(await get(server.url, '/healthz')).toMatchObject({ status: 200 })
    server.signal('SIGTERM')
    await expect.poll(() => get(server.url, '/healthz')).toEqual({ error: 'ECONNREFUSED' })
    server.signal('SIGINT')
    expect(await server.ended).toBe(1)
    redis.resume()
  })
})

/** The lines about refused requests. */
function refusalsOf(server: ServerProcess): readonly unknown[] {
  return server
    .lines()
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as unknown)
    .filter((line) => typeof line === 'object' && line !== null && 'route' in line)
}
