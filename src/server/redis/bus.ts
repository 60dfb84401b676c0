import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { Emitter, type Unsubscribe } from '#shared/lib/emitter.ts'
import type { RedisLink } from './connection.ts'
import { redisKeys } from './keys.ts'

/** A sweep's outcome: these rooms, by name and sid, are as they were told; `next`: when the next one is due. Times in ms. */
const confirmedSchema = z.object({
  kind: z.literal('confirmed'),
  at: z.number(),
  next: z.number().nullable(),
  rooms: z.array(z.tuple([z.string(), z.string()])),
  listed: z.number(),
  drift: z.number(),
  error: z.string().nullable(),
})

/** What instances tell each other beside the log: at most once, to those who are there. */
export const busMessageSchema = z.discriminatedUnion('kind', [
  confirmedSchema,
  z.object({ kind: z.literal('sync_control'), running: z.boolean() }),
])
export type BusMessage = z.infer<typeof busMessageSchema>
export type Confirmed = z.infer<typeof confirmedSchema>

/** What goes over the channel: a message and the instance it comes from. */
export const busEnvelopeSchema = z.object({ from: z.string(), message: busMessageSchema })

/** Messages between the instances of a service. Subscribers also hear their own instance's, at once and also while Redis is away. */
export type Bus = {
  /** Names this instance among the others. */
  readonly instance: string
  /** How many other instances it went to at the most; 0 where they can't be reached, for nothing important goes this way. */
  readonly publish: (message: BusMessage) => Promise<number>
  readonly subscribe: (listener: (message: BusMessage, from: string) => void) => Unsubscribe
  readonly close: () => void
}

type Told = { readonly message: BusMessage; readonly from: string }

export function createMemoryBus(): Bus {
  const told = new Emitter<Told>()
  const instance = randomUUID()
  return {
    instance,
    publish(message) {
      told.emit({ message, from: instance })
      return Promise.resolve(0)
    },
    subscribe: (listener) => told.subscribe(({ message, from }) => listener(message, from)),
    close: () => undefined,
  }
}

/** `onDamaged` hears of a message that can't be read, as one of a newer version may be. */
export function createRedisBus(link: RedisLink, onDamaged: (what: string) => void): Bus {
  const told = new Emitter<Told>()
  const instance = randomUUID()
  const subscriber = link.openSubscriber()
  // The reader of the log tells when Redis is away; this connection comes back by itself.
  subscriber.on('error', () => undefined)
  subscriber.on('message', (_channel: string, text: string) => {
    const envelope = readEnvelope(text)
    if (!envelope) return onDamaged('message on the bus')
    if (envelope.from !== instance) told.emit(envelope)
  })
  subscriber
    .connect()
    .then(() => subscriber.subscribe(redisKeys.bus))
    .catch(() => undefined)
  return {
    instance,
    async publish(message) {
      told.emit({ message, from: instance })
      const heard = await link.commands.publish(redisKeys.bus, JSON.stringify({ from: instance, message })).catch(() => 1)
      return Math.max(0, heard - 1)
    },
    subscribe: (listener) => told.subscribe(({ message, from }) => listener(message, from)),
    close: () => subscriber.disconnect(),
  }
}

function readEnvelope(text: string): Told | null {
  try {
    return busEnvelopeSchema.parse(JSON.parse(text))
  } catch {
    return null
  }
}
