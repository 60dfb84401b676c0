import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { readSettings } from '#server/config.ts'
import { startSyncServer } from '#server/server.ts'

// A sync server, and beside it, on a port of its own, how much of its heap is in use after a collection. To be run with --expose-gc.
// It is closed in order, so that it gives up its claim on Redis.

const settings = readSettings(process.env)
if (!settings.ok) throw new Error(settings.message)
const server = await startSyncServer(settings.value)
const scale = createServer((request, response) => {
  if (request.url === '/server') return void response.end(server.url)
  globalThis.gc?.()
  globalThis.gc?.()
  response.end(String(process.memoryUsage().heapUsed))
})
scale.listen(0, '127.0.0.1', () => {
  // A server that listens on TCP has an address with a port.
  process.stdout.write(`listening on http://127.0.0.1:${(scale.address() as AddressInfo).port}\n`)
})
process.once('SIGTERM', () => void server.close().then(() => process.exit(0)))
