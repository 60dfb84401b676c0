import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { JoinResponse, Pong, SignalRequest, SignalResponse } from '@livekit/protocol'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { WebSocketServer, type WebSocket } from 'ws'
import { openSignalSocket, type SocketEnd } from './signal-socket.ts'

type Message = SignalResponse['message']

let http: Server
let server: WebSocketServer
let requests: IncomingMessage[]
const sockets = new Set<Socket>()

beforeEach(async () => {
  requests = []
  http = createServer((_request, response) => response.writeHead(426).end())
  server = new WebSocketServer({ server: http })
  server.on('connection', (_socket, request) => requests.push(request))
  http.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
})
afterEach(async () => {
  vi.useRealTimers()
  for (const socket of sockets) socket.destroy()
  server.close()
  http.close()
  await once(http, 'close')
})

/** Only what the test moves: the network goes on as it does. */
function fakeClock(): void {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance'] })
}

/** Connects, and keeps what is told. */
function connect(path = '', handshakeMs = 5000) {
  const { port } = http.address() as AddressInfo
  const messages: Message[] = []
  const ends: SocketEnd[] = []
  const ended = Promise.withResolvers<SocketEnd>()
  let heard = Promise.withResolvers<void>()
  const socket = openSignalSocket({
    url: `ws://127.0.0.1:${port}${path}`,
    token: 'a-secret-token',
    handshakeMs,
    onMessage(message, local) {
      expect(local).toBe(true)
      messages.push(message)
      heard.resolve()
      heard = Promise.withResolvers<void>()
    },
    onEnd(end) {
      ends.push(end)
      ended.resolve(end)
    },
  })
  return { socket, messages, ends, ended: ended.promise, heard: () => heard.promise }
}

/** The next connection that the server has. */
async function accepted(): Promise<WebSocket> {
  const [socket] = (await once(server, 'connection')) as [WebSocket]
  return socket
}

function say(socket: WebSocket, message: Message): void {
  socket.send(new SignalResponse({ message }).toBinary())
}
const join = (pingInterval: number, pingTimeout: number): Message => ({
  case: 'join',
  value: new JoinResponse({ pingInterval, pingTimeout }),
})

async function nextRequest(socket: WebSocket): Promise<SignalRequest['message']> {
  const [data] = (await once(socket, 'message')) as [Buffer]
  return SignalRequest.fromBinary(data).message
}

describe('a signal connection', () => {
  it('has the token in a header and not in the address, under whatever path LiveKit has', async () => {
    const { socket } = connect('/livekit')
    await accepted()
    const [request] = requests
    expect(request?.headers.authorization).toBe('Bearer a-secret-token')
    expect(request?.url).toMatch(/^\/livekit\/rtc\?/)
    expect(request?.url).not.toContain('secret')
    socket.close()
  })

  it('leaves in order, and nothing is told after', async () => {
    const { socket, messages, ends } = connect()
    const remote = await accepted()
    say(remote, join(5, 15))
    await expect.poll(() => messages.length).toBe(1)
    const requested = nextRequest(remote)
    const closed = once(remote, 'close')
    socket.close()
    say(remote, { case: 'pong', value: 1n })
    expect((await requested).case).toBe('leave')
    expect((await closed)[0]).toBe(1000)
    expect([messages.length, ends]).toEqual([1, []])
  })

  it('can be left before it stands', async () => {
    const { socket, ends } = connect()
    socket.close()
    const second = connect()
    await accepted()
    second.socket.close()
    expect([ends, second.ends]).toEqual([[], []])
  })

  it('goes on with messages that it does not know', async () => {
    const { socket, messages, ends, heard } = connect()
    const remote = await accepted()
    // Field 500, as a newer server may have.
    remote.send(Buffer.from([0xa2, 0x1f, 0x01, 0x00]))
    await heard()
    expect([messages[0]?.case, ends]).toEqual([undefined, []])
    socket.close()
  })
})

