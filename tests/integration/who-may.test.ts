import { io } from 'socket.io-client'
import { AccessToken } from 'livekit-server-sdk'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { actionSchema } from '#shared/domain/action.ts'
import { eventsTicketSchema } from '#shared/contract/http-events.ts'
import { addedOperatorSchema, operatorRoleSchema } from '#shared/contract/http-operators.ts'
import { PROTOCOL, socketRequests } from '#shared/contract/socket.ts'
import { matchRequests } from '#shared/contract/socket-match.ts'
import { startRedis, type RedisPeer } from '../harness/redis.ts'
import { adminToken, startStack, type Stack } from '../harness/stack.ts'
import { send } from '../harness/webhooks.ts'
import { peers } from '../peers.ts'

const serviceToken = 'a-service-token-of-the-tests'

const looks = ['viewer', 'support', 'moderator', 'admin'] as const
const open = 'open'
/** "Who may" of the contract, spelled once more. Who is missing here is turned away; a route that is missing fails the test. */
const routes: Readonly<Record<string, readonly string[] | typeof open | 'livekit'>> = {
  'POST /api/livekit-webhook': 'livekit',
  'POST /api/webhooks/livekit': 'livekit',
  'POST /api/livekit/webhook': 'livekit',
  'GET /api/rooms': looks,
  'GET /api/rooms/{room}': looks,
  'GET /api/livekit/participants': [...looks, 'service'],
  'POST /api/observe': looks,
  'GET /api/sync-rooms': looks,
  'POST /api/sync-rooms': ['admin'],
  'GET /api/check-match': looks,
  'POST /broadcast': ['admin', 'service'],
  'GET /api/livekit/token': ['admin', 'service'],
  'POST /api/livekit/token': ['admin', 'service'],
  'GET /api/events': looks,
  'POST /api/events/ticket': looks,
  // Each action asks for more; see below.
  'POST /api/actions': looks,
  'GET /api/operators': ['admin'],
  'POST /api/operators': ['admin'],
  'DELETE /api/operators': ['admin'],
  'GET /api/settings': looks,
  'PUT /api/settings': ['admin'],
  'GET /api/usage': looks,
  'GET /healthz': open,
  'GET /readyz': open,
  'GET /metrics': ['admin', 'service'],
  'GET /openapi.json': open,
}

const actions: Readonly<Record<string, readonly string[]>> = {
  mute_track: ['support', 'moderator', 'admin'],
  mute: ['support', 'moderator', 'admin'],
  remove: ['moderator', 'admin'],
}

/** What each socket event is for: those who look, or an app's user. */
const events: Readonly<Record<string, 'operators' | 'users'>> = {
  subscribe_rooms: 'operators',
  unsubscribe_rooms: 'operators',
  subscribe_room: 'operators',
  unsubscribe_room: 'operators',
  subscribe_feed: 'operators',
  unsubscribe_feed: 'operators',
  act: 'operators',
  looking: 'operators',
  join_queue: 'users',
  leave_queue: 'users',
}

/** Who comes: with a header, or with this in the query, or with nothing. */
type Caller = { readonly name: string; readonly role: string | null; readonly token?: string; readonly ticket?: string }

