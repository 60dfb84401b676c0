import type { IncomingMessage, Server as HttpServer, ServerResponse } from 'node:http'
import type { FastifyBaseLogger } from 'fastify'
import { WEBHOOK_PATHS } from '#shared/contract/http.ts'
import { fail, type Failure } from '#shared/domain/failure.ts'
import { createWebhookReceiver } from './receive-webhook.ts'
import { comeAgain, failedHere, statusOf, stopping } from './refuse.ts'
import { logRefusal, requestId } from './request-log.ts'
import type { Services } from './services.ts'

/** How large the body of a request may be, bytes. */
export const BODY_LIMIT = 1_048_576

// A text, because Node writes it together with the head at once.
const taken = JSON.stringify({ ok: true })
const takenHeaders = ['content-type', 'application/json; charset=utf-8', 'content-length', String(taken.length)]

type Refusing = {
  readonly failure: Failure
  readonly status?: number
  readonly thrown?: unknown
  readonly headers?: Record<string, string>
}

/**
 * Takes LiveKit's webhooks as they come to the server, before Fastify and all that it does for a request: it would cost as much again as checking
 * and storing them. What is refused is answered and logged as every other route does it; what is taken gets no line and no id, only the metrics
 * count it. Must be opened before others listen to requests.
 */
export function openWebhookDoor(server: HttpServer, services: Services, log: FastifyBaseLogger): void {
  const { drain, refusals } = services
  const receive = createWebhookReceiver(services)
  const paths: ReadonlySet<string> = new Set(WEBHOOK_PATHS)
  const listeners = server.listeners('request')
  server.removeAllListeners('request')
  server.on('request', (request, response) => {
    if (request.method === 'POST' && paths.has(request.url ?? '')) return void take(request, response)
    for (const listener of listeners) listener.call(server, request, response)
  })

  async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const began = performance.now()
    const refusing = await answerTo(request)
    if (response.headersSent || response.destroyed) return
    if (!refusing) return void response.writeHead(200, takenHeaders).end(taken)
    const { failure, status = statusOf[failure.code], thrown = null, headers = {} } = refusing
    const id = requestId(request)
    const text = JSON.stringify(failure)
    const common = { 'content-type': 'application/json; charset=utf-8', 'content-length': Buffer.byteLength(text), 'x-request-id': id }
    response.writeHead(status, { ...common, ...headers }).end(text)
    const line = { method: 'POST', route: request.url ?? '', status, ms: Math.round(performance.now() - began) }
    logRefusal(refusals, log.child({ requestId: id }), line, failure, thrown)
  }

  /** Null where the webhook was taken. */
  async function answerTo(request: IncomingMessage): Promise<Refusing | null> {
    if (drain.phase() === 'closed') return { failure: stopping, headers: { connection: 'close', ...comeAgain } }
    const body = await readBody(request)
    // Its sender goes on sending, so the connection can't be used again.
    if (!body) return { failure: fail('invalid', 'a webhook has at most 1 MB'), status: 413, headers: { connection: 'close' } }
    try {
      const refusal = await receive(body, request.headers.authorization)
      if (!refusal) return null
      const { failure, why } = refusal
      return failure.code === 'unavailable' ? { failure, thrown: why, headers: comeAgain } : { failure }
    } catch (error) {
      return { failure: failedHere, thrown: error }
    }
  }
}

/** The whole body; null where it is larger than it may be. Of a request that breaks off there is no end. */
function readBody(request: IncomingMessage): Promise<Buffer | null> {
  if (Number(request.headers['content-length']) > BODY_LIMIT) return Promise.resolve(null)
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    let length = 0
    request.on('data', (chunk: Buffer) => {
      length += chunk.length
      if (length > BODY_LIMIT) resolve(null)
      else chunks.push(chunk)
    })
    request.on('end', () => {
      const [first] = chunks
      resolve(first && chunks.length === 1 ? first : Buffer.concat(chunks))
    })
  })
}
