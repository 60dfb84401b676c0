import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { io, type Socket } from 'socket.io-client'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { z } from 'zod'
import { disposeRtc } from '#demo/rtc.ts'
import { addedOperatorSchema, operatorsSchema } from '#shared/contract/http-operators.ts'
import { PROTOCOL } from '#shared/contract/socket.ts'
import { redisKeys } from '#server/redis/keys.ts'
import type { SyncServer } from '#server/server.ts'
import { openStreamClient } from '../harness/event-stream-client.ts'
import { scrape } from '../harness/metrics.ts'
import { startPostgres, type PostgresPeer } from '../harness/postgres.ts'
import { startRedis, type RedisPeer } from '../harness/redis.ts'
import { environmentOf, spawnServer, type FailedStart, type ServerProcess } from '../harness/server-process.ts'
import { adminToken, startStack, type Stack } from '../harness/stack.ts'
import { send } from '../harness/webhooks.ts'
import { peers } from '../peers.ts'

/** How soon a revoked token must be without effect, ms. */
const REVOKED_MS = 5000

const isMissing = peers.livekit === null || peers.redis === null || peers.postgres === null
describe.skipIf(isMissing)('operators', () => {
  let redis: RedisPeer
  let postgres: PostgresPeer
  let stack: Stack
  const sockets: Socket[] = []
  beforeAll(async () => {
    redis = await startRedis(peers.redis ?? '')
    postgres = await startPostgres(peers.postgres ?? '')
    stack = await startStack({ servers: 2, webhooksTo: [] })
  })
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.disconnect()
  })
  afterAll(async () => {
    await stack.stop()
    await redis.stop()
    await postgres.stop()
    await disposeRtc()
  })

  async function ask(
    url: string,
    method: string,
    path: string,
    { token = adminToken, body, from }: { token?: string; body?: unknown; from?: string } = {},
  ) {
    const answered = await send(url, path, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(from === undefined ? {} : { 'x-forwarded-for': from }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    if ('error' in answered) throw new Error(answered.error)
    const parsed: unknown = JSON.parse(answered.body)
    return { status: answered.status, headers: answered.headers, body: parsed }
  }

  async function add(url: string, name: string, role: string, more: object = {}): Promise<string> {
    const answered = await ask(url, 'POST', '/api/operators', { body: { name, role, ...more } })
    expect(answered).toMatchObject({ status: 200, headers: { 'cache-control': 'no-store' } })
    return addedOperatorSchema.parse(answered.body).token
  }

  /** A socket of an operator, and what the server said before it closed it. */
  async function connect(url: string, token: string): Promise<{ readonly socket: Socket; readonly closings: unknown[] }> {
    const socket = io(url, { transports: ['websocket'], reconnection: false, auth: { token, protocol: PROTOCOL } })
    sockets.push(socket)
    const closings: unknown[] = []
    socket.on('closing', (closing: unknown) => closings.push(closing))
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve)
      socket.once('connect_error', reject)
    })
    return { socket, closings }
  }

  describe('of two instances on one PostgreSQL', () => {
    let servers: readonly SyncServer[]
    const urlOf = (index: number) => servers[index]?.url ?? ''
    beforeAll(async () => {
      const database = { kind: 'postgres', url: await postgres.createDatabase() } as const
      servers = await Promise.all([0, 1].map((index) => stack.serve(index, { redisUrl: redis.url, database, trustProxy: true })))
    })
    afterAll(() => Promise.all(servers.map((server) => server.close())))

    it('are added at one, used at the other at once, and listed without their token', async () => {
      const expiresAt = Date.now() + 3_600_000
      const token = await add(urlOf(0), 'Zoë B', 'moderator', { expiresAt })
      expect(await ask(urlOf(1), 'GET', '/api/rooms', { token })).toMatchObject({ status: 200 })
      const listed = await ask(urlOf(1), 'GET', '/api/operators')
      expect(operatorsSchema.parse(listed.body).operators).toContainEqual({
        name: 'Zoë B',
        role: 'moderator',
        createdAt: expect.any(Number),
        createdBy: 'moderator on shift',
        lastUsedAt: null,
        expiresAt,
        revokedAt: null,
      })
      expect(JSON.stringify(listed.body)).not.toContain(token.slice(6))
      expect(await ask(urlOf(0), 'POST', '/api/operators', { body: { name: 'Zoë B', role: 'viewer' } })).toMatchObject({ status: 409 })
    })

    it('lose what they have open at every instance within 5 s of being revoked, and are told why', async () => {
      const token = await add(urlOf(0), 'bo', 'viewer')
      const other = await add(urlOf(0), 'cy', 'viewer')
      const [near, far, kept] = [await connect(urlOf(0), token), await connect(urlOf(1), token), await connect(urlOf(1), other)]
      const stream = await openStreamClient(urlOf(1), '/api/events', { authorization: `Bearer ${token}` })
      const ticket = z.object({ ticket: z.string() }).parse((await ask(urlOf(1), 'POST', '/api/events/ticket', { token })).body).ticket
      expect(await ask(urlOf(0), 'DELETE', '/api/operators?name=bo')).toMatchObject({ status: 200, body: { revoked: 'bo' } })
      const closing = { code: 'unauthorized', message: 'the token was revoked' }
      await expect
        .poll(() => [near, far].map(({ socket, closings }) => ({ open: socket.connected, closings })), { timeout: REVOKED_MS })
        .toEqual([
          { open: false, closings: [closing] },
          { open: false, closings: [closing] },
        ])
      await expect.poll(() => stream.isOpen(), { timeout: REVOKED_MS }).toBe(false)
      expect(stream.messages.at(-1)?.message).toEqual({ type: 'closing', ...closing })
      expect(kept.socket.connected).toBe(true)
      expect(await ask(urlOf(1), 'GET', '/api/rooms', { token })).toMatchObject({ status: 401, body: { code: 'unauthorized' } })
      expect((await openStreamClient(urlOf(1), `/api/events?ticket=${ticket}`)).status).toBe(401)
      await expect(connect(urlOf(1), token)).rejects.toMatchObject({ data: { code: 'unauthorized' } })
      expect(await ask(urlOf(0), 'DELETE', '/api/operators?name=bo')).toMatchObject({ status: 404 })
    })

    it('lose what they have open when their token expires', async () => {
      const token = await add(urlOf(0), 'dee', 'viewer', { expiresAt: Date.now() + 1000 })
      const { socket, closings } = await connect(urlOf(1), token)
      await expect.poll(() => socket.connected, { timeout: REVOKED_MS }).toBe(false)
      expect(closings).toEqual([{ code: 'unauthorized', message: 'the token has expired' }])
    })

    it.each([
      [{ name: '', role: 'viewer' }, 'name'],
      [{ name: 'x'.repeat(81), role: 'viewer' }, 'name'],
      [{ name: 'a\u0000b', role: 'viewer' }, 'name'],
      [{ name: 'ok', role: 'root' }, 'role'],
      [{ name: 'ok', role: 'viewer', expiresAt: 1 }, 'expiresAt'],
    ])('are not added as %j', async (body, says) => {
      expect(await ask(urlOf(0), 'POST', '/api/operators', { body })).toMatchObject({
        status: 400,
        body: { code: 'invalid', message: expect.stringContaining(says) },
      })
    })

    it('are managed by admins alone', async () => {
      for (const role of ['viewer', 'support', 'moderator', 'service']) {
        const token = await add(urlOf(0), `a ${role}`, role)
        for (const [method, path] of [
          ['GET', ''],
          ['POST', ''],
          ['DELETE', '?name=x'],
        ] as const) {
          expect(await ask(urlOf(0), method, `/api/operators${path}`, { token, ...(method === 'POST' ? { body: {} } : {}) })).toMatchObject(
            { status: 403 },
          )
        }
      }
      const token = await add(urlOf(0), 'an admin', 'admin')
      expect(await ask(urlOf(0), 'GET', '/api/operators', { token })).toMatchObject({ status: 200 })
    })

    it('who fail ten times a minute are held off at their address, on both wires; who has a token of ours is not', async () => {
      const [url, from] = [urlOf(0), '192.0.2.7']
      const token = await add(url, 'eve', 'viewer')
      await ask(url, 'GET', '/api/rooms', { token })
      for (let count = 0; count < 10; count += 1) {
        expect(await ask(url, 'GET', '/api/rooms', { token: `wrong ${count}`.replace(' ', '-'), from })).toMatchObject({ status: 401 })
      }
      const held = await ask(url, 'GET', '/api/rooms', { from })
      expect(held).toMatchObject({ status: 429, body: { code: 'rate_limited' } })
      expect(Number(held.headers['retry-after'])).toBeGreaterThan(50)
      const socket = io(url, {
        transports: ['websocket'],
        reconnection: false,
        auth: { token: adminToken, protocol: PROTOCOL },
        extraHeaders: { 'x-forwarded-for': from },
      })
      sockets.push(socket)
      const refusal = await new Promise((resolve) => socket.once('connect_error', resolve))
      expect(refusal).toMatchObject({ data: { code: 'rate_limited' } })
      expect(await ask(url, 'GET', '/api/rooms', { token, from })).toMatchObject({ status: 200 })
      expect(await ask(url, 'GET', '/api/rooms')).toMatchObject({ status: 200 })
    })

    it('stay who they are while PostgreSQL is away, which is told', async () => {
      const token = await add(urlOf(0), 'fay', 'viewer')
      await ask(urlOf(1), 'GET', '/api/rooms', { token })
      await postgres.kill()
      await expect.poll(async () => (await scrape(urlOf(1))).get('usher_database_up'), { timeout: 10_000 }).toBe(0)
      expect(await ask(urlOf(1), 'GET', '/api/rooms', { token })).toMatchObject({ status: 200 })
      const refused = await ask(urlOf(1), 'POST', '/api/operators', { body: { name: 'gil', role: 'viewer' } })
      expect(refused).toMatchObject({
        status: 503,
        body: { code: 'unavailable', message: expect.stringContaining('PostgreSQL at 127.0.0.1') },
      })
      expect(JSON.stringify(refused.body)).not.toContain('a-password-of-the-tests')
      await postgres.start()
      await expect.poll(async () => (await scrape(urlOf(1))).get('usher_database_up'), { timeout: 10_000 }).toBe(1)
      expect(await ask(urlOf(1), 'GET', '/api/rooms', { token: await add(urlOf(0), 'gil', 'viewer') })).toMatchObject({ status: 200 })
    })
  })

  describe('in a SQLite file, with Redis', () => {
    let folder: string
    const started: ServerProcess[] = []
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'usher-two-'))
    })
    afterEach(async () => {
      await Promise.all(started.splice(0).map((server) => server.kill()))
      rmSync(folder, { recursive: true, force: true })
    })

    async function start(name: string): Promise<ServerProcess | FailedStart> {
      const database = { kind: 'sqlite', file: join(folder, name, 'usher.sqlite') } as const
      const server = await spawnServer(environmentOf(stack.settings(0, { redisUrl: redis.url, database, port: 0 })))
      if ('kill' in server) started.push(server)
      return server
    }

    it('let no second server start, be it on that file or on one of its own; and the first again after it was killed', async () => {
      const first = await start('a')
      expect(await start('a')).toEqual({
        code: 1,
        output: expect.stringMatching(/^usher server: another sync server works with .*DATABASE_URL\)\n$/),
      })
      expect(await start('b')).toEqual({
        code: 1,
        output: expect.stringMatching(/^usher server: another sync server uses this Redis with a SQLite file of its own: .*\n$/),
      })
      if (!('kill' in first)) throw new Error(first.output)
      await first.kill()
      const again = await start('a')
      if (!('kill' in again)) throw new Error(again.output)
      again.signal('SIGTERM')
      expect(await again.ended).toBe(0)
      // An orderly end lets go of Redis at once.
      expect(await start('b')).toHaveProperty('url')
    })

    it('claim Redis anew at once where it lost what it held', async () => {
      const client = new Redis(redis.url)
      onTestFinished(() => client.disconnect())
      // Whoever was killed in another test has it still.
      await client.flushdb()
      expect(await start('a')).toHaveProperty('url')
      await client.flushdb()
      await expect.poll(() => client.exists(redisKeys.databaseLease), { timeout: 10_000 }).toBe(1)
      expect(await start('b')).toMatchObject({ code: 1 })
    })
  })
})
