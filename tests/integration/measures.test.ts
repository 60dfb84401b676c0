import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { measuresSchema, measureVerdictSchema } from '#shared/contract/http-measures.ts'
import type { ServiceSettings } from '#shared/contract/http-settings.ts'
import { actionResultSchema } from '#shared/domain/action.ts'
import { mayPublish, type PublishSource } from '#shared/domain/participant.ts'
import { joinBot, type Bot } from '#demo/bot.ts'
import { disposeRtc } from '#demo/rtc.ts'
import { connectConsole, type ConsoleClient } from '../harness/console-client.ts'
import { startPostgres } from '../harness/postgres.ts'
import { startRedis } from '../harness/redis.ts'
import { adminToken, freshRoom, startStack, type Stack } from '../harness/stack.ts'
import { peers } from '../peers.ts'

const serviceToken = 'a-service-token-of-the-tests'

afterAll(disposeRtc)

async function ask(
  url: string,
  path: string,
  { method = 'GET', token = adminToken, body }: { method?: string; token?: string; body?: object } = {},
) {
  const headers = { authorization: `Bearer ${token}`, ...(body ? { 'content-type': 'application/json' } : {}) }
  const answer = await fetch(`${url}${path}`, { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) })
  const parsed: unknown = await answer.json()
  return { status: answer.status, body: parsed }
}

async function act(url: string, action: Record<string, unknown>): Promise<string> {
  const body = { actionId: randomUUID(), reason: 'the test says so', ...action }
  const result = actionResultSchema.parse((await ask(url, '/api/actions', { method: 'POST', body })).body)
  if (!result.ok) throw new Error(result.message)
  expect(result.targets.filter(({ ok }) => !ok)).toEqual([])
  return result.measureId ?? ''
}

const check = async (url: string, identity: string, room: string) =>
  measureVerdictSchema.parse(
    (await ask(url, `/api/measures/check?${new URLSearchParams({ identity, room }).toString()}`, { token: serviceToken })).body,
  )

const tokenOf = async (url: string, identity: string, room: string) => {
  const { status, body } = await ask(url, `/api/livekit/token?${new URLSearchParams({ username: identity, room }).toString()}`, {
    token: serviceToken,
  })
  return {
    status,
    body,
    token: typeof body === 'object' && body !== null && 'token' in body && typeof body.token === 'string' ? body.token : '',
  }
}

const setEnforcement = async (url: string, enforcement: ServiceSettings['enforcement']) =>
  expect((await ask(url, '/api/settings', { method: 'PUT', body: { enforcement } })).status).toBe(200)

