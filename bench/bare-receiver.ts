import { createServer } from 'node:http'
import { once } from 'node:events'
import { WebhookReceiver, type WebhookEvent } from 'livekit-server-sdk'

/** A webhook receiver that verifies, tells and answers, and does nothing else: the limit of what any server can do. */
export type BareReceiver = { readonly url: string; readonly close: () => void }

/** Verifies with the SDK. `received` gets each event with the time its body was there, ms of the wall clock with a fraction. */
export async function startBareReceiver(
  port: number,
  key: string,
  secret: string,
  received: (event: WebhookEvent, at: number) => void,
): Promise<BareReceiver> {
  const receiver = new WebhookReceiver(key, secret)
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      void receiver.receive(Buffer.concat(chunks).toString(), request.headers.authorization).then((event) => {
        received(event, performance.timeOrigin + performance.now())
        response.end()
      })
    })
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${port}/`,
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}
