import { mkdtemp, rm } from 'node:fs/promises'
import { Agent } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { disposeRtc } from '#demo/rtc.ts'
import { redisKeys } from '#server/redis/keys.ts'
import { connectConsole, type ConsoleClient } from '../harness/console-client.ts'
import { scrape } from '../harness/metrics.ts'
import { startRedis, type RedisPeer } from '../harness/redis.ts'
import { environmentOf, spawnServer, type ServerProcess } from '../harness/server-process.ts'
import { adminToken, freshRoom, startStack, type Stack } from '../harness/stack.ts'
import { joinedWebhook, send, sendWebhook, signWebhook, type Answered, type Sending } from '../harness/webhooks.ts'
import { peers } from '../peers.ts'

const SEED = 20_260_117
const WEBHOOKS = 5000
const REQUESTS = 2500
const EVENTS = 2500
/** How many are under way at once. */
const AT_ONCE = 16
/** What Usher itself writes while time passes: leases, its own usage, and whether writing works. */
const ownKeys = /^(lease:|budget:|rooms:probe$)/

const deep = `${'['.repeat(5000)}${']'.repeat(5000)}`
const oddKey = fc.constantFrom('__proto__', 'constructor', 'prototype', 'toString', 'event', 'room', 'participant', 'id', 'sid', 'name')
const oddNumber = fc.constantFrom(1e308, -1, 0.5, Number.MAX_SAFE_INTEGER + 2, -0)
const odd: fc.Arbitrary<unknown> = fc.oneof(
  fc.jsonValue({ maxDepth: 4 }),
  oddNumber,
  fc.dictionary(oddKey, fc.oneof(fc.jsonValue(), oddNumber)),
)
const noText = fc.oneof(oddNumber, fc.boolean(), fc.constant(null), fc.array(fc.jsonValue()), fc.dictionary(oddKey, fc.jsonValue()))

/** A body that tells nothing: not JSON, not of the shape, or without what it is about. */
const emptyBody: fc.Arbitrary<string | Buffer> = fc.oneof(
  fc.uint8Array({ maxLength: 2000 }).map((bytes) => Buffer.from(bytes)),
  fc.string({ unit: 'binary', maxLength: 500 }),
  fc.nat(200).map((length) => joinedWebhook('r', 'ana').slice(0, length)),
  odd.map((value) => JSON.stringify(value)),
  fc.constantFrom(
    deep,
    `{"room":${deep}}`,
    '{"event":"room_started","room":{"creationTime":1e999}}',
    '{"__proto__":{"event":"room_started"}}',
  ),
  fc
    .tuple(
      fc.constantFrom('event', 'id', 'room.name', 'room.sid', 'participant.identity', 'participant.sid'),
      fc.oneof(noText, fc.constant(undefined)),
    )
    .map(([path, value]) => changed(joinedWebhook('r', 'ana'), path, value)),
  fc.string().map((event) => changed(joinedWebhook('r', 'ana'), 'event', `x${event}`)),
)

/** One part of a JSON text replaced, or taken out. Text where a text belongs would be another event, so none is put there. */
function changed(text: string, path: string, value: unknown): string {
  const body: Record<string, unknown> = JSON.parse(text) as Record<string, unknown>
  const [first = '', second] = path.split('.')
  if (second === undefined) return JSON.stringify({ ...body, [first]: value })
  return JSON.stringify({ ...body, [first]: { ...(body[first] as object), [second]: value } })
}

const signing = fc.constantFrom('right', 'right', 'wrong', 'garbage', 'none')
const webhook = fc.record({ body: emptyBody, signing })

