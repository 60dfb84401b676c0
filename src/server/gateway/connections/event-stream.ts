import type { ServerResponse } from 'node:http'
import { Connection, createEventBuffer, Session } from 'better-sse'
import type { EventsMessage } from '#shared/contract/http-events.ts'
import { CLOSE_MS, READY_BYTES, slow, watchBacklog } from './backlog.ts'

/** How often a silent stream says that it is there, ms (S4.2). */
const HEARTBEAT_MS = 30_000
/** How long a client that catches up may take nothing, ms. */
const STALL_MS = 30_000
/** After how long a client is asked to connect again, ms. */
const RETRY_MS = 2000

/** One open event stream, and what waits to be sent on it. */
export type EventStream = {
  /** `cursor` becomes the client's `Last-Event-ID`; without one that stays as it is. */
  readonly send: (message: EventsMessage, cursor?: string) => void
  /** True when little waits to be sent, or once that is so; false when the stream is gone, or its client took too long. */
  readonly ready: () => boolean | Promise<boolean>
  /** Says why, sends nothing more, and ends; a client that doesn't take that is cut off after a moment. A second call does nothing. */
  readonly close: (reason: { readonly code: Extract<EventsMessage, { type: 'closing' }>['code']; readonly message: string }) => void
}

type Options = {
  /** What goes with a heartbeat: how far the client has heard everything, so that it can resume after a long silence. */
  readonly position: () => string | null
  /** Makes a message to text; it sees the same event once for every stream. */
  readonly serialize: (data: unknown) => string
  readonly onSlow: () => void
  readonly onClosed: () => void
}

/** Begins the stream on a response whose head has not been sent; resolves when it can be sent to. */
export async function openEventStream(response: ServerResponse, { position, serialize, onSlow, onClosed }: Options): Promise<EventStream> {
  let closing = false
  const session = new Session(new ResponseConnection(response), { keepAlive: null, retry: RETRY_MS, serializer: serialize })
  const heartbeat = setInterval(() => {
    const buffer = createEventBuffer().comment()
    const cursor = position()
    if (cursor !== null) buffer.id(cursor)
    write(buffer.dispatch())
  }, HEARTBEAT_MS)
  const backlog = watchBacklog(() => ({ bytes: response.writableLength, messages: 0 }), cut)
  session.once('disconnected', () => {
    closing = true
    stop()
    onClosed()
  })

  function stop(): void {
    clearInterval(heartbeat)
    backlog.stop()
  }

  function cut(): void {
    onSlow()
    close(slow)
  }

  function write(buffer: ReturnType<typeof createEventBuffer>): void {
    if (closing) return
    void session.batch(buffer)
    backlog.grew()
  }

  function send(message: EventsMessage, cursor?: string): void {
    const buffer = createEventBuffer({ serializer: serialize })
    if (cursor !== undefined) buffer.id(cursor)
    write(buffer.data(message).dispatch())
  }

  function close(reason: { readonly code: Extract<EventsMessage, { type: 'closing' }>['code']; readonly message: string }): void {
    if (closing) return
    void session.batch(createEventBuffer().data({ type: 'closing', code: reason.code, message: reason.message }).dispatch())
    closing = true
    stop()
    const timer = setTimeout(() => response.destroy(), CLOSE_MS)
    response.once('close', () => clearTimeout(timer))
    response.end()
  }

  async function drained(): Promise<boolean> {
    const inTime = await new Promise<boolean>((resolve) => {
      const timer = setTimeout(() => done(false), STALL_MS)
      const onDone = () => done(true)
      const done = (intime: boolean) => {
        clearTimeout(timer)
        response.off('drain', onDone)
        response.off('close', onDone)
        resolve(intime)
      }
      response.once('drain', onDone)
      response.once('close', onDone)
    })
    if (!inTime && !closing) cut()
    return !closing
  }

  await new Promise<void>((resolve) => {
    session.once('connected', resolve)
    session.once('disconnected', resolve)
  })
  return { send, ready: () => (closing || response.writableLength <= READY_BYTES ? !closing : drained()), close }
}

/** The response as better-sse wants it. Nothing of the request goes in: its address holds the ticket, and its Host may be anything. */
class ResponseConnection extends Connection {
  readonly url = new URL('http://stream/')
  readonly request: Request
  readonly response: Response
  readonly #out: ServerResponse
  readonly #closed = new AbortController()
  readonly #onClose = () => this.#closed.abort()

  constructor(out: ServerResponse) {
    super()
    this.#out = out
    this.request = new Request(this.url, { signal: this.#closed.signal })
    this.response = new Response(null, { headers: Connection.constants.RESPONSE_HEADERS })
    out.req.socket.setNoDelay(true)
    out.once('close', this.#onClose)
  }

  override sendHead(): void {
    this.#out.writeHead(this.response.status, Object.fromEntries(this.response.headers))
  }

  override sendChunk(chunk: string): void {
    if (!this.#out.writableEnded) this.#out.write(chunk)
  }

  override cleanup(): void {
    this.#out.off('close', this.#onClose)
  }
}
