import { createServer, type Server as HttpServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Server, type Socket as ServerSocket } from 'socket.io'
import { io, type Socket } from 'socket.io-client'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { watchSocket, type SocketConnection } from './socket-connection.ts'

describe('a socket connection', () => {
  let http: HttpServer
  let server: Server
  let client: Socket
  let socket: ServerSocket
  let connection: SocketConnection
  let slow: number
  let closing: unknown[]

  beforeEach(async () => {
    slow = 0
    closing = []
    http = createServer()
    server = new Server(http, { transports: ['websocket'] })
    const connected = new Promise<ServerSocket>((resolve) => server.once('connection', resolve))
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
    // A TCP server's address is this, once it listens.
    const { port } = http.address() as AddressInfo
    client = io(`http://127.0.0.1:${port}`, { transports: ['websocket'], reconnection: false, forceNew: true })
    client.on('closing', (reason: unknown) => closing.push(reason))
    socket = await connected
    connection = watchSocket(socket, () => (slow += 1))
  })
  afterEach(async () => {
    client.disconnect()
    await server.close()
  })

  it('says why before it closes, once', async () => {
    const gone = new Promise((resolve) => client.once('disconnect', resolve))
    connection.close({ code: 'unauthorized', message: 'revoked' })
    connection.close({ code: 'unavailable', message: 'another' })
    expect(await gone).toBe('io server disconnect')
    expect(closing).toEqual([{ code: 'unauthorized', message: 'revoked' }])
    expect(connection.isClosing()).toBe(true)
    expect(await connection.ready()).toBe(false)
    await connection.gone
  })

  it('lets a burst and a large message through to a client that reads', async () => {
    let got = 0
    client.on('news', () => (got += 1))
    socket.emit('news', 'x'.repeat(6_000_000))
    for (let count = 0; count < 5000; count += 1) socket.emit('news', 'y'.repeat(200))
    await expect.poll(() => got, { timeout: 10_000 }).toBe(5001)
    expect(await connection.ready()).toBe(true)
    expect(slow).toBe(0)
    expect(closing).toEqual([])
  })

  it('cuts a client that does not read, and breaks the connection off when it does not even take that', async () => {
    tcpOf(client).pause()
    const text = 'x'.repeat(100_000)
    let sent = 0
    while (slow === 0 && sent < 1000) {
      socket.emit('news', text)
      sent += 1
      if (sent % 10 === 0) await new Promise((resolve) => setImmediate(resolve))
    }
    expect(slow).toBe(1)
    expect(connection.isClosing()).toBe(true)
    const started = performance.now()
    await connection.gone
    expect(performance.now() - started).toBeLessThan(3000)
    expect(slow).toBe(1)
  })

  it('a client that stays behind by little for longer than a moment is cut too, and one that is back by then is not', async () => {
    tcpOf(client).pause()
    const fill = async () => {
      // The system's buffers first; after that a little more than may wait.
      while (connection.ready() === true) {
        socket.emit('news', 'x'.repeat(50_000))
        await new Promise((resolve) => setImmediate(resolve))
      }
      for (let count = 0; count < 30; count += 1) socket.emit('news', 'x'.repeat(50_000))
    }
    await fill()
    expect(slow).toBe(0)
    tcpOf(client).resume()
    expect(await connection.ready()).toBe(true)
    tcpOf(client).pause()
    await fill()
    expect(slow).toBe(0)
    await expect.poll(() => slow, { timeout: 3000 }).toBe(1)
    tcpOf(client).resume()
    await expect.poll(() => closing).toMatchObject([{ code: 'rate_limited' }])
  })
})

/** The TCP connection under a client's WebSocket, which has no public name. */
function tcpOf(client: Socket): { pause: () => void; resume: () => void } {
  const shape = z.object({ ws: z.object({ _socket: z.custom<{ pause: () => void; resume: () => void }>() }) })
  return shape.parse(client.io.engine.transport).ws._socket
}
