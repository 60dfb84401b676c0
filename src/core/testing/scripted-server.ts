import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { Server, type Socket } from 'socket.io'
import { vi } from 'vitest'
import type { SocketRequestName } from '#shared/contract/socket.ts'
import type { Failure } from '#shared/domain/failure.ts'

type Answer = (payload: unknown, socket: Socket) => unknown

/** For tests: a real socket.io server that answers what it is told to, and remembers what it was asked. */
export type ScriptedServer = {
  readonly url: string
  readonly port: number
  /** The requests so far, oldest first. */
  readonly asked: { name: string; payload: unknown }[]
  readonly handshakes: unknown[]
  readonly count: (name: SocketRequestName) => number
  /** Answers that request from now on; `undefined` as an answer means: none. */
  readonly answer: (name: SocketRequestName, answer: Answer) => void
  /** Refuses handshakes from now on, or never answers them; null takes them again. */
  readonly refuse: (failure: Failure | 'silently' | null) => void
  readonly push: (name: string, payload: unknown) => void
  /** Breaks every connection as a network would; clients come back. */
  readonly breakConnections: () => void
  /** Closes every connection as a server that revoked a token would. */
  readonly expel: () => void
  readonly close: () => Promise<void>
}

export type ScriptedOptions = {
  readonly port?: number
  readonly http?: (request: IncomingMessage, response: ServerResponse) => void
  /** What is pushed after each handshake; by default a welcome and the status `ok`. */
  readonly greet?: (socket: Socket) => void
}

/** A server that has no rooms, on a free port of the loopback interface unless another is named. */
export async function startScriptedServer(options: ScriptedOptions = {}): Promise<ScriptedServer> {
  const http = createServer(options.http)
  const io = new Server(http, { transports: ['websocket'] })
  const asked: ScriptedServer['asked'] = []
  const handshakes: unknown[] = []
  let refusal: Failure | 'silently' | null = null
  const answers = new Map<string, Answer>([
    ['subscribe_rooms', () => ({ ok: true, rooms: [] })],
    ['subscribe_feed', () => ({ ok: true, cursor: 'e-0' })],
    ['unsubscribe_room', () => ({ ok: true })],
    ['looking', () => ({ ok: true })],
  ])
  io.use((socket, next) => {
    handshakes.push(socket.handshake.auth)
    if (refusal === null) next()
    else if (refusal !== 'silently') next(Object.assign(new Error(refusal.message), { data: refusal }))
  })
  io.on('connection', (socket) => {
    socket.onAny((name: string, payload: unknown, acknowledge: (ack: unknown) => void) => {
      asked.push({ name, payload })
      const ack = answers.get(name)?.(payload, socket)
      if (ack !== undefined) acknowledge(ack)
    })
    if (options.greet !== undefined) return options.greet(socket)
    socket.emit('welcome', { operator: { name: 'mo', role: 'moderator' } })
    socket.emit('service_status', { state: 'ok', since: 1, why: null })
  })
  await new Promise<void>((resolve, reject) => {
    http.once('error', reject)
    http.listen(options.port ?? 0, '127.0.0.1', resolve)
  })
  const address = http.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    asked,
    handshakes,
    count: (name) => asked.filter((request) => request.name === name).length,
    answer: (name, answer) => void answers.set(name, answer),
    refuse: (failure) => void (refusal = failure),
    push: (name, payload) => void io.emit(name, payload),
    breakConnections: () => io.sockets.sockets.forEach((socket) => socket.conn.close(true)),
    expel: () => io.disconnectSockets(),
    async close() {
      await io.close()
    },
  }
}

/** Waits until the check passes; the pace of looking is vitest's, and a check that never passes fails with its own message. */
export function eventually(check: () => void, timeout = 3_000): Promise<void> {
  return vi.waitFor(check, { timeout, interval: 5 })
}
