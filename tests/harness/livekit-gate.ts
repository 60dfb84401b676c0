import { once } from 'node:events'
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Emitter } from '#shared/lib/emitter.ts'

/** A call of LiveKit's server API on its way; `body` is its JSON. `forwarded`: LiveKit has it; `answered`: it has acted. */
export type GateEvent = { readonly method: string; readonly body: string; readonly at: 'arrived' | 'forwarded' | 'answered' }

/** Stands between a sync server and LiveKit, and hears every call that changes something. */
export type LivekitGate = {
  readonly url: string
  readonly events: Emitter<GateEvent>
  /** The calls that LiveKit was given, of a method, whose body holds a text. */
  readonly count: (method: string, text: string) => number
  readonly close: () => Promise<void>
}

/** `livekitUrl`: ws or http. WebSockets don't pass. */
export async function openLivekitGate(livekitUrl: string): Promise<LivekitGate> {
  const target = new URL(livekitUrl.replace(/^ws/, 'http'))
  const events = new Emitter<GateEvent>()
  const forwarded: GateEvent[] = []

  async function pass(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of incoming) chunks.push(chunk as Buffer)
    const body = Buffer.concat(chunks)
    const call = { method: (incoming.url ?? '').split('/').at(-1) ?? '', body: body.toString() }
    events.emit({ ...call, at: 'arrived' })
    const { hostname, port } = target
    const onward = request({ hostname, port, path: incoming.url, method: incoming.method, headers: incoming.headers })
    onward.end(body)
    const told: GateEvent = { ...call, at: 'forwarded' }
    forwarded.push(told)
    events.emit(told)
    const [answer] = (await once(onward, 'response')) as [IncomingMessage]
    const answered: Buffer[] = []
    for await (const chunk of answer) answered.push(chunk as Buffer)
    events.emit({ ...call, at: 'answered' })
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers).end(Buffer.concat(answered))
  }

  const server = createServer((incoming, outgoing) => {
    pass(incoming, outgoing).catch(() => outgoing.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  // A server that listens on TCP has an address with a port.
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    events,
    count: (method, text) => forwarded.filter((call) => call.method === method && call.body.includes(text)).length,
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
