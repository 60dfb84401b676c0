import { io, type Socket } from 'socket.io-client'
import { z } from 'zod'
import {
  PROTOCOL,
  socketFailureSchema,
  socketPushes,
  socketRequests,
  type SocketAck,
  type SocketPayload,
  type SocketPush,
  type SocketPushName,
  type SocketRequestName,
} from '#shared/contract/socket.ts'
import { fail, succeed, type ErrorCode, type Result } from '#shared/domain/failure.ts'
import { Emitter, type Unsubscribe } from '#shared/lib/emitter.ts'
import type { Log } from '../ports.ts'
import { createRetry, FIRST_DELAY_MS, JITTER, LONGEST_DELAY_MS } from './retry.ts'

/** How long an answer may take, for everything but actions. */
export const REQUEST_TIMEOUT_MS = 5_000

/** Where a sync server is, and the token that this operator has there. */
export type Endpoint = { readonly url: string; readonly token: string }

/** What arrived from the server, checked against the contract. */
export type LinkPush = { [N in SocketPushName]: { readonly name: N; readonly payload: SocketPush<N> } }[SocketPushName]

export type LinkEvent =
  | { readonly type: 'connected' }
  /** Not connected, and being tried. */
  | { readonly type: 'down'; readonly why: string }
  /** The server doesn't want this client; it isn't tried again. */
  | { readonly type: 'refused'; readonly code: ErrorCode; readonly why: string }
  | { readonly type: 'pushed'; readonly push: LinkPush }
  /** Something came that the contract doesn't know; it was dropped. */
  | { readonly type: 'malformed'; readonly name: SocketPushName }

/** The link to one sync server at a time. */
export type Link = {
  /** Connects to that server; when it's the one being tried already, it's tried at once. */
  readonly open: (endpoint: Endpoint) => void
  readonly close: () => void
  readonly isConnected: () => boolean
  /** Sends nothing while there's no connection. `timeout_unknown`: it was sent and nobody knows what became of it. */
  readonly request: <N extends SocketRequestName>(name: N, payload: SocketPayload<N>, timeoutMs?: number) => Promise<Result<SocketAck<N>>>
  readonly subscribe: (listener: (event: LinkEvent) => void) => Unsubscribe
}

const finalCodes: ReadonlySet<ErrorCode> = new Set(['unauthorized', 'forbidden', 'invalid', 'unsupported'])

