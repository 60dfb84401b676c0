import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { Emitter, type Unsubscribe } from '#shared/lib/emitter.ts'
import type { RedisLink } from './connection.ts'
import { decodeJson } from './decode-json.ts'
import { redisKeys } from './keys.ts'

/**
 * A sweep's outcome (times in ms): as of `at` every room is as it was told, or those of `only`, but for `except`. That says it of any number of
 * rooms in a few bytes. `next`: when the next one is due; null where that doesn't change it. `listed`: how many rooms LiveKit listed, null where one was
 * asked for. `untold`: how much
 * of the drift a webhook should have told. `running`: whether the sweeps go on. `newest`: an id that the log has come to, by which a reader knows that it lags.
 */
const confirmedSchema = z.object({
  kind: z.literal('confirmed'),
  at: z.number(),
  next: z.number().nullable(),
  only: z.array(z.string()).nullable(),
  except: z.array(z.string()),
  listed: z.number().nullable(),
  drift: z.number(),
  untold: z.number(),
  error: z.string().nullable(),
  running: z.boolean(),
  lastCleanup: z.number().nullable(),
  newest: z.string(),
})

/** What instances tell each other beside the log: at most once, to those who are there. */
export const busMessageSchema = z.discriminatedUnion('kind', [
  confirmedSchema,
  z.object({ kind: z.literal('sync_control'), running: z.boolean() }),
  /** So many rooms had damaged or stray keys in the store, which were put right. */
  z.object({ kind: z.literal('repaired'), count: z.number() }),
  /** The instance that sweeps ends: another one is to take over. */
  z.object({ kind: z.literal('sweep_free') }),
  /** What another backend has for those who follow a room. */
  z.object({ kind: z.literal('broadcast'), room: z.string(), event: z.string(), payload: z.unknown() }),
  /** Who looks at these rooms at that instance, by name, and but for `changed` at no others. `asking`: the others are to tell theirs; `leaving`: it ends. */
  z.object({
    kind: z.literal('looking'),
    how: z.enum(['changed', 'whole', 'asking', 'leaving']),
    rooms: z.array(z.tuple([z.string(), z.array(z.string())])),
  }),
  /** An operator acts on somebody at that instance, or is done with it, whatever came of it. */
  z.object({ kind: z.literal('acting'), room: z.string(), identity: z.string(), actionId: z.string(), done: z.boolean() }),
  /** The service's settings were changed in the database. */
  z.object({ kind: z.literal('settings_changed') }),
  /** These users were matched or left behind: whoever has their connections is to look. */
  z.object({ kind: z.literal('match'), usernames: z.array(z.string()) }),
])
export type BusMessage = z.infer<typeof busMessageSchema>
export type Confirmed = z.infer<typeof confirmedSchema>

/** What goes over the channel: a message and the instance it comes from. */
export const busEnvelopeSchema = z.object({ from: z.string(), message: busMessageSchema })
export type BusEnvelope = z.infer<typeof busEnvelopeSchema>

/** Messages between the instances of a service. Subscribers also hear their own instance's, at once and also while Redis is away. */
export type Bus = {
  /** Names this instance among the others. */
  readonly instance: string
  /** How many other instances it went to at the most; null where they can't be reached, for nothing important goes this way. */
  readonly publish: (message: BusMessage) => Promise<number | null>
  /** This instance hears the others from now on: after the start, and after each break in which it may have missed something. */
  readonly joined: Emitter<void>
  readonly subscribe: (listener: (message: BusMessage, from: string) => void) => Unsubscribe
  readonly close: () => void
}

type Told = { readonly message: BusMessage; readonly from: string }

export function createMemoryBus(): Bus {
  const told = new Emitter<Told>()
  const instance = randomUUID()
  return {
    instance,
    joined: new Emitter<void>(),
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
  const joined = new Emitter<void>()
  const instance = randomUUID()
  const subscriber = link.openSubscriber()
  // The reader of the log tells when Redis is away; this connection comes back by itself.
  subscriber.on('error', () => undefined)
  subscriber.on('message', (_channel: string, text: string) => {
    const envelope = decodeJson(busEnvelopeSchema, text)
    if (!envelope) return onDamaged('message on the bus')
    if (envelope.from !== instance) told.emit(envelope)
  })
  const hear = () => subscriber.subscribe(redisKeys.bus).then(() => joined.emit())
  // A break ends the subscription; it fails only where the next break has come already.
  subscriber.on('ready', () => void hear().catch(() => undefined))
  subscriber.connect().catch(() => undefined)
  return {
    instance,
    joined,
    async publish(message) {
      told.emit({ message, from: instance })
      const heard = await link.commands.publish(redisKeys.bus, JSON.stringify({ from: instance, message })).catch(() => null)
      return heard === null ? null : Math.max(0, heard - 1)
    },
    subscribe: (listener) => told.subscribe(({ message, from }) => listener(message, from)),
    close: () => subscriber.disconnect(),
  }
}
