import { createHash } from 'node:crypto'
import { request, type Agent } from 'node:http'
import { AccessToken } from 'livekit-server-sdk'

export type LivekitKey = { readonly apiKey: string; readonly apiSecret: string }

/** The `Authorization` that LiveKit would send with this body. */
export async function signWebhook(body: string | Buffer, { apiKey, apiSecret }: LivekitKey): Promise<string> {
  const token = new AccessToken(apiKey, apiSecret, { ttl: '5m' })
  token.sha256 = createHash('sha256').update(body).digest('base64')
  return token.toJwt()
}

/** What LiveKit sends when somebody has joined a room that has begun. */
export function joinedWebhook(room: string, identity: string): string {
  return JSON.stringify({
    event: 'participant_joined',
    id: `EV_${room}_${identity}`,
    createdAt: '1700000000',
    room: { name: room, sid: `RM_${room}`, creationTime: '1700000000', creationTimeMs: '1700000000000' },
    participant: {
      identity,
      sid: `PA_${room}_${identity}`,
      state: 'ACTIVE',
      joinedAt: '1700000001',
      joinedAtMs: '1700000001000',
      version: 1,
    },
  })
}

/** What became of a request; `error` is the system's code where the connection broke. */
export type Answered =
  { readonly status: number; readonly headers: NodeJS.Dict<string | string[]>; readonly body: string } | { readonly error: string }

export type Sending = {
  readonly method?: string
  readonly body?: string | Buffer
  readonly headers?: Readonly<Record<string, string>>
  readonly agent?: Agent
}

/** Sends exactly this, with no cleaning of the path; always resolves. */
export function send(url: string, path: string, { method = 'POST', body = '', headers = {}, agent }: Sending = {}): Promise<Answered> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve) => {
    const sent = request({ hostname, port, path, method, headers, ...(agent ? { agent } : {}) }, (answer) => {
      let text = ''
      answer.setEncoding('utf8')
      answer.on('data', (chunk: string) => (text += chunk))
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: text }))
      answer.on('error', (error: NodeJS.ErrnoException) => resolve({ error: error.code ?? error.message }))
    })
    sent.on('error', (error: NodeJS.ErrnoException) => resolve({ error: error.code ?? error.message }))
    sent.end(body)
  })
}

/** Sends a signed webhook. */
export async function sendWebhook(url: string, body: string, key: LivekitKey, agent?: Agent): Promise<Answered> {
  const authorization = await signWebhook(body, key)
  const headers = { authorization, 'content-type': 'application/webhook+json' }
  return send(url, '/api/livekit-webhook', { body, headers, ...(agent ? { agent } : {}) })
}