describe.skipIf(peers.livekit === null || peers.redis === null)('who may do what', () => {
  let redis: RedisPeer
  let stack: Stack
  let url = ''
  let callers: readonly Caller[] = []
  let userToken = ''
  let askers = 0

  beforeAll(async () => {
    redis = await startRedis(peers.redis ?? '')
    stack = await startStack({ webhooksTo: [] })
    url = (await stack.serve(0, { redisUrl: redis.url, serviceToken, trustProxy: true })).url
    const made = await Promise.all(
      operatorRoleSchema.options.map(async (role) => ({ name: `a ${role}`, role, token: await add(`a ${role}`, role) })),
    )
    const revoked = await add('revoked', 'admin')
    const oldTicket = await ticketOf(revoked)
    await send(url, '/api/operators?name=revoked', { method: 'DELETE', headers: headersOf(adminToken) })
    const expired = await add('expired', 'admin', Date.now() + 300)
    await vi.waitUntil(async () => (await statusOf('GET /api/rooms', { name: '', role: null, token: expired })) === 401)
    userToken = await livekitToken('ana', {})
    callers = [
      { name: 'nobody', role: null },
      ...made,
      { name: 'the admin of the settings', role: 'admin', token: adminToken },
      { name: 'the service of the settings', role: 'service', token: serviceToken },
      { name: 'a revoked admin', role: null, token: revoked },
      { name: 'an expired admin', role: null, token: expired },
      { name: 'an unknown token', role: null, token: `usher_${'a'.repeat(43)}` },
      { name: 'an app’s user', role: null, token: userToken },
      {
        name: 'an app’s user with all of LiveKit’s grants',
        role: null,
        token: await livekitToken('root', { roomAdmin: true, roomList: true }),
      },
      { name: 'a ticket as a token', role: null, token: await ticketOf(adminToken) },
      { name: 'a revoked admin’s ticket', role: null, ticket: oldTicket },
      { name: 'a token as a ticket', role: null, ticket: adminToken },
    ]
  })
  afterAll(async () => {
    await stack.stop()
    await redis.stop()
  })

  function livekitToken(identity: string, grant: object): Promise<string> {
    const token = new AccessToken(stack.livekit.apiKey, stack.livekit.apiSecret, { identity })
    token.addGrant({ roomJoin: true, room: 'lobby', ...grant })
    return token.toJwt()
  }

  /** Each time from another address: the limit on failed logins is not what is looked at here. */
  function headersOf(token: string | undefined): Record<string, string> {
    askers += 1
    const from = { 'x-forwarded-for': `10.0.${askers >> 8}.${askers & 255}` }
    return token === undefined ? from : { ...from, authorization: `Bearer ${token}` }
  }

  async function add(name: string, role: string, expiresAt?: number): Promise<string> {
    const headers = { ...headersOf(adminToken), 'content-type': 'application/json' }
    const answered = await send(url, '/api/operators', { headers, body: JSON.stringify({ name, role, expiresAt }) })
    return addedOperatorSchema.parse(JSON.parse('body' in answered ? answered.body : '')).token
  }

  async function ticketOf(token: string): Promise<string> {
    const answered = await send(url, '/api/events/ticket', { headers: headersOf(token) })
    return eventsTicketSchema.parse(JSON.parse('body' in answered ? answered.body : '')).ticket
  }

  /** The status of a request that says nothing else, so whoever gets past the guard is told 400, or gets what needs no more. */
  function statusOf(route: string, { token, ticket }: Caller): Promise<number> {
    const [method = '', path = ''] = route.split(' ')
    const query = ticket === undefined ? '' : `?ticket=${ticket}`
    const headers = headersOf(token)
    return fetch(`${url}${path.replace('{room}', 'lobby')}${query}`, { method, headers, signal: AbortSignal.timeout(5000) }).then(
      async ({ status, body }) => {
        await body?.cancel()
        return status
      },
    )
  }

  it('is told for every route of the document', async () => {
    const document = z
      .object({ paths: z.record(z.string(), z.record(z.string(), z.unknown())) })
      .parse(await (await fetch(`${url}/openapi.json`)).json())
    const described = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    )
    expect(described.toSorted()).toEqual(Object.keys(routes).toSorted())
  })

  it.each(Object.entries(routes))('%s: %j', async (route, who) => {
    const got = await Promise.all(callers.map(async (caller) => [caller.name, await statusOf(route, caller)] as const))
    const passed = got.map(([name, status]) => `${name}: ${status === 401 || status === 403 ? status : 'passes'}`)
    expect(passed).toEqual(
      callers.map(({ name, role }) => {
        if (who === open) return `${name}: passes`
        if (who === 'livekit' || role === null) return `${name}: 401`
        return `${name}: ${who.includes(role) ? 'passes' : '403'}`
      }),
    )
  })

  it('a ticket opens the feed for who may look, and nothing else', async () => {
    const caller = { name: 'with a ticket', role: null, ticket: await ticketOf(adminToken) }
    const got = await Promise.all(Object.keys(routes).map(async (route) => [route, await statusOf(route, caller)] as const))
    const passed = got.filter(([route, status]) => routes[route] !== open && status !== 401)
    expect(passed).toEqual([['GET /api/events', 200]])
  })

  it.each(Object.entries(actions))('the action %s: %j, on both wires', async (type, who) => {
    const action = { type, room: 'nowhere', identity: 'ana', trackSid: 'TR_1', sources: ['microphone'], reason: 'x' }
    for (const { name, role, token } of callers) {
      if (token === undefined || role === null || !looks.some((each) => each === role)) continue
      const expected = who.includes(role) ? 'not_found' : 'forbidden'
      const body = JSON.stringify({ ...action, actionId: crypto.randomUUID() })
      const answered = await send(url, '/api/actions', { headers: { ...headersOf(token), 'content-type': 'application/json' }, body })
      expect([name, 'body' in answered ? JSON.parse(answered.body) : null]).toEqual([name, expect.objectContaining({ code: expected })])
      const [told] = await ask(token, [['act', { ...action, actionId: crypto.randomUUID() }]])
      expect([name, told]).toEqual([name, expect.objectContaining({ code: expected })])
    }
  })

  it('actions and socket events are all in these tables', () => {
    expect(actionSchema.options.map(({ shape }) => shape.type.value).toSorted()).toEqual(Object.keys(actions).toSorted())
    expect([...Object.keys(socketRequests), ...Object.keys(matchRequests)].toSorted()).toEqual(Object.keys(events).toSorted())
  })

  /** Connects, asks for all of it, and disconnects; a refused handshake rejects with what it was told. */
  async function ask(token: string | undefined, requests: readonly (readonly [string, unknown])[]): Promise<unknown[]> {
    const socket = io(url, {
      transports: ['websocket'],
      reconnection: false,
      forceNew: true,
      auth: { token, protocol: PROTOCOL },
      extraHeaders: headersOf(undefined),
    })
    try {
      await new Promise<void>((resolve, reject) => {
        socket.once('connect', resolve)
        socket.once('connect_error', reject)
      })
      return await Promise.all(requests.map(([name, payload]) => socket.timeout(5000).emitWithAck(name, payload) as Promise<unknown>))
    } finally {
      socket.disconnect()
    }
  }
  const payloads: readonly (readonly [string, unknown])[] = Object.keys(events).map((name) => [
    name,
    { room: 'lobby', username: 'ana', actionId: '', type: '' },
  ])

  it('a socket is for who may look, and takes their events and no user’s', async () => {
    const takes = (event: string) => (event === 'act' ? 'invalid' : events[event] === 'operators' ? 'ok' : 'forbidden')
    const got = await Promise.all(
      callers
        .filter(({ name }) => !name.startsWith('an app'))
        .map(async ({ name, role, token }) => {
          const answers = await ask(token, payloads).catch(refusalOf)
          return [name, role, Array.isArray(answers) ? answers.map(codeOf) : answers] as const
        }),
    )
    expect(got).toEqual(
      got.map(([name, role]) => {
        if (looks.some((each) => each === role)) return [name, role, Object.keys(events).map(takes)]
        const hasToken = callers.find((caller) => caller.name === name)?.token !== undefined
        return [name, role, role === null ? (hasToken ? 'unauthorized' : 'invalid') : 'forbidden']
      }),
    )
  })

  it('an app’s user may queue under their own name and do nothing else, whatever LiveKit lets them do', async () => {
    const own = await ask(userToken, payloads)
    expect(own.map(codeOf)).toEqual(Object.values(events).map((who) => (who === 'users' ? 'ok' : 'forbidden')))
    const other = await ask(await livekitToken('root', { roomAdmin: true, roomCreate: true, roomList: true }), payloads)
    expect(other.map(codeOf)).toEqual(Object.values(events).map(() => 'forbidden'))
  })
})

function codeOf(answer: unknown): string {
  const { ok, code } = z.object({ ok: z.boolean(), code: z.string().optional() }).parse(answer)
  return ok ? 'ok' : (code ?? '')
}

/** The code of a handshake that was refused. */
function refusalOf(error: unknown): string {
  return z.object({ data: z.object({ ok: z.literal(false), code: z.string() }) }).parse(error).data.code
}
