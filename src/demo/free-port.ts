import { createSocket } from 'node:dgram'
import { createServer } from 'node:net'

/** A TCP port of the loopback interface that nobody listened on a moment ago: the one asked for, or any. Rejects when that one is taken. */
export function freeTcpPort(wanted = 0): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(wanted, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => {
        if (address === null || typeof address === 'string') reject(new Error('no port was assigned'))
        else resolve(address.port)
      })
    })
  })
}

/** A UDP port of the loopback interface that nobody had bound a moment ago. */
export function freeUdpPort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = createSocket('udp4')
    socket.once('error', reject)
    socket.bind(0, '127.0.0.1', () => {
      const { port } = socket.address()
      socket.close(() => resolve(port))
    })
  })
}
