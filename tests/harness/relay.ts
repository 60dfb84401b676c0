import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

/** A load balancer in its smallest form: each connection goes to the next port that takes it. */
export type Relay = {
  readonly url: string
  /** Ends every connection and refuses new ones, as a program that has ended; and listens again, at the same address, if it does not. */
  readonly cut: () => void
  readonly mend: () => Promise<void>
  readonly close: () => void
}

export async function startRelay(ports: readonly number[]): Promise<Relay> {
  const open = new Set<Socket>()
  let next = 0

  function keep(socket: Socket): Socket {
    open.add(socket)
    socket.once('close', () => open.delete(socket))
    socket.on('error', () => socket.destroy())
    return socket
  }

  /** Tries each port once, from one on. */
  function forward(client: Socket, first: number, tried = 0): void {
    if (tried === ports.length) return void client.destroy()
    const upstream = keep(connect(ports[(first + tried) % ports.length] ?? 0, '127.0.0.1'))
    const refused = () => forward(client, first, tried + 1)
    upstream.once('error', refused)
    upstream.once('connect', () => {
      upstream.off('error', refused)
      client.pipe(upstream).pipe(client)
      client.once('close', () => upstream.destroy())
      upstream.once('close', () => client.destroy())
    })
  }

  function end(): void {
    for (const socket of open) socket.destroy()
  }

  const server = createServer((client) => forward(keep(client), next++))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  // A TCP server that listens has this address.
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    cut() {
      server.close()
      end()
    },
    async mend() {
      if (server.listening) return
      server.listen(port, '127.0.0.1')
      await once(server, 'listening')
    },
    close() {
      server.close()
      end()
    },
  }
}
