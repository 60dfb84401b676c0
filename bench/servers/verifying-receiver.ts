import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { z } from 'zod'
import { createSignatureCheck } from '#server/webhook/signature.ts'

// The limit of what any server in Node can do: it checks the signature as ours does, answers, and does nothing else.

const environment = z.object({ LIVEKIT_API_KEY: z.string(), LIVEKIT_API_SECRET: z.string() }).parse(process.env)
const check = createSignatureCheck([{ key: environment.LIVEKIT_API_KEY, secret: environment.LIVEKIT_API_SECRET }])

const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    response.statusCode = check(Buffer.concat(chunks), request.headers.authorization) ? 401 : 200
    response.end()
  })
})
server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', () => {
  // A server that listens on TCP has an address with a port.
  process.stdout.write(`listening on http://127.0.0.1:${(server.address() as AddressInfo).port}\n`)
})
