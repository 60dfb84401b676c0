import { randomUUID } from 'node:crypto'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { io, type Socket } from 'socket.io-client'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { disposeRtc } from '#demo/rtc.ts'
import { eventsTicketSchema } from '#shared/contract/http-events.ts'
import { PROTOCOL, socketPushes } from '#shared/contract/socket.ts'
import { actionResultSchema } from '#shared/domain/action.ts'
import type { FeedEvent } from '#shared/domain/feed-event.ts'
import { openRedisLink } from '#server/redis/connection.ts'
import { openLiveRooms, type LiveRooms } from '#server/rooms/live-rooms.ts'
import { createRedisRoomStore } from '#server/rooms/redis-room-store.ts'
import { openStreamClient, type StreamClient } from '../harness/event-stream-client.ts'
import { startRedis, type RedisPeer } from '../harness/redis.ts'
import { adminToken, freshRoom, startStack, type Stack } from '../harness/stack.ts'
import { peers } from '../peers.ts'

const authorization = { authorization: `Bearer ${adminToken}` }

describe.skipIf(peers.livekit === null || peers.redis === null)('delivery: two sync servers on one Redis', () => {
  let redis: RedisPeer
  let stack: Stack
  let urls: readonly [string, string]
  /** Another instance, with which the tests tell as much as they like. */
  let teller: LiveRooms
  const cleanUps: (() => unknown)[] = []

  beforeAll(async () => {
    redis = await startRedis(peers.redis ?? '')
    stack = await startStack({ servers: 2 })
    const more = { redisUrl: redis.url, serviceToken: 'a-service-token-of-the-tests' }
    urls = [(await stack.serve(0, more)).url, (await stack.serve(1, more)).url]
    const link = openRedisLink(redis.url)
    teller = await openLiveRooms(createRedisRoomStore(link, () => undefined))
  })
  afterEach(async () => {
    for (const cleanUp of cleanUps.splice(0)) await cleanUp()
  })
  afterAll(async () => {
    await teller.close()
    await stack.stop()
    await redis.stop()
    await disposeRtc()
  })

  async function stream(url: string, query = '', headers: Readonly<Record<string, string>> = authorization): Promise<StreamClient> {
    const client = await openStreamClient(url, `/api/events${query}`, headers)
    cleanUps.push(client.close)
    if (client.status === 200) await expect.poll(() => client.messages.length, { timeout: 5000 }).toBeGreaterThan(0)
    return client
  }
  async function connect(url: string): Promise<Socket> {
    const socket = io(url, {
      transports: ['websocket'],
      auth: { token: adminToken, protocol: PROTOCOL },
      forceNew: true,
      reconnection: false,
    })
    cleanUps.push(() => socket.disconnect())
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve)
      socket.once('connect_error', reject)
    })
    return socket
  }
  function hear(socket: Socket): FeedEvent[] {
    const events: FeedEvent[] = []
    socket.on('room:event', (event: unknown) => events.push(socketPushes['room:event'].parse(event)))
    return events
  }
  const tell = (room: string, detail = '') =>
    teller.tell({
      type: 'egress_updated',
      timestamp: Date.now(),
      data: { id: randomUUID(), room: { name: room, sid: 'RM' }, cause: 'server', detail },
    })
  const post = (url: string, path: string, body?: object, headers: Readonly<Record<string, string>> = authorization) =>
    fetch(`${url}${path}`, {
      method: 'POST',
      headers: { ...headers, ...(body ? { 'content-type': 'application/json' } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
    })

  it('S4.8 S4.2 S4.3 a room created through LiveKit’s API is told as room_started, over SSE and Socket.IO, at both instances', async () => {
    const room = freshRoom('created')
    const streams = await Promise.all(urls.map((url) => stream(url)))
    const socket = await connect(urls[1])
    const heard = hear(socket)
    await socket.emitWithAck('subscribe_feed', {})
    await stack.api.createRoom({ name: room })
    const started = (events: readonly FeedEvent[]) => events.filter(({ type, data }) => type === 'room_started' && data.room?.name === room)
    for (const { events } of streams) await expect.poll(() => started(events).length).toBe(1)
    await expect.poll(() => started(heard)).toEqual(started(streams[0]?.events ?? []))
    expect(streams[0]?.messages.find(({ message }) => message.type === 'room_started')?.id).toBe(started(heard)[0]?.data.cursor)
    await stack.api.deleteRoom(room)
  })

  it('S4.2 a stream that dropped resumes at the other instance: nothing is lost or told twice', async () => {
    const room = freshRoom('resumes')
    const query = `?rooms=${encodeURIComponent(room)}`
    const first = await stream(urls[0], query)
    await stack.api.createRoom({ name: room })
    const bot = await stack.join(room, 'ana')
    await expect.poll(() => first.events.map(({ type }) => type)).toEqual(['room_started', 'participant_joined'])
    first.close()
    await bot.leave()
    await stack.api.deleteRoom(room)
    const second = await stream(urls[1], query, { ...authorization, 'last-event-id': first.lastEventId() })
    await expect.poll(() => second.events.map(({ type }) => type)).toEqual(['participant_left', 'room_finished'])
    expect(second.messages[0]).toEqual({ id: first.lastEventId(), message: { type: 'connected' } })
  })

  it('S4.4 filters by type and by room, also by a name with a comma', async () => {
    const [plain, comma] = [freshRoom('plain'), freshRoom('a, b')]
    const both = await stream(urls[0], `?rooms=${encodeURIComponent(plain)}&rooms=${encodeURIComponent(comma)}`)
    const one = await stream(
      urls[0],
      `?rooms=${encodeURIComponent(comma)}&rooms=${encodeURIComponent(comma)}&types=egress_updated,egress_ended`,
    )
    const none = await stream(urls[0], `?types=room_started`)
    await tell(freshRoom('another'))
    await tell(plain)
    await tell(comma)
    await expect.poll(() => both.events.map(({ data }) => data.room?.name)).toEqual([plain, comma])
    await expect.poll(() => one.events.map(({ data }) => data.room?.name)).toEqual([comma])
    expect(none.events).toEqual([])
    const wrong = await stream(urls[0], '?types=nonsense')
    expect([wrong.status, await wrong.body()]).toMatchObject([400, { ok: false, code: 'invalid' }])
  })

  it('S4.2 five streams for an operator, then 429; without a token 401, for a service 403', async () => {
    const open = await Promise.all(Array.from({ length: 5 }, () => stream(urls[0])))
    const sixth = await stream(urls[0])
    expect([sixth.status, await sixth.body()]).toMatchObject([429, { ok: false, code: 'rate_limited' }])
    expect((await stream(urls[1])).status).toBe(200)
    open[0]?.close()
    await expect.poll(async () => (await stream(urls[0])).status).toBe(200)
    expect((await stream(urls[0], '', {})).status).toBe(401)
    expect((await stream(urls[0], '', { authorization: 'Bearer a-service-token-of-the-tests' })).status).toBe(403)
  })

  it('S4.2 a ticket opens a stream without a header, serves its reconnects at any instance, and nothing else', async () => {
    const answer = await post(urls[0], '/api/events/ticket')
    expect(answer.headers.get('cache-control')).toBe('no-store')
    const { ticket, expiresAt } = eventsTicketSchema.parse(await answer.json())
    expect(expiresAt).toBeGreaterThan(Date.now() + 25_000)
    const room = freshRoom('ticket')
    const first = await stream(urls[0], `?ticket=${ticket}&rooms=${encodeURIComponent(room)}`, {})
    await tell(room)
    await expect.poll(() => first.events.length).toBe(1)
    first.close()
    await tell(room)
    const again = await stream(urls[1], `?ticket=${ticket}&rooms=${encodeURIComponent(room)}`, { 'last-event-id': first.lastEventId() })
    await expect.poll(() => again.events.length).toBe(1)
    expect((await stream(urls[0], '?ticket=nonsense', {})).status).toBe(401)
    expect((await stream(urls[0], `?ticket=${ticket}&ticket=${ticket}`, {})).status).toBe(401)
    expect((await fetch(`${urls[0]}/api/rooms?ticket=${ticket}`)).status).toBe(401)
    expect((await post(urls[0], '/api/events/ticket', undefined, {})).status).toBe(401)
  })

  it('S4.3 a socket resumes from its last cursor; one from another life is a conflict', async () => {
    const room = freshRoom('socket')
    const first = await connect(urls[0])
    const heard = hear(first)
    await first.emitWithAck('subscribe_feed', { rooms: [room] })
    await tell(room, '1')
    await expect.poll(() => heard.length).toBe(1)
    first.disconnect()
    for (const detail of ['2', '3']) await tell(room, detail)
    const second = await connect(urls[1])
    const more = hear(second)
    const cursor = heard[0]?.data.cursor
    expect(await second.emitWithAck('subscribe_feed', { rooms: [room], cursor })).toEqual({ ok: true, cursor })
    await tell(room, '4')
    await expect.poll(() => more.map(({ data }) => data.detail)).toEqual(['2', '3', '4'])
    expect(await second.emitWithAck('subscribe_feed', { cursor: 'another-1-0' })).toMatchObject({ ok: false, code: 'conflict' })
  })

  it('clients that stop reading are cut and cost no memory; others hear everything, and those that were cut resume', async () => {
    const room = freshRoom('flood')
    const query = `?rooms=${encodeURIComponent(room)}`
    const well = await connect(urls[0])
    const heard = hear(well)
    await well.emitWithAck('subscribe_feed', { rooms: [room] })
    const detail = 'x'.repeat(10_000)
    let told = 0
    const flood = async () => {
      await Promise.all(Array.from({ length: 100 }, () => tell(room, detail)))
      told += 100
      await expect.poll(() => heard.length, { timeout: 10_000, interval: 5 }).toBe(told)
      // What this client has heard is not the server's memory.
      for (const event of heard.slice(-100)) event.data.detail = ''
    }
    // What the instances remember of the feed is held before it is measured.
    while (told < 1500) await flood()
    const stuckSockets = await Promise.all([connect(urls[0]), connect(urls[0])])
    const stuckHeard = stuckSockets.map(hear)
    const { cursor: start } = z
      .object({ cursor: z.string() })
      .parse(await stuckSockets[0]?.emitWithAck('subscribe_feed', { rooms: [room] }))
    await stuckSockets[1]?.emitWithAck('subscribe_feed', { rooms: [room] })
    const stuckStream = await stream(urls[0], query)
    const cutBefore = await slowConsumers()
    const held = stuckSockets.map(tcpOf)
    for (const tcp of held) tcp.pause()
    stuckStream.pause()
    const [first, total, before] = [told, told + 5000, memory()]
    let most = 0
    while (told < total) {
      await flood()
      if (told % 1000 === 0) most = Math.max(most, memory() - before)
    }
    // Unread, three times 50 MB would wait; what the flood itself takes for a moment comes to 15 to 33 MB.
    expect(most).toBeLessThan(50_000_000)
    await expect.poll(slowConsumers).toEqual({ socket: cutBefore.socket + 2, sse: cutBefore.sse + 1 })
    for (const tcp of held) tcp.resume()
    stuckStream.resume()
    await expect.poll(() => stuckSockets.map(({ connected }) => connected), { timeout: 10_000 }).toEqual([false, false])
    await expect.poll(() => stuckStream.isOpen(), { timeout: 10_000 }).toBe(false)
    const ids = heard.slice(first).map(({ data }) => data.id)
    const resumed = await connect(urls[1])
    const rest = hear(resumed)
    const [stuck = []] = stuckHeard
    expect(stuck.length).toBeLessThan(ids.length)
    await resumed.emitWithAck('subscribe_feed', { rooms: [room], cursor: stuck.at(-1)?.data.cursor ?? start })
    await expect.poll(() => stuck.length + rest.length, { timeout: 20_000 }).toBe(ids.length)
    expect([...stuck, ...rest].map(({ data }) => data.id)).toEqual(ids)
    const restOfStream = await stream(urls[1], query, { ...authorization, 'last-event-id': stuckStream.lastEventId() })
    await expect.poll(() => stuckStream.events.length + restOfStream.events.length, { timeout: 20_000 }).toBe(ids.length)
    expect([...stuckStream.events, ...restOfStream.events].map(({ data }) => data.id)).toEqual(ids)
  }, 120_000)

  async function slowConsumers(): Promise<{ socket: number; sse: number }> {
    const text = await (await fetch(`${urls[0]}/metrics`, { headers: authorization })).text()
    const read = (transport: string) =>
      Number(new RegExp(`usher_slow_consumers_total\\{transport="${transport}"\\} (\\d+)`).exec(text)?.[1] ?? 0)
    return { socket: read('socket'), sse: read('sse') }
  }

  it('an action over HTTP is taken up or refused as over a socket', async () => {
    const room = freshRoom('act')
    const bot = await stack.join(room, 'ana')
    const muted = { actionId: randomUUID(), type: 'mute', room, identity: 'ana', sources: ['microphone'] }
    const shown = async (): Promise<unknown> =>
      (await fetch(`${urls[0]}/api/rooms/${encodeURIComponent(room)}`, { headers: authorization })).json()
    await expect.poll(shown).toMatchObject({ participants: [{ identity: 'ana' }] })
    const act = async (action: object, headers?: Readonly<Record<string, string>>) => {
      const answer = await post(urls[0], '/api/actions', action, headers)
      return [answer.status, actionResultSchema.safeParse(await answer.json()).data] as const
    }
    // She publishes nothing: taken up, and failed.
    expect(await act(muted)).toMatchObject([200, { ok: true, targets: [{ identity: 'ana', ok: false, detail: 'track_gone' }] }])
    const gone = new Promise((resolve) => bot.onDisconnected(resolve))
    const remove = { actionId: randomUUID(), type: 'remove', room, identity: 'ana', reason: 'spam' }
    expect(await act(remove)).toMatchObject([200, { ok: true, actionId: remove.actionId, targets: [{ ok: true }] }])
    expect(await gone).toBe('PARTICIPANT_REMOVED')
    await expect.poll(() => act({ ...remove, actionId: randomUUID() })).toMatchObject([404, { ok: false, detail: 'participant_gone' }])
    expect(await act({ ...remove, reason: '' })).toMatchObject([400, { ok: false, code: 'invalid', actionId: remove.actionId }])
    expect(await act({ actionId: 'a', type: 'shout' })).toMatchObject([400, { ok: false, code: 'invalid', actionId: 'a' }])
    expect(await act([])).toMatchObject([400, { ok: false, code: 'invalid', actionId: '' }])
    expect((await act(remove, { authorization: 'Bearer a-service-token-of-the-tests' }))[0]).toBe(403)
    expect((await act(remove, {}))[0]).toBe(401)
  })

  it('a server that goes down says so on both transports, within 2 s', async () => {
    const own = await stack.serve(0, { redisUrl: redis.url, port: 0 })
    const [client, socket] = [await stream(own.url), await connect(own.url)]
    const goodbye = new Promise<unknown>((resolve) => socket.once('closing', resolve))
    const gone = new Promise<unknown>((resolve) => socket.once('disconnect', resolve))
    const started = performance.now()
    await own.close()
    expect(performance.now() - started).toBeLessThan(2000)
    expect(await goodbye).toMatchObject({ code: 'unavailable' })
    expect(await gone).toBe('transport close')
    await expect.poll(() => client.isOpen()).toBe(false)
    expect(client.messages.at(-1)).toMatchObject({ id: null, message: { type: 'closing', code: 'unavailable' } })
  })

  it('while Redis is away streams stay; one that can not catch up is told to come back, and does', async () => {
    const room = freshRoom('away')
    const query = `?rooms=${encodeURIComponent(room)}`
    const first = await stream(urls[0], query)
    await tell(room)
    await expect.poll(() => first.events.length).toBe(1)
    // So that the instance that it comes back to remembers too little.
    const start = first.messages[0]?.id ?? ''
    const late = await stack.serve(0, { redisUrl: redis.url, port: 0 })
    redis.pause()
    try {
      const answer = await stream(late.url, query, { ...authorization, 'last-event-id': start })
      await expect
        .poll(() => answer.messages.at(-1), { timeout: 5000 })
        .toMatchObject({ id: null, message: { type: 'closing', code: 'unavailable' } })
      expect(first.isOpen()).toBe(true)
    } finally {
      redis.resume()
    }
    const back = await stream(late.url, query, { ...authorization, 'last-event-id': start })
    await expect.poll(() => back.events.length, { timeout: 5000 }).toBe(1)
    await expect.poll(async () => (await tell(room)).kind, { timeout: 5000 }).toBe('committed')
    await expect.poll(() => [first.events.length, back.events.length], { timeout: 5000 }).toEqual([2, 2])
    await late.close()
  })
})

/** What is held after a collection: objects, and what lies outside the heap. */
function memory(): number {
  setFlagsFromString('--expose-gc')
  // The function that the flag adds.
  const collect = runInNewContext('gc') as () => void
  collect()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

/** The TCP connection under a client's WebSocket, which has no public name. */
function tcpOf(socket: Socket): { pause: () => void; resume: () => void } {
  const shape = z.object({ ws: z.object({ _socket: z.custom<{ pause: () => void; resume: () => void }>() }) })
  return shape.parse(socket.io.engine.transport).ws._socket
}