describe.skipIf(peers.livekit === null)('measures on a real LiveKit', () => {
  let stack: Stack
  let url: string
  let client: ConsoleClient
  const bots: Bot[] = []

  beforeAll(async () => {
    stack = await startStack()
    url = (await stack.serve(0, { serviceToken, tokenLimitPerMinute: 1000 })).url
    client = await connectConsole(url)
  })
  afterAll(async () => {
    client.close()
    await Promise.all(bots.map((bot) => bot.leave()))
    await stack.stop()
  })
  afterEach(() => setEnforcement(url, 'on'))

  /** Joins with a token that was given before, as somebody does who has kept it. */
  async function joinWith(token: string, room: string, identity: string): Promise<Bot | null> {
    const bot = await joinBot({ ...stack.livekit, room, identity, token, publish: {} }).catch(() => null)
    if (bot) bots.push(bot)
    return bot
  }
  const present = async (room: string) => (await stack.api.listParticipants(room).catch(() => [])).map(({ identity }) => identity)
  const toldOf = (room: string, type: string) => client.feed.filter((event) => event.type === type && event.data.room?.name === room)
  const silenced = (sources: readonly PublishSource[]) =>
    [...client.participants.values()]
      .filter(({ isOnline, permissions }) => isOnline && sources.every((source) => !mayPublish(permissions, source)))
      .map(({ identity }) => identity)
      .toSorted()

  it('X1 a banned bot with its old token is out again each time, in this room only, until it is lifted', async () => {
    const [room, other] = [freshRoom('ban'), freshRoom('other')]
    await stack.join(room, 'keeper')
    const { token } = await tokenOf(url, 'bo', room)
    const elsewhere = await tokenOf(url, 'bo', other)
    await joinWith(token, room, 'bo')
    await client.until(() => client.rooms.get(room)?.online === 2)
    const measureId = await act(url, { type: 'ban', room, identity: 'bo', scope: 'room', until: Date.now() + 600_000 })
    await expect.poll(() => present(room)).toEqual(['keeper'])
    for (let round = 0; round < 20; round += 1) {
      const removed = () => toldOf(room, 'participant_removed').filter(({ data }) => data.cause === 'server')
      await joinWith(token, room, 'bo')
      await client.until(() => removed().length > round)
      expect(await present(room)).toEqual(['keeper'])
    }
    expect(toldOf(room, 'measure_enforced').map(({ data }) => [data.detail, data.measureId])).toEqual([['banned: removed', measureId]])
    await client.until(() => client.rooms.get(room)?.attention.some(({ rule }) => rule === 'banned_attempt') ?? false)
    await joinWith(elsewhere.token, other, 'bo')
    await client.until(() => client.rooms.get(other)?.online === 1)
    expect(await tokenOf(url, 'bo', room)).toMatchObject({ status: 403, body: { detail: 'banned' } })
    expect((await tokenOf(url, 'bo', other)).status).toBe(200)
    expect(await check(url, 'bo', room)).toMatchObject({ banned: true, deniedSources: [] })
    await act(url, { type: 'lift', measureId })
    await joinWith(token, room, 'bo')
    await client.until(() => client.rooms.get(room)?.online === 2)
    expect(await present(room)).toContain('bo')
    expect(await check(url, 'bo', room)).toEqual({ banned: false, deniedSources: [], until: null })
  }, 60_000)

  it('X1 a ban from all rooms holds in all of them until its time has passed', async () => {
    const rooms = [freshRoom('all'), freshRoom('all')]
    const tokens = await Promise.all(rooms.map((room) => tokenOf(url, 'cy', room)))
    for (const [index, room] of rooms.entries()) {
      await stack.join(room, 'keeper')
      await joinWith(tokens[index]?.token ?? '', room, 'cy')
      await client.until(() => client.rooms.get(room)?.online === 2)
    }
    const until = Date.now() + 4000
    await act(url, { type: 'ban', identity: 'cy', scope: 'all', until })
    for (const [index, room] of rooms.entries()) {
      await expect.poll(() => present(room)).toEqual(['keeper'])
      await joinWith(tokens[index]?.token ?? '', room, 'cy')
      await client.until(() => toldOf(room, 'measure_enforced').length === 1)
      await expect.poll(() => present(room)).toEqual(['keeper'])
    }
    await expect.poll(async () => (await check(url, 'cy', rooms[0] ?? '')).banned, { timeout: 10_000 }).toBe(false)
    expect(Date.now()).toBeGreaterThanOrEqual(until)
    await joinWith(tokens[0]?.token ?? '', rooms[0] ?? '', 'cy')
    await client.until(() => client.rooms.get(rooms[0] ?? '')?.online === 2)
  }, 40_000)

  it('X6 a denied microphone is unpublished, left out of tokens, denied again after a rejoin, and comes back when it is lifted', async () => {
    const room = freshRoom('deny')
    await client.open(room)
    const publishing = { microphone: true, camera: true }
    const first = await stack.join(room, 'di', publishing)
    await client.until(() => client.participants.get('di')?.tracks.length === 2)
    const measureId = await act(url, { type: 'deny_sources', room, identity: 'di', scope: 'room', sources: ['microphone'], until: null })
    await client.until(
      () =>
        client.participants
          .get('di')
          ?.tracks.map(({ source }) => source)
          .join() === 'camera',
    )
    expect(await check(url, 'di', room)).toEqual({ banned: false, deniedSources: ['microphone'], until: null })
    await first.leave()
    await client.until(() => client.participants.get('di')?.isOnline === false)
    await stack.join(room, 'di', { camera: true })
    await client.until(() => silenced(['microphone']).includes('di'))
    expect(client.participants.get('di')?.permissions.canPublishSources.toSorted()).toEqual([
      'camera',
      'screen_share',
      'screen_share_audio',
    ])
    await act(url, { type: 'lift', measureId })
    await client.until(() => client.participants.get('di')?.permissions.canPublishSources.length === 0)
    const info = await stack.api.getParticipant(room, 'di')
    expect([info.permission?.canPublish, info.permission?.canPublishSources]).toEqual([true, []])
  }, 40_000)

  it('X6 a lock leaves out who is exempt, holds for who comes later, and frees when it is lifted', async () => {
    const room = freshRoom('lock')
    await client.open(room)
    const names = Array.from({ length: 10 }, (_none, index) => `p${index}`)
    await Promise.all(names.map((name) => stack.join(room, name)))
    await client.until(() => client.rooms.get(room)?.online === 10)
    await act(url, { type: 'set_role', room, identity: 'p1', role: 'HOST' })
    const except = { identities: ['p0'], roles: ['HOST'] }
    const measureId = await act(url, { type: 'lock', room, sources: ['microphone', 'camera'], except, until: null })
    await client.until(() => silenced(['microphone', 'camera']).length === 8)
    await stack.join(room, 'later')
    await client.until(() => silenced(['microphone', 'camera']).includes('later'))
    expect(silenced(['microphone'])).toEqual([...names.slice(2), 'later'].toSorted())
    const { room: detail } = await client.ask('subscribe_room', { room })
    expect(detail.measures.map(({ id }) => id)).toContain(measureId)
    await act(url, { type: 'lift', measureId })
    await client.until(() => silenced(['microphone']).length === 0)
    const listed = measuresSchema.parse((await ask(url, `/api/measures?active=false&room=${encodeURIComponent(room)}`)).body)
    expect(listed.measures.find(({ id }) => id === measureId)).toMatchObject({ liftedBy: 'moderator on shift', revision: 2 })
  }, 40_000)

  it('a closed room is closed again for who opens it anew, and says so to who asks for a token', async () => {
    const room = freshRoom('close')
    await stack.join(room, 'ed')
    await client.until(() => client.rooms.get(room)?.online === 1)
    await act(url, { type: 'close_room', room, until: Date.now() + 600_000 })
    await client.until(() => !client.rooms.has(room))
    await stack.join(room, 'ed').catch(() => null)
    await client.until(() => toldOf(room, 'measure_enforced').length === 1)
    await expect.poll(async () => (await stack.api.listRooms([room])).length).toBe(0)
    expect(await tokenOf(url, 'ed', room)).toMatchObject({ status: 403, body: { message: expect.stringContaining('is closed until') } })
  }, 40_000)

  it('switched off nothing is done; in a dry run it is told; switched on again it is done at once', async () => {
    const room = freshRoom('switch')
    await stack.join(room, 'keeper')
    await setEnforcement(url, 'off')
    await act(url, { type: 'ban', room, identity: 'flo', scope: 'room', until: null })
    await stack.join(room, 'flo')
    await client.until(() => client.rooms.get(room)?.online === 2)
    expect((await tokenOf(url, 'flo', room)).status).toBe(200)
    await setEnforcement(url, 'dry-run')
    await client.until(() => toldOf(room, 'measure_enforced').length === 1)
    expect(toldOf(room, 'measure_enforced')[0]?.data.detail).toMatch(/^dry run: would have removed/)
    expect(await present(room)).toContain('flo')
    await setEnforcement(url, 'on')
    await expect.poll(() => present(room)).toEqual(['keeper'])
  }, 40_000)
})

