import { connect } from 'node:net'
import { io, type Socket } from 'socket.io-client'
import { AccessToken } from 'livekit-server-sdk'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { z } from 'zod'
import { PROTOCOL } from '#shared/contract/socket.ts'
import type { SyncServer } from '#server/server.ts'
import { adminToken, startStack, type Stack } from '../harness/stack.ts'
import { send } from '../harness/webhooks.ts'
import { peers } from '../peers.ts'

/** So long a request's head may take, ms, and how much later that may be noticed. */
const HEAD_MS = 10_000
const NOTICED_MS = 5000

describe.skipIf(peers.livekit === null)('somebody hostile', () => {
  let stack: Stack
  let server: SyncServer
  const sockets: Socket[] = []
  const wires: WebSocket[] = []
  beforeAll(async () => {
    stack = await startStack({ webhooksTo: [] })
  })
  beforeEach(async () => {
    // Each with a limit on failed logins of its own.
    server = await stack.serve(0)
  })
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.disconnect()
    for (const wire of wires.splice(0)) wire.terminate()
    await server.close()
  })
  afterAll(() => stack.stop())

  /** Sends bytes, and resolves to what came when the server has closed the connection, and how long that took, ms. */
  function sendBytes(bytes: string): Promise<{ readonly text: string; readonly ms: number }> {
    const { hostname, port } = new URL(server.url)
    const began = performance.now()
    return new Promise((resolve) => {
      let text = ''
      const socket = connect(Number(port), hostname, () => socket.write(bytes))
      socket.on('data', (chunk) => (text += chunk.toString('latin1')))
      socket.on('error', () => undefined)
      socket.on('close', () => resolve({ text, ms: performance.now() - began }))
    })
  }
  const statusesOf = (text: string) => [...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => Number(status))

  /** A WebSocket of Engine.IO, below the client that everybody uses. */
  async function openWire(): Promise<{ readonly wire: WebSocket; readonly got: string[] }> {
    const wire = new WebSocket(`${server.url.replace('http', 'ws')}/socket.io/?EIO=4&transport=websocket`)
    wires.push(wire)
    const got: string[] = []
    wire.on('message', (data: Buffer) => got.push(data.toString()))
    wire.on('error', () => undefined)
    await new Promise((resolve) => wire.once('open', resolve))
    return { wire, got }
  }
  const handshake = (token: string) => `40${JSON.stringify({ token, protocol: PROTOCOL })}`
  const codeOf = (packet: string) => /"code":"(\w+)"/.exec(packet)?.[1]

  async function connectSocket(token: string): Promise<{ readonly socket: Socket; readonly closings: unknown[] }> {
    const socket = io(server.url, { transports: ['websocket'], reconnection: false, forceNew: true, auth: { token, protocol: PROTOCOL } })
    sockets.push(socket)
    const closings: unknown[] = []
    socket.on('closing', (closing) => closings.push(closing))
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve)
      socket.once('connect_error', reject)
    })
    return { socket, closings }
  }

  it('guesses no more than ten tokens with many requests in one packet', async () => {
    const requests = [...Array.from({ length: 300 }, (_, index) => `guess-${index}`), adminToken].map(
      (token, index) =>
        `GET /api/rooms HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${token}\r\n${index === 300 ? 'connection: close\r\n' : ''}\r\n`,
    )
    const statuses = statusesOf((await sendBytes(requests.join(''))).text)
    expect(statuses).toEqual([...Array.from({ length: 10 }, () => 401), ...Array.from({ length: 291 }, () => 429)])
  })

  it('guesses no more than ten with many handshakes at once on one connection', async () => {
    const { wire, got } = await openWire()
    for (let count = 0; count < 300; count += 1) wire.send(handshake(`guess-${count}`))
    wire.send(handshake(adminToken))
    await expect.poll(() => got.filter((packet) => packet.startsWith('44')).length).toBe(301)
    const codes = got.map(codeOf)
    expect(codes.filter((code) => code === 'unauthorized').length).toBeLessThanOrEqual(10)
    expect(got.some((packet) => packet.startsWith('40'))).toBe(false)
  })

  it('is one client on one connection, however often they say who they are', async () => {
    const { wire, got } = await openWire()
    for (let count = 0; count < 50; count += 1) wire.send(handshake(adminToken))
    // Socket.IO itself cuts off who says it once more when it was taken.
    const isOver = () => wire.readyState === WebSocket.CLOSED || got.filter((packet) => codeOf(packet) === 'conflict').length === 49
    await expect.poll(isOver).toBe(true)
    expect(got.filter((packet) => packet.startsWith('40{"sid"'))).toHaveLength(1)
  })

  it('who was refused may try again on the same connection', async () => {
    const { wire, got } = await openWire()
    wire.send(handshake('nobody'))
    await expect.poll(() => got.map(codeOf)).toContain('unauthorized')
    wire.send(handshake(adminToken))
    await expect.poll(() => got.some((packet) => packet.startsWith('40{"sid"'))).toBe(true)
    wire.send('420["subscribe_rooms",{}]')
    await expect.poll(() => got).toContain('430[{"ok":true,"rooms":[]}]')
  })

  it.each([
    ['an event before the handshake', ['42["subscribe_rooms",{}]']],
    ['bytes that nothing announced', [Buffer.from('x')]],
    ['a million attachments', ['451000000-["act",{"_placeholder":true,"num":0}]']],
    ['more than a megabyte', [`42["act","${'x'.repeat(1_100_000)}"]`]],
    ['an upgrade to another transport', ['2probe', '5']],
    ['no packet at all', ['nonsense']],
  ])('is cut off with %s', async (_what, frames) => {
    const { wire } = await openWire()
    for (const frame of frames) wire.send(frame)
    await expect.poll(() => wire.readyState).toBe(WebSocket.CLOSED)
    expect(await send(server.url, '/healthz', { method: 'GET' })).toMatchObject({ status: 200 })
  })

  it('finds no other transport, no other namespace, and no script', async () => {
    for (const path of ['/socket.io/?EIO=4&transport=polling', '/socket.io/?EIO=4&transport=webtransport', '/socket.io/socket.io.js'])
      expect([path, await send(server.url, path, { method: 'GET' })]).toEqual([path, expect.objectContaining({ status: 400 })])
    const { wire, got } = await openWire()
    wire.send(handshake(adminToken).replace('40', '40/admin,'))
    await expect.poll(() => got).toContain('44/admin,{"message":"Invalid namespace"}')
  })

  it('sends binary as a payload and gets an answer', async () => {
    const { socket } = await connectSocket(adminToken)
    for (const payload of [Buffer.from('x'), { room: Buffer.from('x') }, [Buffer.alloc(100_000)]])
      expect(await socket.timeout(5000).emitWithAck('subscribe_room', payload)).toMatchObject({ ok: false, code: 'invalid' })
  })

  it('with a script of another origin gets no leave to read an answer', async () => {
    for (const method of ['GET', 'OPTIONS']) {
      const headers = { origin: 'https://elsewhere.example', 'access-control-request-method': 'GET' }
      const answered = await send(server.url, '/healthz', { method, headers })
      const names = 'headers' in answered ? Object.keys(answered.headers) : ['none']
      expect(names.filter((name) => name === 'none' || name.startsWith('access-control'))).toEqual([])
    }
  })

  it('who follows ever more rooms is stopped', async () => {
    const { socket } = await connectSocket(adminToken)
    const ask = (room: string, event = 'subscribe_room') => socket.timeout(10_000).emitWithAck(event, { room }) as Promise<unknown>
    const answers = await Promise.all(Array.from({ length: 10_100 }, (_, index) => ask(`r${index}`)))
    const refused = answers.filter((answer) => !z.object({ ok: z.boolean() }).parse(answer).ok)
    expect(refused.length).toBeGreaterThan(90)
    expect(refused[0]).toMatchObject({ code: 'rate_limited' })
    expect(await ask('r0')).toMatchObject({ ok: true })
    await ask('r0', 'unsubscribe_room')
    expect(await ask('another')).toMatchObject({ ok: true })
  })

  it('an app’s user stays connected when the token expires, and can’t connect with it again', async () => {
    // Clocks may differ by 10 s, so this one is good for a second more.
    const made = new AccessToken(stack.livekit.apiKey, stack.livekit.apiSecret, { identity: 'ana', ttl: -9 })
    made.addGrant({ roomJoin: true, room: 'lobby' })
    const token = await made.toJwt()
    const { socket } = await connectSocket(token)
    const again = () =>
      connectSocket(token).then(
        (other) => other.socket.disconnect().connected,
        (error: unknown) => z.object({ data: z.object({ code: z.string() }) }).parse(error).data.code,
      )
    await expect.poll(again, { timeout: 5000, interval: 200 }).toBe('unauthorized')
    expect(await socket.timeout(5000).emitWithAck('join_queue', { username: 'ana' })).toMatchObject({ ok: true })
  })

  it('an app’s user who sends without end is cut off with a reason, and others are served', async () => {
    const token = (identity: string) => {
      const made = new AccessToken(stack.livekit.apiKey, stack.livekit.apiSecret, { identity })
      made.addGrant({ roomJoin: true, room: 'lobby' })
      return made.toJwt()
    }
    const [eve, ana] = [await connectSocket(await token('eve')), await connectSocket(await token('ana'))]
    for (let count = 0; count < 300; count += 1) eve.socket.emit('nonsense', { count })
    await expect.poll(() => eve.socket.connected).toBe(false)
    expect(eve.closings).toEqual([{ code: 'rate_limited', message: expect.stringContaining('eve sends too much') }])
    expect(await ana.socket.timeout(5000).emitWithAck('join_queue', { username: 'ana' })).toMatchObject({ ok: true })
  })

  it('who dribbles a request, or says nothing, is hung up on', { timeout: HEAD_MS + NOTICED_MS + 10_000 }, async () => {
    const [half, silent] = await Promise.all([sendBytes('GET /healthz HTTP/1.1\r\nhost: x\r\n'), sendBytes('')])
    expect(half.text).toContain('400 Bad Request')
    for (const { ms } of [half, silent]) expect(ms).toBeLessThan(HEAD_MS + NOTICED_MS)
  })
})
