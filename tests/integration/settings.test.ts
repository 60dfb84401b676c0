import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { disposeRtc } from '#demo/rtc.ts'
import { defaultSettings } from '#shared/contract/http-settings.ts'
import { addedOperatorSchema } from '#shared/contract/http-operators.ts'
import { defaultAttention, type AttentionSettings, type AttentionThresholds } from '#shared/domain/attention.ts'
import { redisKeys } from '#server/redis/keys.ts'
import type { SyncServer } from '#server/server.ts'
import { Redis } from 'ioredis'
import { connectConsole } from '../harness/console-client.ts'
import { scrape } from '../harness/metrics.ts'
import { startPostgres, type PostgresPeer } from '../harness/postgres.ts'
import { startRedis, type RedisPeer } from '../harness/redis.ts'
import { adminToken, freshRoom, startStack, type Stack } from '../harness/stack.ts'
import { send } from '../harness/webhooks.ts'
import { peers } from '../peers.ts'

/** How soon every instance knows of a change, ms. */
const KNOWN_MS = 1000

function rules(changed: Partial<AttentionThresholds>): AttentionSettings {
  return { ...defaultAttention, thresholds: { ...defaultAttention.thresholds, ...changed } }
}

const isMissing = peers.livekit === null || peers.redis === null || peers.postgres === null
describe.skipIf(isMissing)('the settings of two instances on one Redis and one PostgreSQL', () => {
  let redis: RedisPeer
  let postgres: PostgresPeer
  let stack: Stack
  let servers: SyncServer[]
  let serve: (index: number) => Promise<SyncServer>
  const urlOf = (index: number) => servers[index]?.url ?? ''
  beforeAll(async () => {
    redis = await startRedis(peers.redis ?? '')
    postgres = await startPostgres(peers.postgres ?? '')
    stack = await startStack({ servers: 2 })
    const database = { kind: 'postgres', url: await postgres.createDatabase() } as const
    serve = (index) => stack.serve(index, { redisUrl: redis.url, database })
    servers = await Promise.all([0, 1].map(serve))
  })
  afterAll(async () => {
    await stack.stop()
    await redis.stop()
    await postgres.stop()
    await disposeRtc()
  })

  async function ask(index: number, method: string, body?: unknown, { token = adminToken, path = '/api/settings' } = {}) {
    const headers = { authorization: `Bearer ${token}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) }
    const answered = await send(urlOf(index), path, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })
    if ('error' in answered) throw new Error(answered.error)
    const parsed: unknown = JSON.parse(answered.body)
    return { status: answered.status, body: parsed }
  }

  it('are the defaults, then what an admin made of them, at both within a second and with a revision further', async () => {
    expect(await ask(1, 'GET')).toEqual({ status: 200, body: defaultSettings })
    const attention = rules({ alone: { on: true, seconds: 600 } })
    expect(await ask(0, 'PUT', { attention, revision: 0 })).toEqual({ status: 200, body: { ...defaultSettings, attention, revision: 1 } })
    await expect
      .poll(() => ask(1, 'GET'), { timeout: KNOWN_MS })
      .toEqual({ status: 200, body: { ...defaultSettings, attention, revision: 1 } })
  })

  it('are not changed by who has not seen the newest', async () => {
    expect(await ask(1, 'PUT', { attention: defaultAttention, revision: 0 })).toMatchObject({
      status: 409,
      body: { ok: false, code: 'conflict', detail: 'changed_meanwhile', message: expect.stringContaining('moderator on shift') },
    })
    expect(await ask(1, 'GET')).toMatchObject({ body: { revision: 1 } })
  })

  it.each([
    [{ attention: { ...defaultAttention, patterns: [{ rooms: '', thresholds: {} }] } }, 'patterns/0/rooms'],
    [{ attention: rules({ alone: { on: true, seconds: 0 } }) }, 'alone/seconds'],
    [{ attention: { thresholds: {}, patterns: [] } }, 'thresholds'],
    [{ revision: 'newest' }, 'revision'],
    [7, ''],
  ])('are not changed to %j', async (change, says) => {
    expect(await ask(0, 'PUT', change)).toMatchObject({ status: 400, body: { code: 'invalid', message: expect.stringContaining(says) } })
    expect(await ask(0, 'GET')).toMatchObject({ body: { revision: 1 } })
  })

  it('are read by who looks, and changed by admins alone', async () => {
    for (const role of ['viewer', 'moderator']) {
      const added = await ask(0, 'POST', { name: `a ${role}`, role }, { path: '/api/operators' })
      const { token } = addedOperatorSchema.parse(added.body)
      expect(await ask(0, 'GET', undefined, { token })).toMatchObject({ status: 200 })
      expect(await ask(0, 'PUT', { attention: defaultAttention }, { token })).toMatchObject({ status: 403 })
    }
  })

  it('mark rooms as they say now, at both instances alike', async () => {
    const room = freshRoom('alone')
    await stack.join(room, 'ana')
    const consoles = await Promise.all([0, 1].map((index) => connectConsole(urlOf(index))))
    const marksOf = () => consoles.map(({ rooms }) => rooms.get(room)?.attention)
    await Promise.all(consoles.map((each) => each.until(() => each.rooms.get(room)?.online === 1)))
    expect(marksOf()).toEqual([[], []])
    await ask(1, 'PUT', { attention: rules({ alone: { on: true, seconds: 1 } }) })
    await Promise.all(consoles.map((each) => each.until(() => each.rooms.get(room)?.attention.length === 1)))
    const [first, second] = marksOf()
    expect(first).toEqual([{ rule: 'alone', since: expect.any(Number), why: '1 person alone' }])
    expect(second).toEqual(first)
    const detail = await ask(0, 'GET', undefined, { path: `/api/rooms/${encodeURIComponent(room)}` })
    expect(detail.body).toMatchObject({ attention: first })
    expect((await scrape(urlOf(0))).get('usher_attention_marks')).toBe(1)
    await ask(0, 'PUT', { attention: rules({}) })
    await Promise.all(consoles.map((each) => each.until(() => each.rooms.get(room)?.attention.length === 0)))
    for (const each of consoles) each.close()
  })

  it('are known within a second to an instance that was cut off from Redis', async () => {
    const client = new Redis(redis.url)
    await client.call('client', 'kill', 'type', 'pubsub')
    await expect.poll(async () => (await client.pubsub('NUMSUB', redisKeys.bus))[1], { timeout: 10_000 }).toBe(2)
    client.disconnect()
    const attention = rules({ join_burst: { on: true, people: 3, seconds: 3 } })
    await ask(0, 'PUT', { attention })
    await expect.poll(() => ask(1, 'GET'), { timeout: KNOWN_MS }).toMatchObject({ body: { attention } })
  })

  it('survive a restart', async () => {
    const before = await ask(0, 'GET')
    await servers[0]?.close()
    servers[0] = await serve(0)
    expect(await ask(0, 'GET')).toEqual(before)
  })

  it('hold while PostgreSQL is away, and can’t be changed, which is one line without the password', async () => {
    const before = await ask(1, 'GET')
    await postgres.kill()
    const refused = await ask(1, 'PUT', { attention: defaultAttention })
    expect(refused).toMatchObject({
      status: 503,
      body: { code: 'unavailable', message: expect.stringMatching(/^[^\n]*PostgreSQL at 127[^\n]*$/) },
    })
    expect(JSON.stringify(refused.body)).not.toContain('a-password-of-the-tests')
    expect(await ask(1, 'GET')).toEqual(before)
    await postgres.start()
    await expect.poll(async () => (await ask(1, 'PUT', { attention: defaultAttention })).status, { timeout: 10_000 }).toBe(200)
  })
})
