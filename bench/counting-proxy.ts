import { once } from 'node:events'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Stands before a LiveKit's server API and counts what is asked of it, by method. */
export type CountingProxy = {
  readonly url: string
  readonly counts: ReadonlyMap<string, number>
  readonly reset: () => void
  readonly close: () => void
}

/** `upstream`: http or ws. */
export async function startCountingProxy(upstream: string): Promise<CountingProxy> {
  const counts = new Map<string, number>()
  const server = createServer((incoming, outgoing) => {
    const method = incoming.url?.split('/').at(-1) ?? ''
    counts.set(method, (counts.get(method) ?? 0) + 1)
    const passed = request(new URL(incoming.url ?? '/', upstream.replace(/^ws/, 'http')), {
      method: incoming.method,
      headers: incoming.headers,
    })
    passed.on('response', (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(outgoing)
    })
    passed.on('error', () => outgoing.writeHead(502).end())
    incoming.pipe(passed)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  // A server that listens on TCP has an address with a port.
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    counts,
    reset: () => counts.clear(),
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}