const paths = [
  '/api/rooms',
  '/api/rooms/x',
  '/api/observe',
  '/api/livekit/token',
  '/api/livekit/participants',
  '/api/sync-rooms',
  '/broadcast',
]
const morePaths = [
  '/api/events',
  '/api/events/ticket',
  '/api/operators',
  '/api/usage',
  '/api/check-match',
  '/metrics',
  '/readyz',
  '/',
  '//',
  '/%',
  '/%zz',
]
const request = fc.record({
  path: fc.oneof(
    fc.constantFrom(...paths, ...morePaths),
    fc
      .tuple(fc.constantFrom(...paths), oddKey, fc.string({ unit: 'binary' }))
      .map(([path, key, value]) => `${path}?${key}[]=${percent(value)}`),
    fc.string({ unit: 'binary', maxLength: 300 }).map((name) => `/api/rooms/${percent(name)}`),
    fc.string({ unit: fc.constantFrom('/', '%', '?', '#', '&', '=', ';', '.', ':', 'a', '0') }).map((path) => `/${path}`),
  ),
  method: fc.constantFrom('POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'GET'),
  body: fc.oneof(
    fc
      .dictionary(fc.constantFrom('room', 'username', 'action', 'mode', 'name', 'role', 'event', '__proto__'), noText)
      .map((body) => JSON.stringify(body)),
    emptyBody,
  ),
  type: fc.constantFrom('application/json', 'application/json; charset=x', 'text/plain', 'application/x-www-form-urlencoded', 'x', ''),
  authorization: fc.constantFrom(`Bearer ${adminToken}`, 'Bearer nobody', 'Bearer', 'Basic eDp5', ''),
})

const eventNames = [
  'subscribe_rooms',
  'subscribe_room',
  'unsubscribe_room',
  'subscribe_feed',
  'unsubscribe_feed',
  'act',
  'looking',
  'join_queue',
  'leave_queue',
  'cancel_action',
]
const socketEvent = fc.record({
  name: fc.oneof(
    fc.constantFrom(...eventNames),
    oddKey,
    fc.string({ maxLength: 100 }).map((name) => `x${name}`),
  ),
  payload: fc.oneof(
    noText,
    fc.dictionary(fc.constantFrom('room', 'types', 'rooms', 'cursor', 'actionId', 'type', 'identity', 'username', '__proto__'), noText),
    fc.uint8Array({ maxLength: 100 }).map((bytes) => Buffer.from(bytes)),
    // Socket.IO's own client can't send what lies much deeper.
    fc.constant(JSON.parse(`${'['.repeat(1000)}${']'.repeat(1000)}`) as unknown),
  ),
})

/** Any text in a path, lone surrogates as what a careless client makes of them. */
function percent(text: string): string {
  return encodeURIComponent(text.toWellFormed())
}

describe.skipIf(peers.livekit === null || peers.redis === null)('bad input', () => {
  let redis: RedisPeer
  let reader: Redis
  let stack: Stack
  let server: ServerProcess
  let client: ConsoleClient
  let folder = ''
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE })

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'usher-fuzz-'))
    redis = await startRedis(peers.redis ?? '')
    reader = new Redis(redis.url)
    stack = await startStack({ webhooksTo: [] })
    await stack.api.createRoom({ name: freshRoom('there'), emptyTimeout: 600 })
    const started = await spawnServer({
      ...environmentOf(stack.settings(0, { redisUrl: redis.url })),
      PORT: '0',
      LOG_LEVEL: 'info',
      USHER_DATA_DIR: folder,
      TRUST_PROXY: 'on',
      SYNC_INTERVAL_MS: '86400000',
      USHER_SERVICE_TOKEN: 'a-service-token-of-the-tests',
      // What grows with what is sent to it ends it.
      NODE_OPTIONS: '--max-old-space-size=128',
    })
    if (!('kill' in started)) throw new Error(`the server did not start: ${started.output}`)
    server = started
    await vi.waitFor(async () => expect(await send(server.url, '/readyz', { method: 'GET' })).toMatchObject({ status: 200 }), 10_000)
    // Both looks that follow a start are over: nothing but what is sent here changes anything.
    await vi.waitFor(async () => expect((await scrape(server.url)).get('usher_sweeps_total{result="ok"}')).toBeGreaterThan(1), 10_000)
    client = await connectConsole(server.url)
  })
  afterAll(async () => {
    agent.destroy()
    client.close()
    await server.kill()
    reader.disconnect()
    await stack.stop()
    await redis.stop()
    await rm(folder, { recursive: true, force: true })
    await disposeRtc()
  })

  /** Everything in Redis, but for what `ownKeys` says. */
  async function dump(): Promise<Readonly<Record<string, unknown>>> {
    const keys = (await reader.keys('*')).filter((key) => !ownKeys.test(key)).toSorted()
    return Object.fromEntries(await Promise.all(keys.map(async (key) => [key, await contentOf(key)] as const)))
  }

  async function contentOf(key: string): Promise<unknown> {
    const type = await reader.type(key)
    if (type === 'hash') return reader.hgetall(key)
    if (type === 'set') return (await reader.smembers(key)).toSorted()
    if (type === 'zset') return reader.zrange(key, '0', '-1', 'WITHSCORES')
    if (type === 'stream') return reader.xrange(key, '-', '+')
    return reader.get(key)
  }

  /** Sends each, some at once; the answers that are not a plain refusal or success, as text. */
  async function sendAll<T>(inputs: readonly T[], sendOne: (input: T) => Promise<string | null>): Promise<readonly string[]> {
    const wrong: string[] = []
    const queue = inputs.values()
    const worker = async () => {
      for (const input of queue) {
        const problem = await sendOne(input)
        if (problem !== null) wrong.push(problem)
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, worker))
    return wrong
  }

  /** Nothing changed, the server is well, and its log has at most a line for each. */
  async function unharmed(inputs: number, before: Awaited<ReturnType<typeof dump>>, linesBefore: number): Promise<void> {
    expect(await dump()).toEqual(before)
    expect(await send(server.url, '/readyz', { method: 'GET' })).toMatchObject({ status: 200 })
    expect(await client.ask('subscribe_rooms', {})).toMatchObject({ ok: true, rooms: [{ online: 0 }] })
    expect(server.lines().length - linesBefore).toBeLessThan(inputs / 20)
  }

  it(`S4.1 ${WEBHOOKS} malformed webhooks change nothing (seed ${SEED})`, async () => {
    const [before, lines] = [await dump(), server.lines().length]
    const wrong = await sendAll(fc.sample(webhook, { seed: SEED, numRuns: WEBHOOKS }), async ({ body, signing: how }) => {
      const sent: Sending = { body, agent, headers: { 'content-type': 'application/webhook+json', ...(await authorizationFor(how, body)) } }
      return problemOf(
        await send(server.url, '/api/livekit-webhook', sent),
        how === 'right' ? [200, 400] : [401],
        JSON.stringify({ how, body: String(body) }),
      )
    })
    expect(wrong).toEqual([])
    await unharmed(WEBHOOKS, before, lines)
  })

  it(`${REQUESTS} malformed requests change nothing (seed ${SEED})`, async () => {
    const [before, lines] = [await dump(), server.lines().length]
    const wrong = await sendAll(
      fc.sample(request, { seed: SEED, numRuns: REQUESTS }),
      async ({ path, method, body, type, authorization }) => {
        // An event stream and a ticket for one, well-formed whatever comes with it.
        if (path.startsWith('/api/events') && authorization.endsWith(adminToken)) return null
        const headers = {
          ...(type === '' ? {} : { 'content-type': type }),
          ...(authorization === '' ? {} : { authorization }),
          // Failed logins hold off an address.
          ...(authorization.endsWith(adminToken) ? {} : { 'x-forwarded-for': '203.0.113.7' }),
        }
        const answered = await send(server.url, path, { method, body: method === 'GET' ? '' : body, headers, agent })
        return problemOf(answered, [200, 400, 401, 403, 404, 409, 413, 415, 429], `${method} ${path}`)
      },
    )
    expect(wrong).toEqual([])
    await unharmed(REQUESTS, before, lines)
  })

  it(`${EVENTS} malformed socket events change nothing (seed ${SEED})`, async () => {
    const [before, lines] = [await dump(), server.lines().length]
    const wrong = await sendAll(fc.sample(socketEvent, { seed: SEED, numRuns: EVENTS }), async ({ name, payload }) => {
      const answered = await client.send(name, payload).catch((error: unknown) => String(error))
      return typeof answered === 'object' && answered !== null && 'ok' in answered && !('code' in answered && answered.code === 'internal')
        ? null
        : `${name} ${JSON.stringify(payload)}: ${JSON.stringify(answered)}`
    })
    expect(wrong).toEqual([])
    await unharmed(EVENTS, before, lines)
  })

  it.each([
    ':',
    'a:b::c',
    '{room}',
    '😀'.repeat(128),
    '日'.repeat(256),
    'x'.repeat(256),
    '__proto__',
    'constructor',
    'line\nbreak\r\n\ttab',
    '%2F..%2f?#&=+',
    '../..',
    '.',
    'p:ana',
    'rooms:index',
    'null',
    ' "quoted" \\ \u0000 \u202e',
  ])('S1.5 %j is just a name', async (name) => {
    const url = server.url
    const asAdmin = { headers: { authorization: `Bearer ${adminToken}` }, method: 'GET' }
    const bodyOf = async (path: string): Promise<unknown> => {
      const answered = await send(url, path, asAdmin)
      return 'body' in answered ? (JSON.parse(answered.body) as unknown) : answered
    }
    await client.open(name)
    expect(await sendWebhook(url, joinedWebhook(name, name), stack.livekit)).toMatchObject({ status: 200 })
    await client.until(() => client.participants.get(name)?.isOnline === true && client.rooms.get(name)?.online === 1)
    await client.until(() => client.feed.some(({ data }) => data.participant?.identity === name && data.room?.name === name))
    expect(await bodyOf(`/api/rooms/${encodeURIComponent(name)}`)).toMatchObject({
      room: name,
      participants: [{ identity: name, isOnline: true }],
    })
    expect(await bodyOf(`/api/livekit/participants?room=${encodeURIComponent(name)}`)).toMatchObject({
      room: name,
      participants: [{ identity: name }],
      source: 'cache',
    })
    expect(await bodyOf(`/api/rooms?q=${encodeURIComponent(name)}`)).toMatchObject({ rooms: [{ room: name, online: 1 }] })
    expect(await reader.smembers(redisKeys.participants(name))).toEqual([name])
    expect(await reader.hget(redisKeys.state(name), 'roomName')).toBe(name)
    expect(await reader.hexists(redisKeys.state(name), `p:${name}`)).toBe(1)
    const token = await send(url, `/api/livekit/token?room=${encodeURIComponent(name)}&username=${encodeURIComponent(name)}`, asAdmin)
    expect(token).toMatchObject({ status: 200 })
    const left = changed(joinedWebhook(name, name), 'event', 'participant_left')
    expect(await sendWebhook(url, changed(left, 'id', `left ${name}`), stack.livekit)).toMatchObject({ status: 200 })
    await client.until(() => client.participants.get(name)?.isOnline === false)
    const finished = changed(changed(joinedWebhook(name, name), 'event', 'room_finished'), 'id', `finished ${name}`)
    expect(await sendWebhook(url, finished, stack.livekit)).toMatchObject({ status: 200 })
    await client.until(() => !client.rooms.has(name))
    expect(await reader.exists(redisKeys.participants(name), redisKeys.state(name))).toBe(0)
    expect(await client.ask('unsubscribe_room', { room: name })).toEqual({ ok: true })
    expect(server.lines().every((line) => !line.startsWith('{') || typeof JSON.parse(line) === 'object')).toBe(true)
  })

  async function authorizationFor(how: string, body: string | Buffer): Promise<Record<string, string>> {
    const key = { apiKey: stack.livekit.apiKey, apiSecret: how === 'wrong' ? 'x'.repeat(40) : stack.livekit.apiSecret }
    if (how === 'right' || how === 'wrong') return { authorization: await signWebhook(body, key) }
    return how === 'none'
      ? {}
      : { authorization: `eyJhbGciOiJub25lIn0.${Buffer.from(JSON.stringify({ iss: key.apiKey })).toString('base64url')}.` }
  }
})

function problemOf(answered: Answered, statuses: readonly number[], what: string): string | null {
  return 'status' in answered && statuses.includes(answered.status)
    ? null
    : `${what.slice(0, 300)}: ${JSON.stringify(answered).slice(0, 300)}`
}
