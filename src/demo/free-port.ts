import { randomInt } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { createServer } from 'node:net'

/** Below what systems hand out to outgoing connections, so that none of those takes a port between its choice and its use. */
const LOWEST = 20_000
const HIGHEST = 32_000
const TRIES = 50

/** A TCP port of the loopback interface that nobody listened on a moment ago. */
export function freeTcpPort(): Promise<number> {
  return firstFree(tcpPortIsFree)
}

/** A UDP port of the loopback interface that nobody had bound a moment ago. */
export function freeUdpPort(): Promise<number> {
  return firstFree(udpPortIsFree)
}

async function firstFree(isFree: (port: number) => Promise<boolean>): Promise<number> {
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const port = randomInt(LOWEST, HIGHEST)
    if (await isFree(port)) return port
  }
  throw new Error(`no free port was found from ${LOWEST} to ${HIGHEST}`)
}

/** Whether nobody listens on that TCP port of the loopback interface now. */
export function tcpPortIsFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}

function udpPortIsFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4')
    socket.once('error', () => resolve(false))
    socket.bind(port, '127.0.0.1', () => socket.close(() => resolve(true)))
  })
}