/** A link that isn't open yet. */
export function createLink(log: Log): Link {
  const events = new Emitter<LinkEvent>()
  const toldKinds = new Set<string>()
  let current: { endpoint: Endpoint; socket: Socket; release: () => void } | null = null

  function logOnce(kind: string): void {
    if (toldKinds.has(kind)) return
    toldKinds.add(kind)
    log('warn', `the sync server sent a ${kind} that is not of the contract's form: dropped; more of this kind are not logged`)
  }

  function open(endpoint: Endpoint): void {
    if (current?.endpoint.url === endpoint.url && current.endpoint.token === endpoint.token) {
      if (!current.socket.connected) current.socket.disconnect().connect()
      return
    }
    close()
    const connection = connectTo(endpoint)
    current = { endpoint, ...connection }
    connection.socket.connect()
  }

  function connectTo(endpoint: Endpoint): { socket: Socket; release: () => void } {
    const address = describeAddress(endpoint.url)
    const socket = io(address, {
      transports: ['websocket'],
      auth: { token: endpoint.token, protocol: PROTOCOL },
      autoConnect: false,
      forceNew: true,
      reconnectionDelay: FIRST_DELAY_MS,
      reconnectionDelayMax: LONGEST_DELAY_MS,
      randomizationFactor: JITTER,
      timeout: REQUEST_TIMEOUT_MS,
    })
    // The library tries again by itself after a broken connection, but not after the server has closed or refused one.
    const retry = createRetry(() => socket.connect())
    // Nor does it limit how long a server may think about a handshake.
    let patience: NodeJS.Timeout | undefined
    const stopWaiting = () => clearTimeout(patience)
    // What the server said last, before it closed the connection.
    let goodbye: string | null = null
    function waitForHandshake(): void {
      stopWaiting()
      patience = setTimeout(() => {
        events.emit({ type: 'down', why: `the sync server at ${address} does not answer; trying again` })
        socket.disconnect().connect()
      }, REQUEST_TIMEOUT_MS)
    }
    socket.io.on('open', waitForHandshake)

    socket.on('connect', () => {
      stopWaiting()
      retry.connected()
      goodbye = null
      events.emit({ type: 'connected' })
    })
    socket.on('disconnect', (reason) => {
      stopWaiting()
      if (reason === 'io client disconnect') return
      if (!socket.active) retry.schedule()
      const why = goodbye === null ? `lost the sync server at ${address}` : `the sync server at ${address} says: ${goodbye}`
      events.emit({ type: 'down', why: `${why}; trying again` })
    })
    socket.on('connect_error', (error) => {
      stopWaiting()
      const refusal = readRefusal(error)
      if (refusal !== null && finalCodes.has(refusal.code)) {
        events.emit({ type: 'refused', code: refusal.code, why: refusal.message })
        return
      }
      if (!socket.active) retry.schedule()
      const why = refusal === null ? `can't reach the sync server at ${address}` : `the sync server at ${address} says: ${refusal.message}`
      events.emit({ type: 'down', why: `${why}; trying again` })
    })
    for (const name of pushNames) socket.on(name, (raw: unknown) => receive(name, raw))
    socket.on('closing', (raw: unknown) => {
      const told = socketPushes.closing.safeParse(raw)
      if (told.success) goodbye = told.data.message
    })

    function release(): void {
      retry.stop()
      stopWaiting()
      socket.io.off('open', waitForHandshake)
      socket.off()
      socket.disconnect()
    }
    return { socket, release }
  }

  function receive<N extends SocketPushName>(name: N, raw: unknown): void {
    const parsed = socketPushes[name].safeParse(raw)
    if (!parsed.success) {
      logOnce(name)
      events.emit({ type: 'malformed', name })
      return
    }
    // The payload was parsed by the schema of this very name.
    events.emit({ type: 'pushed', push: { name, payload: parsed.data } as LinkPush })
  }

  async function request<N extends SocketRequestName>(
    name: N,
    payload: SocketPayload<N>,
    timeoutMs = REQUEST_TIMEOUT_MS,
  ): Promise<Result<SocketAck<N>>> {
    const socket = current?.socket
    if (!socket?.connected) return fail('unavailable', 'not connected to the sync server: nothing was sent')
    const answer = await new Promise<{ error: Error | null; ack: unknown }>((resolve) => {
      socket.timeout(timeoutMs).emit(name, payload, (error: Error | null, ack: unknown) => resolve({ error, ack }))
    })
    if (answer.error !== null) {
      const seconds = timeoutMs / 1000
      const what = socket.connected
        ? `the sync server did not answer within ${seconds} s`
        : 'the connection to the sync server broke before the answer'
      return fail('unavailable', `${what}: what became of the request is not known`, 'timeout_unknown')
    }
    const refusal = socketFailureSchema.safeParse(answer.ack)
    if (refusal.success) return refusal.data
    const parsed = socketRequests[name].ack.safeParse(answer.ack)
    if (!parsed.success) {
      logOnce(`answer to ${name}`)
      return fail(
        'internal',
        `the sync server answered in a form that this console doesn't know: what became of the request is not known`,
        'timeout_unknown',
      )
    }
    // The answer was parsed by the schema of this very name.
    return succeed(parsed.data as SocketAck<N>)
  }

  function close(): void {
    current?.release()
    current = null
  }

  return {
    open,
    close,
    request,
    isConnected: () => current?.socket.connected === true,
    subscribe: (listener) => events.subscribe(listener),
  }
}

// Object.keys of the contract's own map: its names and no others.
const pushNames = Object.keys(socketPushes) as SocketPushName[]

/** The address without a path, which socket.io would take for a namespace, and without a password. */
export function describeAddress(url: string): string {
  return new URL(url).origin
}

function readRefusal(error: Error): { code: ErrorCode; message: string } | null {
  const parsed = z.object({ data: socketFailureSchema }).safeParse(error)
  return parsed.success ? parsed.data.data : null
}
