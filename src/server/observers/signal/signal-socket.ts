import { LeaveRequest, Ping, SignalRequest, SignalResponse } from '@livekit/protocol'
import { WebSocket, type RawData } from 'ws'
import { describeError } from '#shared/lib/describe-error.ts'

/** The version of LiveKit's signal protocol that is spoken here; servers serve older ones too. From 13 on `leave` says what to do next, from 16 a participant can be moved. */
const PROTOCOL = 16
/** How long a server may take to let a connection in, ms. */
const HANDSHAKE_MS = 5000
/** How long a server may take to close a connection that was left, ms. */
const CLOSING_MS = 1000
/** The largest message taken, bytes: the list of some thousand people. */
const MAX_MESSAGE = 16 * 1024 * 1024
/** What a server that names no times is taken for, seconds; livekit-server's own. */
const [PING_S, SILENCE_S] = [5, 15]
/** The longest time between pings that is believed, seconds. */
const MAX_PING_S = 60

type Message = SignalResponse['message']
export type SignalRequestMessage = SignalRequest['message']

/** Why a signal connection ended by itself. `refused` has the HTTP status that the server answered with. */
export type SocketEnd =
  | { readonly kind: 'refused'; readonly status: number; readonly why: string }
  | { readonly kind: 'unreachable' | 'closed' | 'silent' | 'unreadable'; readonly why: string }

/** A connection of LiveKit's signal protocol. */
export type SignalSocket = {
  readonly send: (message: SignalRequestMessage) => void
  /** Leaves in order. Nothing is told after. */
  readonly close: () => void
}

export type SignalSocketOptions = {
  /** `ws://` or `wss://` of the LiveKit server. */
  readonly url: string
  readonly token: string
  /** `local`: the connection goes to this machine itself. */
  readonly onMessage: (message: Message, local: boolean) => void
  readonly onEnd: (end: SocketEnd) => void
  readonly handshakeMs?: number
}

/**
 * Connects, and keeps the connection awake with pings; one that stays silent for as long as the server says has ended. The token goes in a header: what is in
 * the address ends up in logs.
 */
export function openSignalSocket({ url, token, onMessage, onEnd, handshakeMs = HANDSHAKE_MS }: SignalSocketOptions): SignalSocket {
  const address = new URL('rtc', url.endsWith('/') ? url : `${url}/`)
  address.search = new URLSearchParams({ protocol: String(PROTOCOL), auto_subscribe: '1', sdk: 'js', version: '2.0.0' }).toString()
  const socket = new WebSocket(address, {
    headers: { authorization: `Bearer ${token}` },
    handshakeTimeout: handshakeMs,
    maxPayload: MAX_MESSAGE,
    perMessageDeflate: false,
  })
  socket.binaryType = 'nodebuffer'
  let open = true
  let local = false
  let pinging: NodeJS.Timeout | undefined
  let heardAt = performance.now()

  function end(why: SocketEnd): void {
    if (!open) return
    open = false
    clearInterval(pinging)
    socket.terminate()
    onEnd(why)
  }

  function send(message: SignalRequestMessage): void {
    if (socket.readyState === WebSocket.OPEN) socket.send(new SignalRequest({ message }).toBinary())
  }

  /** In seconds, as a server names them. */
  function startPinging(pingInterval: number, pingTimeout: number): void {
    if (!open) return
    clearInterval(pinging)
    const pingSeconds = Math.min(pingInterval > 0 ? pingInterval : PING_S, MAX_PING_S)
    const silenceSeconds = pingTimeout > 0 ? pingTimeout : SILENCE_S
    pinging = setInterval(() => {
      if (performance.now() - heardAt > silenceSeconds * 1000) {
        return end({ kind: 'silent', why: `LiveKit has not answered for ${silenceSeconds} s` })
      }
      send({ case: 'pingReq', value: new Ping({ timestamp: BigInt(Date.now()) }) })
    }, pingSeconds * 1000)
  }

  function hear(data: RawData): void {
    if (!open) return
    heardAt = performance.now()
    let message: Message
    try {
      // With this binary type each message is one Buffer.
      message = SignalResponse.fromBinary(data as Buffer).message
    } catch (error) {
      return end({ kind: 'unreadable', why: `LiveKit speaks a signal protocol that can't be read (${describeError(error)})` })
    }
    if (message.case === 'join') startPinging(message.value.pingInterval, message.value.pingTimeout)
    onMessage(message, local)
  }

  socket.on('upgrade', ({ socket: { remoteAddress = '' } }) => (local = isLoopback(remoteAddress)))
  // One that lets an observer in and says nothing is silent, too.
  socket.on('open', () => startPinging(PING_S, SILENCE_S))
  socket.on('message', hear)
  socket.on('unexpected-response', (request, response) => {
    const status = response.statusCode ?? 0
    response.resume()
    request.destroy()
    end({ kind: 'refused', status, why: `LiveKit answers ${status}` })
  })
  socket.on('error', (error) => end({ kind: 'unreachable', why: describeError(error) }))
  socket.on('close', () => end({ kind: 'closed', why: 'LiveKit closed the connection' }))

  return {
    send,
    close() {
      if (!open) return
      open = false
      clearInterval(pinging)
      send({ case: 'leave', value: new LeaveRequest() })
      socket.close(1000)
      setTimeout(() => socket.terminate(), CLOSING_MS).unref()
    },
  }
}

function isLoopback(address: string): boolean {
  return address === '::1' || /^(::ffff:)?127\./.test(address)
}
