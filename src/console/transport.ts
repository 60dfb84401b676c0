import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer, type RawData, type WebSocket } from 'ws'
import { z } from 'zod'
import type { Core, CoreClient } from '#core/core.ts'
import type { Log } from '#core/ports.ts'
import { isRequestName, type IpcReply } from '#shared/contract/ipc.ts'
import { fail } from '#shared/domain/failure.ts'
import type { Access } from './access.ts'
import { isNonceOf, type PageSession, type PageSessions } from './page-sessions.ts'
import { closeCodes, SOCKET_PATH } from './page-protocol.ts'

const MAX_MESSAGE_BYTES = 1_000_000
/** What may wait for a page that doesn't read: it is cut then, connects again and gets everything anew. */
const MAX_WAITING_BYTES = 8_000_000
const HELLO_LIMIT_MS = 5_000

const helloSchema = z.strictObject({ nonce: z.string().min(1).max(100) })
const requestSchema = z.strictObject({ id: z.number().int().nonnegative(), name: z.string().max(100), payload: z.unknown() })
const idSchema = z.object({ id: z.number().int().nonnegative() })

export type TransportOptions = {
  readonly access: Access
  readonly sessions: PageSessions
  readonly core: Pick<Core, 'connect'>
  readonly log: Log
}

/** The IPC contract over WebSockets: one page, one socket, one client of core. */
export function createTransport(options: TransportOptions): {
  readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void
  readonly close: () => void
} {
  const { access, sessions, core, log } = options
  const server = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES, perMessageDeflate: false })

  function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy())
    if (access.refusal(request, 'required') !== null) return refuse(socket, '403 Forbidden')
    if (request.url !== SOCKET_PATH) return refuse(socket, '404 Not Found')
    const session = sessions.find(access.readCookie(request))
    if (session === null) return refuse(socket, '401 Unauthorized')
    server.handleUpgrade(request, socket, head, (page) => awaitHello(page, session))
  }

  /** A cookie alone is not enough: the first message must bring the nonce that only a page of this very port can have. */
  function awaitHello(page: WebSocket, session: PageSession): void {
    page.on('error', (error) => log('warn', `a page's socket was closed: ${error.message}`))
    const limit = setTimeout(() => page.close(closeCodes.silent, 'no hello'), HELLO_LIMIT_MS)
    page.once('close', () => clearTimeout(limit))
    page.once('message', (data, isBinary) => {
      clearTimeout(limit)
      const hello = helloSchema.safeParse(isBinary ? null : parseJson(data))
      if (!hello.success || !isNonceOf(session, hello.data.nonce)) {
        log('warn', 'a page was refused: it did not bring the key of a page of ours')
        page.close(closeCodes.unknownPage, 'unknown page')
        return
      }
      serve(page)
    })
  }

  function serve(page: WebSocket): void {
    function send(message: object): void {
      if (page.readyState !== page.OPEN) return
      if (page.bufferedAmount > MAX_WAITING_BYTES) {
        log('warn', 'a page reads too slowly and was cut; it connects again by itself')
        page.terminate()
        return
      }
      page.send(JSON.stringify(message))
    }
    send({ ready: true })
    const client = core.connect((pushes) => send({ pushes }))
    page.once('close', () => client.close())
    page.on('message', (data, isBinary) => {
      const message = isBinary ? null : parseJson(data)
      const request = requestSchema.safeParse(message)
      if (request.success) {
        const { id, name, payload } = request.data
        void ask(client, name, payload).then((reply) => send({ id, reply }))
        return
      }
      log('warn', 'a page sent a message that is no request; it was refused')
      const id = idSchema.safeParse(message).data?.id ?? null
      send({ id, reply: fail('invalid', 'not a request of this contract') })
    })
  }

  async function ask(client: CoreClient, name: string, payload: unknown): Promise<IpcReply> {
    if (isRequestName(name)) return client.request(name, payload)
    log('warn', 'a page asked for something that is not in the contract; it was refused')
    return fail('invalid', 'there is no such request')
  }

  return {
    upgrade,
    close() {
      for (const page of server.clients) page.terminate()
      server.close()
    },
  }
}

function refuse(socket: Duplex, status: string): void {
  // Who keeps its own side open would hold up the console's end: the HTTP server no longer counts this socket among its own.
  socket.once('finish', () => socket.destroy())
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
}

function parseJson(data: RawData): unknown {
  try {
    // With ws' default binaryType a message is one Buffer.
    return Buffer.isBuffer(data) ? JSON.parse(data.toString('utf8')) : null
  } catch {
    return null
  }
}
