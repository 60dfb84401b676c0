import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { disposeRtc } from '#demo/rtc.ts'
import { startRedis, type RedisPeer } from '../harness/redis.ts'
import { startServerProcess } from '../harness/server-process.ts'
import { recordSocket, type SocketRecorder } from '../harness/socket-recorder.ts'
import { adminToken, freshRoom, startStack, type Stack } from '../harness/stack.ts'
import { peers } from '../peers.ts'

const serviceToken = 'a-service-token-of-the-tests'

describe.skipIf(peers.livekit === null || peers.redis === null)('broadcasts and who looks, over two instances', () => {
  let redis: RedisPeer
  let stack: Stack
  let urls: readonly [string, string]
  const cleanUps: (() => unknown)[] = []

  beforeAll(async () => {
    redis = await startRedis(peers.redis ?? '')
    stack = await startStack({ servers: 3 })
    const [here, there] = ['ana', 'bo'].map((name, index) =>
      stack.serve(index, { redisUrl: redis.url, serviceToken, admin: { token: adminToken, name } }),
    )
    urls = [(await here)?.url ?? '', (await there)?.url ?? '']
  })
  afterEach(async () => {
    for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp()
  })
  afterAll(async () => {
    await stack.stop()
    await redis.stop()
    await disposeRtc()
  })

  async function connect(url: string): Promise<SocketRecorder> {
    const socket = await recordSocket(url, adminToken)
    cleanUps.push(socket.close)
    return socket
  }
  async function broadcast(body: unknown, token: string | null = serviceToken): Promise<{ status: number; body: unknown }> {
    const response = await fetch(`${urls[0]}/broadcast`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token === null ? {} : { authorization: `Bearer ${token}` }) },
      body: JSON.stringify(body),
    })
    return { status: response.status, body: await response.json() }
  }

  it('S0.5 a broadcast reaches the subscribers of its room at every instance, and counts those of its own', async () => {
    const room = freshRoom('stage')
    const [near, far, other] = [await connect(urls[0]), await connect(urls[1]), await connect(urls[1])]
    for (const socket of [near, far]) await socket.ask('subscribe_room', { room })
    await other.ask('subscribe_room', { room: freshRoom('elsewhere') })
    const message = { room, event: 'raise_hand', payload: { who: 'cy', at: [1, null, '🦄'] } }
    expect(await broadcast(message)).toEqual({ status: 200, body: { delivered: 1 } })
    await far.until(() => far.payloads('broadcast').length > 0)
    await near.until(() => near.payloads('broadcast').length > 0)
    expect([near, far, other].map((socket) => socket.payloads('broadcast'))).toEqual([[message], [message], []])
    await near.ask('unsubscribe_room', { room })
    expect(await broadcast({ room, event: 'null', payload: null })).toEqual({ status: 200, body: { delivered: 0 } })
    await far.until(() => far.payloads('broadcast').length > 1)
    expect(far.payloads('broadcast')[1]).toEqual({ room, event: 'null', payload: null })
    expect(near.payloads('broadcast')).toHaveLength(1)
  })

  it('S0.5 who may not, what is too large and what is malformed reaches nobody', async () => {
    const room = freshRoom('stage')
    const near = await connect(urls[0])
    await near.ask('subscribe_room', { room })
    expect(await broadcast({ room, event: 'x', payload: 1 }, null)).toMatchObject({ status: 401, body: { code: 'unauthorized' } })
    expect(await broadcast({ room, event: 'x', payload: 'y'.repeat(65_535) })).toMatchObject({ status: 413, body: { code: 'invalid' } })
    expect(await broadcast({ room, event: 'x', payload: 'y'.repeat(200_000) })).toMatchObject({ status: 413, body: { code: 'invalid' } })
    expect(await broadcast({ room, event: 'x'.repeat(129), payload: 1 })).toMatchObject({ status: 400, body: { code: 'invalid' } })
    expect(await broadcast({ room, event: 'x' })).toMatchObject({ status: 400, body: { code: 'invalid' } })
    expect(await broadcast({ event: 'x', payload: 1 })).toMatchObject({ status: 400, body: { code: 'invalid' } })
    expect(await broadcast({ room, event: 'last', payload: 'y'.repeat(65_534) })).toEqual({ status: 200, body: { delivered: 1 } })
    await near.until(() => near.payloads('broadcast').length > 0)
    expect(near.payloads('broadcast')).toEqual([{ room, event: 'last', payload: 'y'.repeat(65_534) }])
  })

  it('X7 who looks at a room is told to its subscribers at every instance, until they go', async () => {
    const room = freshRoom('lobby')
    await stack.api.createRoom({ name: room, emptyTimeout: 600 })
    const [ana, bo] = [await connect(urls[0]), await connect(urls[1])]
    await bo.ask('subscribe_room', { room })
    expect(await ana.ask('looking', { room })).toEqual({ ok: true })
    const last = () => bo.payloads('room_viewers').at(-1)
    await expect.poll(last).toEqual({ room, operators: ['ana'] })
    await bo.ask('looking', { room })
    await expect.poll(last).toEqual({ room, operators: ['ana', 'bo'] })
    await expect.poll(() => ana.ask('subscribe_room', { room })).toMatchObject({ ok: true, room: { viewers: ['ana', 'bo'] } })
    const shown = async (): Promise<unknown> => {
      const response = await fetch(`${urls[1]}/api/rooms/${encodeURIComponent(room)}`, {
        headers: { authorization: `Bearer ${adminToken}` },
      })
      return response.json()
    }
    await expect.poll(shown).toMatchObject({ viewers: ['ana', 'bo'] })
    await bo.ask('looking', { room: null })
    await expect.poll(last).toEqual({ room, operators: ['ana'] })
    ana.close()
    await expect.poll(last).toEqual({ room, operators: [] })
    expect(await bo.ask('looking', { room: 7 })).toMatchObject({ ok: false, code: 'invalid' })
  })

  it('X7 an instance that starts is told who looks, and one that is killed loses its viewers', async () => {
    const room = freshRoom('lobby')
    const [ana, bo] = [await connect(urls[0]), await connect(urls[1])]
    await bo.ask('subscribe_room', { room })
    await bo.ask('looking', { room })
    const third = await startServerProcess(stack.settings(2, { redisUrl: redis.url }))
    cleanUps.push(third.kill)
    const late = await connect(third.url)
    await expect.poll(() => late.ask('subscribe_room', { room })).toMatchObject({ room: { viewers: ['bo'] } })
    await late.ask('looking', { room })
    const last = () => bo.payloads('room_viewers').at(-1)
    await expect.poll(last).toEqual({ room, operators: ['admin', 'bo'] })
    await third.kill()
    await ana.ask('looking', { room: freshRoom('elsewhere') })
    await expect.poll(last, { timeout: 5000 }).toEqual({ room, operators: ['bo'] })
    await expect.poll(() => ana.ask('subscribe_room', { room })).toMatchObject({ room: { viewers: ['bo'] } })
  })
})
