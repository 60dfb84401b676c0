import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A room as LiveKit's server API lists it, in protobuf's JSON. */
export type ListedRoom = { readonly name: string; readonly room: object; readonly participants: readonly object[] }

/** What a sync server asks of LiveKit, answered at once with these rooms: a bench measures Usher, not LiveKit. */
export async function startLivekitStub(rooms: readonly ListedRoom[] = []): Promise<{ readonly url: string; readonly close: () => void }> {
  const byName = new Map(rooms.map((each) => [each.name, JSON.stringify({ participants: each.participants })]))
  const list = JSON.stringify({ rooms: rooms.map(({ room }) => room) })
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      response.setHeader('content-type', 'application/json')
      if (request.url?.endsWith('/ListRooms')) return response.end(list)
      // What the SDK sends to ListParticipants.
      const { room } = JSON.parse(Buffer.concat(chunks).toString()) as { room: string }
      return response.end(byName.get(room) ?? '{}')
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  // A server that listens on TCP has an address with a port.
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}
