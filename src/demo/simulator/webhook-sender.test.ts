import { Room, WebhookEvent } from '@livekit/protocol'
import { createServer, type Server } from 'node:http'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { Emitter } from '#shared/lib/emitter.ts'
import { WebhookSender } from './webhook-sender.ts'

const bodySchema = z.object({ id: z.string(), event: z.string(), room: z.object({ name: z.string() }) })
type Delivery = z.infer<typeof bodySchema> & { readonly at: number }

let server: Server
let url = ''
let sender: WebhookSender
const deliveries: Delivery[] = []
const arrived = new Emitter<void>()
/** The answers that are still to be given, first one first; then 200. */
const answers: { readonly status: number; readonly retryAfter?: string }[] = []

beforeEach(async () => {
  deliveries.length = 0
  answers.length = 0
  server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => (body += String(chunk)))
    request.on('end', () => {
      deliveries.push({ ...bodySchema.parse(JSON.parse(body)), at: performance.now() })
      const { status, retryAfter } = answers.shift() ?? { status: 200 }
      response.writeHead(status, retryAfter === undefined ? {} : { 'retry-after': retryAfter }).end()
      arrived.emit()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  url = address === null || typeof address === 'string' ? '' : `http://127.0.0.1:${address.port}/`
  sender = new WebhookSender({ urls: [url], apiKey: 'key', apiSecret: 's'.repeat(32), retryDelaysMs: [1, 1] })
})
afterEach(() => {
  sender.close()
  server.close()
})

function send(event: string, room = 'one'): void {
  sender.send(new WebhookEvent({ event, room: new Room({ name: room }) }))
}

function deliveriesOf(count: number): Promise<readonly Delivery[]> {
  return new Promise((resolve) => {
    const stop = arrived.subscribe(() => {
      if (deliveries.length < count) return
      stop()
      resolve(deliveries)
    })
  })
}

describe('the sender of webhooks', () => {
  it("tries 500 and 429 again with the same id, before the room's next event", async () => {
    answers.push({ status: 500 }, { status: 429 })
    send('first')
    send('second')
    const seen = await deliveriesOf(4)
    expect(seen.map(({ event }) => event)).toEqual(['first', 'first', 'first', 'second'])
    expect(new Set(seen.slice(0, 3).map(({ id }) => id)).size).toBe(1)
    expect(seen[3]?.id).not.toBe(seen[0]?.id)
  })

  it('takes any other 4xx as sent', async () => {
    answers.push({ status: 400 })
    send('first')
    send('second')
    expect((await deliveriesOf(2)).map(({ event }) => event)).toEqual(['first', 'second'])
  })

  it('gives an event up after its last try', async () => {
    answers.push({ status: 503 }, { status: 503 }, { status: 503 })
    send('first')
    send('second')
    expect((await deliveriesOf(4)).map(({ event }) => event)).toEqual(['first', 'first', 'first', 'second'])
  })

  it('waits as long as Retry-After says', async () => {
    answers.push({ status: 503, retryAfter: '1' })
    send('first')
    const [first, second] = await deliveriesOf(2)
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThan(900)
  })

  it('does not let one room wait for another', async () => {
    answers.push({ status: 503, retryAfter: '5' })
    send('stuck', 'one')
    await deliveriesOf(1)
    send('free', 'two')
    expect((await deliveriesOf(2)).map(({ event }) => event)).toEqual(['stuck', 'free'])
  })
})
