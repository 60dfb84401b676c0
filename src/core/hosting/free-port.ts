import { randomInt } from 'node:crypto'
import { isPortFree } from '../session/port.ts'

/** Below what systems hand out to outgoing connections, so that none of those takes a port between its choice and its use. */
const LOWEST = 20_000
const HIGHEST = 32_000
const TRIES = 50

/** A TCP port of 127.0.0.1 that nobody listens on now. */
export async function findFreePort(): Promise<number> {
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const port = randomInt(LOWEST, HIGHEST)
    if (await isPortFree(port)) return port
  }
  throw new Error(`no free port was found from ${LOWEST} to ${HIGHEST}`)
}
