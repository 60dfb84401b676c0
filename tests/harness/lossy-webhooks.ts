import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Stands between LiveKit and a sync server, and loses what it is told to: LiveKit hears that it arrived. */
export type LossyWebhooks = {
  readonly url: string
  /** Whether the next webhook is lost; decided anew for each. */
  loses: () => boolean
  readonly lost: () => number
  readonly passed: () => number
  readonly close: () => void
}

/** `to`: where the webhooks go that are not lost, asked for with each. */
export async function startLossyWebhooks(to: () => string): Promise<LossyWebhooks> {
  let lost = 0
  let passed = 0
  const server = createServer((request, response) => {
    void (async () => {
      const body = await readBody(request)
      if (relay.loses()) {
        lost += 1
        return response.writeHead(200).end()
      }
      const answer = await fetch(to(), {
        method: 'POST',
        headers: {
          authorization: request.headers.authorization ?? '',
          'content-type': request.headers['content-type'] ?? '',
        },
        body: new Uint8Array(body),
      }).catch(() => null)
      passed += 1
      return response.writeHead(answer?.status ?? 503).end()
    })()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  // A TCP server that listens has this address.
  const { port } = server.address() as AddressInfo
  const relay: LossyWebhooks = {
    url: `http://127.0.0.1:${port}/`,
    loses: () => false,
    lost: () => lost,
    passed: () => passed,
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
  return relay
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  // A request without an encoding set gives buffers.
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}
