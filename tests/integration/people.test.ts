import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { disposeRtc } from '#demo/rtc.ts'
import { peopleSchema, personSchema } from '#shared/contract/http-people.ts'
import { addedOperatorSchema } from '#shared/contract/http-operators.ts'
import type { SyncServer } from '#server/server.ts'
import { connectConsole, type ConsoleClient } from '../harness/console-client.ts'
import { startPostgres, type PostgresPeer } from '../harness/postgres.ts'
import { startRedis, type RedisPeer } from '../harness/redis.ts'
import { adminToken, freshRoom, startStack, type Stack } from '../harness/stack.ts'
import { send } from '../harness/webhooks.ts'
import { peers } from '../peers.ts'

const isMissing = peers.livekit === null || peers.redis === null || peers.postgres === null
describe.skipIf(isMissing)('people, at two instances on one Redis and one PostgreSQL', () => {
  let redis: RedisPeer
  let postgres: PostgresPeer
  let stack: Stack
  let serve: (index: number) => Promise<SyncServer>
  let servers: SyncServer[]
  let supportToken = ''
  const consoles: ConsoleClient[] = []
  beforeAll(async () => {
    redis = await startRedis(peers.redis ?? '')
    postgres = await startPostgres(peers.postgres ?? '')
    stack = await startStack({ servers: 2 })
    const database = { kind: 'postgres', url: await postgres.createDatabase() } as const
    serve = (index) => stack.serve(index, { redisUrl: redis.url, database })
    servers = await Promise.all([0, 1].map(serve))
    const added = await ask(0, 'POST', '/api/operators', { name: 'sue', role: 'support' })
    supportToken = addedOperatorSchema.parse(added.body).token
  })
  afterEach(() => {
    for (const client of consoles.splice(0)) client.close()
  })
  afterAll(async () => {
    await stack.stop()
    await redis.stop()
    await postgres.stop()
    await disposeRtc()
  })

  async function ask(index: number, method: string, path: string, body?: unknown, token = adminToken) {
    const headers = { authorization: `Bearer ${token}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) }
    const answered = await send(servers[index]?.url ?? '', path, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    if ('error' in answered) throw new Error(answered.error)
    const parsed: unknown = JSON.parse(answered.body)
    return { status: answered.status, body: parsed }
  }

  const invite = (index: number, room: string, people: readonly object[]) =>
    ask(index, 'POST', `/api/rooms/${encodeURIComponent(room)}/invites`, { people })

  async function look(index: number, room: string): Promise<ConsoleClient> {
    const client = await connectConsole(servers[index]?.url ?? '')
    consoles.push(client)
    await client.open(room)
    return client
  }

  const shows = (client: ConsoleClient, identity: string) => {
    const { status, role, isOnline } = client.participants.get(identity) ?? {}
    return `${status} ${role} ${isOnline}`
  }

  it('S2.2 somebody invited shows as INVITED before the room is live and in it, then as JOINED with the role, then as LEFT', async () => {
    const room = freshRoom('invited')
    const people = [{ identity: 'ana', name: 'Ana', role: 'SPEAKER', canSpeak: true }, { identity: 'guest' }]
    expect(await invite(0, room, people)).toEqual({ status: 200, body: { invited: 2 } })
    const both = [await look(0, room), await look(1, room)]
    for (const client of both)
      expect([shows(client, 'ana'), shows(client, 'guest')]).toEqual(['INVITED SPEAKER false', 'INVITED VIEWER false'])
    expect((await ask(0, 'GET', `/api/rooms/${encodeURIComponent(room)}`)).status).toBe(404)
    await stack.join(room, 'host')
    for (const client of both) {
      await client.until(
        () => client.participants.has('host') && shows(client, 'ana') === 'INVITED SPEAKER false' && client.rooms.get(room)?.total === 3,
      )
      expect(client.rooms.get(room)).toMatchObject({ online: 1, total: 3 })
    }
    const bot = await stack.join(room, 'ana')
    for (const client of both) await client.until(() => shows(client, 'ana') === 'JOINED SPEAKER true')
    await bot.leave()
    for (const client of both) await client.until(() => shows(client, 'ana') === 'LEFT SPEAKER false')
    for (const client of both) expect(client.gaps()).toBeLessThan(2)
  })

  it('D7 a role survives a rejoin, the end of the room and a restart of the server', async () => {
    const room = freshRoom('role')
    const client = await look(1, room)
    const bot = await stack.join(room, 'ana')
    await client.until(() => shows(client, 'ana') === 'JOINED VIEWER true')
    expect(await invite(0, room, [{ identity: 'ana', role: 'HOST' }])).toMatchObject({ status: 200 })
    await client.until(() => shows(client, 'ana') === 'JOINED HOST true')
    const told = client.feed.filter(({ type, data }) => type === 'role_changed' && data.room?.name === room)
    expect(told).toMatchObject([{ data: { participant: { identity: 'ana' }, detail: 'HOST', operator: 'moderator on shift' } }])
    await bot.leave()
    await client.until(() => shows(client, 'ana') === 'LEFT HOST false')
    await stack.join(room, 'ana')
    await client.until(() => shows(client, 'ana') === 'JOINED HOST true')
    await servers[0]?.close()
    servers[0] = await serve(0)
    expect(shows(await look(0, room), 'ana')).toBe('JOINED HOST true')
    await stack.api.deleteRoom(room)
    await client.until(() => !client.rooms.has(room))
    await stack.join(room, 'ana')
    await client.until(() => client.rooms.has(room) && shows(client, 'ana') === 'JOINED HOST true')
    expect(client.feed.filter(({ type, data }) => type === 'role_changed' && data.room?.name === room)).toHaveLength(1)
  })

  it('D5 somebody is found while they are there and after, with what was done and noted', async () => {
    const room = freshRoom('find')
    const client = await look(0, room)
    const bot = await stack.join(room, 'Zoë Ünal')
    await client.until(() => shows(client, 'Zoë Ünal') === 'JOINED VIEWER true')
    const find = async (index: number) =>
      peopleSchema.parse((await ask(index, 'GET', '/api/people?q=zoe+un', undefined, supportToken)).body).people
    const path = `/api/people/${encodeURIComponent('Zoë Ünal')}`
    const read = async () => personSchema.parse((await ask(1, 'GET', path, undefined, supportToken)).body)
    await expect.poll(() => find(1)).toMatchObject([{ identity: 'Zoë Ünal', rooms: [room] }])
    await bot.leave()
    await expect.poll(() => find(0)).toMatchObject([{ identity: 'Zoë Ünal', rooms: [], lastSeenAt: expect.any(Number) }])
    expect(await ask(0, 'POST', `${path}/notes`, { text: '  <b>was loud</b> ' }, supportToken)).toMatchObject({
      status: 200,
      body: { by: 'sue', text: '<b>was loud</b>' },
    })
    await expect
      .poll(() => read())
      .toMatchObject({
        identity: 'Zoë Ünal',
        rooms: [],
        records: [{ room, status: 'LEFT', role: 'VIEWER' }],
        sessions: [{ room, reconnects: 0 }],
        notes: [{ by: 'sue', text: '<b>was loud</b>' }],
        actions: [{ type: 'add_note', operator: 'sue', targets: [{ identity: 'Zoë Ünal' }], result: 'done' }],
      })
    expect((await ask(0, 'GET', '/api/people/nobody', undefined, supportToken)).status).toBe(404)
  })

  it('D5 an admin erases somebody, and the audit does not say whom', async () => {
    const path = '/api/people/erase-me'
    await ask(0, 'POST', `${path}/notes`, { text: 'lives in Example Street' })
    expect((await ask(0, 'DELETE', path, undefined, supportToken)).status).toBe(403)
    expect(await ask(0, 'DELETE', path)).toMatchObject({ status: 200, body: { erased: expect.any(Number) } })
    expect((await ask(1, 'GET', path)).status).toBe(404)
    const audit = await ask(1, 'GET', '/api/audit?limit=2')
    expect(audit.body).toMatchObject({
      entries: [
        { type: 'erase_person', targets: [], text: null },
        { type: 'add_note', text: null, targets: [{ identity: null }] },
      ],
    })
    expect(JSON.stringify(audit.body)).not.toMatch(/erase-me|Example Street/)
    expect((await ask(0, 'GET', '/api/audit/check')).body).toMatchObject({ ok: true })
  })

  it.each([
    ['an empty note', 'POST', '/api/people/ana/notes', { text: '  ' }],
    ['a note that is too long', 'POST', '/api/people/ana/notes', { text: 'x'.repeat(4001) }],
    ['nobody', 'POST', '/api/rooms/lobby/invites', { people: [] }],
    ['an empty role', 'POST', '/api/rooms/lobby/invites', { people: [{ identity: 'ana', role: ' ' }] }],
    ['a search that is too long', 'GET', `/api/people?q=${'x'.repeat(513)}`, undefined],
  ])('refuses %s', async (_name, method, path, body) => {
    expect(await ask(0, method, path, body)).toMatchObject({ status: 400, body: { code: 'invalid' } })
  })
})
