import { io } from 'socket.io-client'
import { AccessToken } from 'livekit-server-sdk'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { actionTypeSchema } from '#shared/domain/action.ts'
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
  'GET /api/audit': ['moderator', 'admin'],
  'GET /api/audit/check': ['admin'],
  'GET /api/measures': ['support', 'moderator', 'admin', 'service'],
  'GET /api/measures/check': ['support', 'moderator', 'admin', 'service'],
  'GET /api/people': ['support', 'moderator', 'admin'],
  'GET /api/people/{identity}': ['support', 'moderator', 'admin'],
  'POST /api/people/{identity}/notes': ['support', 'moderator', 'admin'],
  'DELETE /api/people/{identity}': ['admin'],
  'POST /api/rooms/{room}/invites': ['support', 'moderator', 'admin'],
  'GET /api/rooms/{room}/sessions': ['support', 'moderator', 'admin'],
  'GET /api/sessions/{sid}': ['support', 'moderator', 'admin'],
  'GET /api/insights': looks,
  'GET /api/settings': looks,
  'PUT /api/settings': ['admin'],
  'GET /api/usage': looks,
  'GET /healthz': open,
  'GET /readyz': open,
  'GET /metrics': ['admin', 'service'],
  'GET /openapi.json': open,
}

const fromSupport = ['support', 'moderator', 'admin']
const fromModerator = ['moderator', 'admin']
const onAna = { room: 'nowhere', identity: 'ana', reason: 'x' }
const aBan = { ...onAna, scope: 'room', until: 4_102_444_800_000 }
/** Who may ask for each action, what it says besides, and what it comes to where there is no such room or measure; `null`: it is done. */
const actions: Readonly<Record<string, readonly [who: readonly string[], payload: object, comesTo: 'not_found' | null]>> = {
  mute_track: [fromSupport, { ...onAna, trackSid: 'TR_1' }, 'not_found'],
  mute: [fromSupport, { ...onAna, sources: ['microphone'] }, 'not_found'],
  unmute: [fromModerator, { ...onAna, sources: ['microphone'] }, 'not_found'],
  mute_all: [fromModerator, { room: 'nowhere' }, 'not_found'],
  remove: [fromModerator, onAna, 'not_found'],
  set_permissions: [fromModerator, { ...onAna, permissions: { canSubscribe: false } }, 'not_found'],
  grant_sources: [fromModerator, { ...onAna, sources: ['camera'] }, 'not_found'],
  set_role: [fromModerator, { ...onAna, role: 'HOST' }, 'not_found'],
  set_metadata: [fromModerator, { room: 'nowhere', metadata: 'x' }, 'not_found'],
  send_message: [fromSupport, { room: 'nowhere', text: 'x' }, 'not_found'],
  close_room: [fromModerator, { room: 'nowhere', reason: 'x' }, 'not_found'],
  ban: [['admin'], aBan, null],
  deny_sources: [fromModerator, { ...aBan, sources: ['camera'] }, null],
  lock: [fromModerator, { room: 'nowhere', sources: ['camera'], until: null, reason: 'x' }, null],
  edit_measure: [fromSupport, { measureId: 'none', revision: 1, reason: 'x' }, 'not_found'],
  lift: [fromSupport, { measureId: 'none' }, 'not_found'],
}
/** What somebody may do for so long, ms, who may not do it for longer. */
const limits: readonly (readonly [type: string, role: string, ms: number])[] = [
  ['deny_sources', 'support', 3_600_000],
  ['ban', 'moderator', 30 * 86_400_000],
]

/** What each socket event is for: those who look, or an app's user. */
const events: Readonly<Record<string, 'operators' | 'users'>> = {
  subscribe_rooms: 'operators',
  unsubscribe_rooms: 'operators',
  subscribe_room: 'operators',
  unsubscribe_room: 'operators',
  subscribe_feed: 'operators',
  unsubscribe_feed: 'operators',
  act: 'operators',
  cancel_action: 'operators',
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
    return fetch(`${url}${path.replace('{room}', 'lobby').replace('{identity}', 'ana')}${query}`, {
      method,
      headers,
      signal: AbortSignal.timeout(5000),
    }).then(async ({ status, body }) => {
      await body?.cancel()
      return status
    })
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

  /** The codes that an action comes to on both wires; null where it is done. */
  async function act(token: string, action: object): Promise<unknown[]> {
    const body = JSON.stringify({ ...action, actionId: crypto.randomUUID() })
    const answered = await send(url, '/api/actions', { headers: { ...headersOf(token), 'content-type': 'application/json' }, body })
    const [told] = await ask(token, [['act', { ...action, actionId: crypto.randomUUID() }]])
    return ['body' in answered ? JSON.parse(answered.body) : null, told].map((result) => {
      const { ok, code } = z.object({ ok: z.boolean(), code: z.string().optional() }).parse(result)
      return ok ? null : code
    })
  }
  const lookers = () => callers.filter(({ role, token }) => token !== undefined && looks.some((each) => each === role))

  it.each(Object.entries(actions))('the action %s, on both wires', async (type, [who, payload, comesTo]) => {
    for (const { name, role, token = '' } of lookers()) {
      const expected = who.includes(role ?? '') ? comesTo : 'forbidden'
      expect([name, ...(await act(token, { type, ...payload }))]).toEqual([name, expected, expected])
    }
  })

  it.each(limits)('the action %s: as %s for %i ms at the most', async (type, limited, ms) => {
    const measure = { ...aBan, type, sources: ['camera'] }
    const { token = '' } = lookers().find(({ role }) => role === limited) ?? {}
    expect(await act(token, { ...measure, until: Date.now() + ms })).toEqual([null, null])
    for (const until of [Date.now() + ms + 120_000, null])
      expect(await act(token, { ...measure, until })).toEqual(['forbidden', 'forbidden'])
  })

  it('actions and socket events are all in these tables', () => {
    expect(actionTypeSchema.options.toSorted()).toEqual(Object.keys(actions).toSorted())
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
    // Of the action there is nothing but a type that is none, and there is none to cancel.
    const refused: Readonly<Record<string, string>> = { act: 'invalid', cancel_action: 'not_found' }
    const takes = (event: string) => refused[event] ?? (events[event] === 'operators' ? 'ok' : 'forbidden')
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
