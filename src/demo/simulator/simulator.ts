import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { readGrants, type Grants } from './authorize.ts'
import { PresenceSource } from './presence-source.ts'
import { createRoomService, type Encoding, type TwirpError } from './room-service.ts'
import { serveSignals } from './signal-server.ts'
import { WebhookSender } from './webhook-sender.ts'
import { World } from './world.ts'

/** A LiveKit without media: its RoomService, its webhooks, and its signals for those who observe. */
export type Simulator = {
  /** `ws://127.0.0.1:PORT`, as a livekit-server's. */
  readonly url: string
  readonly apiKey: string
  readonly apiSecret: string
  readonly world: World
  readonly presence: PresenceSource
  readonly stop: () => Promise<void>
}

export type SimulatorOptions = {
  readonly webhookUrls: readonly string[]
  readonly apiKey?: string
  readonly apiSecret?: string
  /** Left out: a free one. */
  readonly port?: number
}

const SERVICE = '/twirp/livekit.RoomService/'
const MAX_BODY_BYTES = 1_000_000
const encodings: Readonly<Record<string, Encoding>> = { 'application/json': 'json', 'application/protobuf': 'protobuf' }

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  // A request is a stream of Buffers as long as no encoding was set.
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > MAX_BODY_BYTES) throw new Error('the body is too large')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function refuse(response: ServerResponse, { status, code, msg }: TwirpError): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ code, msg }))
}

/** Starts the simulator on the loopback interface. Rejects with one plain line when its port is in use. */
export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const apiKey = options.apiKey ?? 'demo'
  const apiSecret = options.apiSecret ?? randomBytes(32).toString('hex')
  const world = new World()
  const presence = new PresenceSource(world)
  const sender = new WebhookSender({ urls: options.webhookUrls, apiKey, apiSecret })
  world.webhooks.subscribe((event) => sender.send(event))
  const methods = createRoomService(world)

  async function serveTwirp(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
    let grants: Grants
    try {
      grants = await readGrants(request.headers.authorization, apiKey, apiSecret)
    } catch {
      response.writeHead(401, { 'content-type': 'text/plain; charset=utf-8' }).end('invalid authorization token')
      return
    }
    const method = methods.get(path.slice(SERVICE.length))
    const encoding = encodings[(request.headers['content-type'] ?? '').split(';', 1)[0]?.trim() ?? '']
    if (!method || !encoding || request.method !== 'POST') {
      refuse(response, { status: 404, code: 'bad_route', msg: `no handler for path ${JSON.stringify(path)}` })
      return
    }
    const outcome = method(await readBody(request), encoding, grants)
    if (!outcome.ok) refuse(response, outcome.error)
    else if (encoding === 'json') response.writeHead(200, { 'content-type': 'application/json' }).end(outcome.message.toJsonString())
    else response.writeHead(200, { 'content-type': 'application/protobuf' }).end(outcome.message.toBinary())
  }

  const server = createServer((request, response) => {
    const path = (request.url ?? '/').split('?', 1)[0] ?? '/'
    if (path.startsWith(SERVICE)) {
      serveTwirp(request, response, path).catch(() => {
        if (!response.headersSent) refuse(response, { status: 500, code: 'internal', msg: 'the request could not be read' })
      })
    } else response.writeHead(path === '/' ? 200 : 404, { 'content-type': 'text/plain' }).end(path === '/' ? 'OK' : 'not found')
  })
  const endSignals = serveSignals(server, { world, presence, apiKey, apiSecret })
  const port = await new Promise<number>((resolve, reject) => {
    server.once('error', (error) => {
      const wanted = String(options.port ?? 0)
      reject(new Error('code' in error && error.code === 'EADDRINUSE' ? `port ${wanted} is in use` : error.message))
    })
    server.listen(options.port ?? 0, '127.0.0.1', () => {
      const address = server.address()
      if (address !== null && typeof address !== 'string') resolve(address.port)
    })
  }).catch((error: unknown) => {
    presence.dispose()
    world.dispose()
    throw error
  })

  return {
    url: `ws://127.0.0.1:${port}`,
    apiKey,
    apiSecret,
    world,
    presence,
    stop: async () => {
      presence.dispose()
      sender.close()
      endSignals()
      world.dispose()
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}