describe('X2 a signal connection that ends by itself', () => {
  it.each([401, 403, 404, 429, 500, 503])('says that LiveKit answered %i, and nothing more', async (status) => {
    http.removeAllListeners('upgrade')
    http.on('upgrade', (_request, socket) => socket.end(`HTTP/1.1 ${status} No\r\ncontent-length: 2\r\nconnection: close\r\n\r\nno`))
    const { ended, ends } = connect()
    expect(await ended).toEqual({ kind: 'refused', status, why: `LiveKit answers ${status}` })
    expect(ends).toHaveLength(1)
  })

  it('where nobody listens', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as AddressInfo
    other.close()
    await once(other, 'close')
    const { promise, resolve } = Promise.withResolvers<SocketEnd>()
    openSignalSocket({ url: `ws://127.0.0.1:${port}`, token: 'a-secret-token', onMessage: () => undefined, onEnd: resolve })
    const end = await promise
    expect(end.kind).toBe('unreachable')
    expect(end.why).toContain('ECONNREFUSED')
    expect(end.why).not.toContain('secret')
  })

  it('where what listens never answers', async () => {
    http.removeAllListeners('upgrade')
    http.on('upgrade', () => undefined)
    const { ended, ends } = connect('', 50)
    expect(await ended).toEqual({ kind: 'unreachable', why: 'Opening handshake has timed out' })
    expect(ends).toHaveLength(1)
  })

  it('closed without a word', async () => {
    const { ended, ends } = connect()
    const remote = await accepted()
    remote.close()
    expect((await ended).kind).toBe('closed')
    expect(ends).toHaveLength(1)
  })

  it('reset', async () => {
    const { ended, ends } = connect()
    await accepted()
    for (const socket of sockets) socket.resetAndDestroy()
    expect(['unreachable', 'closed']).toContain((await ended).kind)
    expect(ends).toHaveLength(1)
  })

  it('with bytes that are no message of the protocol', async () => {
    const { ended, ends, messages } = connect()
    const remote = await accepted()
    remote.send(Buffer.from([0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f, 0x01]))
    expect((await ended).kind).toBe('unreadable')
    expect([ends.length, messages.length]).toEqual([1, 0])
  })

  it('with a message that is larger than any list of people', async () => {
    const { ended, ends, messages } = connect()
    const remote = await accepted()
    remote.on('error', () => undefined)
    remote.send(Buffer.alloc(17 * 1024 * 1024))
    expect((await ended).kind).toBe('unreachable')
    expect([ends.length, messages.length]).toEqual([1, 0])
  })
})

describe('X2 a server that goes silent', () => {
  it('is asked as often as it said, and given up when it has not answered for as long as it said', async () => {
    fakeClock()
    const { messages, ends, ended } = connect()
    const remote = await accepted()
    say(remote, join(2, 7))
    await vi.waitUntil(() => messages.length === 1)
    const requested = nextRequest(remote)
    vi.advanceTimersByTime(2000)
    const ping = await requested
    expect(ping).toMatchObject({ case: 'pingReq' })
    say(remote, { case: 'pongResp', value: new Pong() })
    await vi.waitUntil(() => messages.length === 2)
    vi.advanceTimersByTime(7000)
    expect(ends).toEqual([])
    vi.advanceTimersByTime(2000)
    expect(await ended).toEqual({ kind: 'silent', why: 'LiveKit has not answered for 7 s' })
    expect(vi.getTimerCount()).toBe(0)
    await once(remote, 'close')
  })

  it('also where it opens the connection and never says a word', async () => {
    fakeClock()
    const { ended } = connect()
    const remote = await accepted()
    await vi.waitUntil(() => vi.getTimerCount() > 0)
    vi.advanceTimersByTime(20_000)
    expect((await ended).kind).toBe('silent')
    await once(remote, 'close')
  })

  it.each([
    [0, 0],
    [-5, -1],
    [2 ** 31 - 1, 2 ** 31 - 1],
  ])('with times that make no sense (%i s, %i s) it is not flooded with pings', async (pingInterval, pingTimeout) => {
    fakeClock()
    const { messages, socket } = connect()
    const remote = await accepted()
    let pings = 0
    remote.on('message', (data: Buffer) => {
      if (SignalRequest.fromBinary(data).message.case !== 'pingReq') return
      pings += 1
      say(remote, { case: 'pongResp', value: new Pong() })
    })
    say(remote, join(pingInterval, pingTimeout))
    await vi.waitUntil(() => messages.length === 1)
    for (let minute = 1; minute <= 2; minute += 1) {
      for (let step = 0; step < 12; step += 1) {
        vi.advanceTimersByTime(5000)
        await new Promise((resolve) => setImmediate(resolve))
      }
    }
    await vi.waitUntil(() => pings >= 2)
    expect(pings).toBeLessThanOrEqual(24)
    socket.close()
  })
})
