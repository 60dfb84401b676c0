import { get, type ClientRequest, type IncomingMessage } from 'node:http'
import { eventsMessageSchema, type EventsMessage } from '#shared/contract/http-events.ts'
import type { FeedEvent } from '#shared/domain/feed-event.ts'

/** One message of an event stream; `id` is null where it had none. */
export type StreamMessage = { readonly id: string | null; readonly message: EventsMessage }

/** A client of `GET /api/events` that reads the stream as the standard has it, and can stop reading. */
export type StreamClient = {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly messages: readonly StreamMessage[]
  /** The events of the feed among the messages. */
  readonly events: readonly FeedEvent[]
  /** Lines that are comments. */
  readonly comments: () => number
  /** What a client would send to resume. */
  readonly lastEventId: () => string
  /** The body of an answer that is no stream. */
  readonly body: () => Promise<unknown>
  readonly isOpen: () => boolean
  /** Leaves everything that comes to the system's buffers. */
  readonly pause: () => void
  readonly resume: () => void
  readonly close: () => void
}

/** Resolves when the server has answered. `path` with its query. */
export function openStreamClient(url: string, path: string, headers: Readonly<Record<string, string>> = {}): Promise<StreamClient> {
  return new Promise((resolve, reject) => {
    const request: ClientRequest = get(`${url}${path}`, { headers, agent: false }, (response) => resolve(readStream(request, response)))
    request.once('error', reject)
  })
}

function readStream(request: ClientRequest, response: IncomingMessage): StreamClient {
  const messages: StreamMessage[] = []
  const events: FeedEvent[] = []
  const isStream = response.headers['content-type']?.startsWith('text/event-stream') ?? false
  let [text, lastEventId, comments, open] = ['', '', 0, true]

  function take(block: string): void {
    let [id, data]: [string | null, string | null] = [null, null]
    for (const line of block.split('\n')) {
      const [, field = '', value = ''] = /^([^:]*):? ?(.*)$/.exec(line) ?? []
      if (line.startsWith(':')) comments += 1
      else if (field === 'id') id = value
      else if (field === 'data') data = value
      else if (field !== '' && field !== 'retry' && field !== 'event') throw new Error(`the standard has no field ${field}`)
    }
    if (id !== null) lastEventId = id
    if (data === null) return
    const message = eventsMessageSchema.parse(JSON.parse(data))
    messages.push({ id, message })
    if ('data' in message) events.push(message)
  }

  response.setEncoding('utf8')
  response.on('error', () => undefined)
  request.on('error', () => undefined)
  response.on('close', () => (open = false))
  response.on('data', (chunk: string) => {
    text += chunk
    if (!isStream) return
    const blocks = text.split('\n\n')
    text = blocks.pop() ?? ''
    blocks.forEach(take)
  })
  const ended = new Promise<void>((resolve) => response.once('end', resolve))
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    messages,
    events,
    comments: () => comments,
    lastEventId: () => lastEventId,
    body: async () => {
      await ended
      const parsed: unknown = JSON.parse(text)
      return parsed
    },
    isOpen: () => open,
    pause: () => void response.pause(),
    resume: () => void response.resume(),
    close: () => void request.destroy(),
  }
}
