import type { WebhookEvent } from '@livekit/protocol'
import { AccessToken } from 'livekit-server-sdk'
import { createHash } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { makeId } from './ids.ts'

/** LiveKit's own numbers, read in v1.13.5: a queue per room and address, this deep, whose entries are dropped after so long. */
const QUEUE_DEPTH = 200
const MAX_WAIT_MS = 30_000
const RETRY_DELAYS_MS = [1000, 2000, 4000, 8000] as const
const REQUEST_TIMEOUT_MS = 10_000

type Queued = { readonly body: string; readonly since: number }
type Queue = { readonly entries: Queued[]; running: boolean }

export type WebhookSenderOptions = {
  readonly urls: readonly string[]
  readonly apiKey: string
  readonly apiSecret: string
  /** Left out: LiveKit's own. */
  readonly retryDelaysMs?: readonly number[]
}

/** Sends webhooks as LiveKit does: signed, one after the other per room, tried again on network errors, 429 and 5xx. */
export class WebhookSender {
  readonly #options: WebhookSenderOptions
  readonly #queues = new Map<string, Queue>()
  readonly #closing = new AbortController()

  constructor(options: WebhookSenderOptions) {
    this.#options = options
  }

  /** Takes an event up; `id` and `createdAt` are set here. */
  send(event: WebhookEvent): void {
    event.id = makeId('EV')
    event.createdAt = BigInt(Math.floor(Date.now() / 1000))
    const body = event.toJsonString()
    for (const url of this.#options.urls) {
      const key = `${event.room?.name ?? ''}\n${url}`
      const queue = this.#queues.get(key) ?? { entries: [], running: false }
      this.#queues.set(key, queue)
      if (queue.entries.length >= QUEUE_DEPTH) continue
      queue.entries.push({ body, since: Date.now() })
      if (!queue.running) void this.#drain(key, queue, url)
    }
  }

  /** Forgets what was not sent yet. */
  close(): void {
    this.#closing.abort()
    this.#queues.clear()
  }

  async #drain(key: string, queue: Queue, url: string): Promise<void> {
    queue.running = true
    for (let next = queue.entries.shift(); next; next = queue.entries.shift()) {
      if (this.#closing.signal.aborted) return
      if (Date.now() - next.since <= MAX_WAIT_MS) await this.#deliver(url, next.body)
    }
    queue.running = false
    this.#queues.delete(key)
  }

  async #deliver(url: string, body: string): Promise<void> {
    for (const delay of [...(this.#options.retryDelaysMs ?? RETRY_DELAYS_MS), null]) {
      const retryAfter = await this.#post(url, body)
      if (retryAfter === null || delay === null || this.#closing.signal.aborted) return
      await wait(retryAfter > 0 ? retryAfter : delay, undefined, { signal: this.#closing.signal }).catch(() => undefined)
    }
  }

  /** Null when it counts as sent, otherwise the ms that the receiver wants us to wait; 0 when it didn't say. */
  async #post(url: string, body: string): Promise<number | null> {
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/webhook+json', authorization: await this.#sign(body) },
        body,
        signal: AbortSignal.any([this.#closing.signal, AbortSignal.timeout(REQUEST_TIMEOUT_MS)]),
      })
      await response.body?.cancel()
      if (response.status !== 429 && response.status < 500) return null
      const seconds = Number(response.headers.get('retry-after') ?? 0)
      return Number.isFinite(seconds) ? seconds * 1000 : 0
    } catch {
      return 0
    }
  }

  async #sign(body: string): Promise<string> {
    const token = new AccessToken(this.#options.apiKey, this.#options.apiSecret, { ttl: '5m' })
    token.sha256 = createHash('sha256').update(body).digest('base64')
    return token.toJwt()
  }
}