describe.skipIf(peers.livekit === null)('measures where webhooks are lost', () => {
  it('X1 a banned bot is out within one sweep', async () => {
    const stack = await startStack({ webhooksTo: [] })
    try {
      const { url } = await stack.serve(0, { serviceToken, syncIntervalMs: 1000 })
      const room = freshRoom('lost')
      await stack.join(room, 'keeper')
      await act(url, { type: 'ban', room, identity: 'bo', scope: 'room', until: null })
      await stack.join(room, 'bo')
      const gone = async () => (await stack.api.listParticipants(room)).map(({ identity }) => identity)
      await expect.poll(gone, { timeout: 5000 }).toEqual(['keeper'])
    } finally {
      await stack.stop()
    }
  }, 40_000)
})

describe.skipIf(peers.livekit === null || peers.redis === null || peers.postgres === null)(
  'measures of two instances on one Redis and one PostgreSQL',
  () => {
    it('X1 what one imposes the other enforces, and its tokens obey; a third that starts knows it before it answers', async () => {
      const [redis, postgres] = [await startRedis(peers.redis ?? ''), await startPostgres(peers.postgres ?? '')]
      const stack = await startStack({ servers: 3, webhooksTo: [1] })
      try {
        const more = { serviceToken, redisUrl: redis.url, database: { kind: 'postgres', url: await postgres.createDatabase() } } as const
        const [one, two] = await Promise.all([stack.serve(0, more), stack.serve(1, more)])
        const room = freshRoom('two')
        await stack.join(room, 'keeper')
        const present = async () => (await stack.api.listParticipants(room)).map(({ identity }) => identity)
        const measureId = await act(one.url, { type: 'ban', room, identity: 'bo', scope: 'room', until: null })
        await expect.poll(async () => (await check(two.url, 'bo', room)).banned).toBe(true)
        for (let round = 0; round < 3; round += 1) {
          await stack.join(room, 'bo')
          await expect.poll(present).toEqual(['keeper'])
        }
        // Two minds at once: the second sees who was quicker.
        const edit = { type: 'edit_measure', measureId, revision: 1, until: Date.now() + 60_000 }
        await act(two.url, edit)
        await expect(act(one.url, edit)).rejects.toThrow('has changed it meanwhile')
        const three = await stack.serve(2, more)
        expect(await tokenOf(three.url, 'bo', room)).toMatchObject({ status: 403, body: { detail: 'banned' } })
        await act(three.url, { type: 'lift', measureId })
        await expect.poll(async () => (await check(two.url, 'bo', room)).banned).toBe(false)
        await stack.join(room, 'bo')
        await expect.poll(async () => (await present()).toSorted()).toEqual(['bo', 'keeper'])
      } finally {
        await stack.stop()
        await redis.stop()
        await postgres.stop()
      }
    }, 60_000)
  },
)
