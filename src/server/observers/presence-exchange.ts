import { z } from 'zod'
import { presenceSchema, type Presence } from '#shared/domain/presence.ts'
import type { RedisLink } from '#server/redis/connection.ts'
import { decodeJson } from '#server/redis/decode-json.ts'
import { redisKeys } from '#server/redis/keys.ts'

/** How long presence is gathered before it is sent to the other instances, ms. */
const BATCH_MS = 200
/** How often the others are told that webhooks come, ms. */
const WEBHOOK_MS = 3000

/**
 * `asking`: an instance begins to listen; the others are to tell all they observe. `webhookAt`: when a webhook was last heard of, ms: an observer is mostly first, so
 * that the log doesn't tell the other instances that webhooks come.
 */
const messageSchema = z.object({ from: z.string(), asking: z.boolean(), webhookAt: z.number().nullable(), rooms: z.array(presenceSchema) })
type Message = z.infer<typeof messageSchema>

/** Tells the other instances of a service what this one's observers see, if there are others. At most once: what is missed comes anew soon. */
export type PresenceExchange = {
  readonly share: (presence: Presence) => void
  readonly close: () => void
}

type Options = {
  readonly link: RedisLink
  readonly instance: string
  /** What another instance's observer saw. */
  readonly onPresence: (presence: Presence) => void
  /** What this instance's observers see now, for an instance that is new. */
  readonly all: () => readonly Presence[]
  /** When LiveKit's webhook last came, as far as is known here, ms. */
  readonly webhookAt: () => number | null
  readonly onWebhook: (at: number) => void
  readonly onDamaged: (what: string) => void
}

/** Over pub/sub, on connections that aren't counted: it is outside the budget (S3.4). An instance that is alone sends nothing. */
export function createPresenceExchange({ link, instance, onPresence, all, webhookAt, onWebhook, onDamaged }: Options): PresenceExchange {
  const [sender, subscriber] = [link.openUncounted(), link.openUncounted()]
  const waiting = new Map<string, Presence>()
  let timer: NodeJS.Timeout | undefined
  let alone = true
  let toldWebhookAt: number | null = null

  async function send(asking: boolean, rooms: readonly Presence[]): Promise<void> {
    toldWebhookAt = webhookAt()
    const message: Message = { from: instance, asking, webhookAt: toldWebhookAt, rooms: [...rooms] }
    const heard = await sender.publish(redisKeys.presence, JSON.stringify(message)).catch(() => null)
    // This instance hears itself, too.
    if (heard !== null) alone = heard <= 1
  }

  function share(presence: Presence): void {
    if (alone) return
    waiting.set(presence.room, presence)
    timer ??= setTimeout(() => {
      timer = undefined
      const rooms = [...waiting.values()]
      waiting.clear()
      void send(false, rooms)
    }, BATCH_MS)
  }

  function hear(text: string): void {
    const message = decodeJson(messageSchema, text)
    if (!message) return onDamaged('presence of another instance')
    if (message.from === instance) return
    alone = false
    for (const presence of message.rooms) onPresence(presence)
    if (message.webhookAt !== null) onWebhook(message.webhookAt)
    if (message.asking) void send(false, all())
  }

  /** Asks when it is listened to, or the answers would come too early; and whichever connection is the last to be there. */
  async function listen(): Promise<void> {
    if (sender.status !== 'ready' || subscriber.status !== 'ready') return
    await subscriber.subscribe(redisKeys.presence)
    await send(true, all())
  }

  subscriber.on('message', (_channel: string, text: string) => hear(text))
  for (const redis of [sender, subscriber]) {
    // The reader of the log tells when Redis is away; these connections come back by themselves.
    redis.on('error', () => undefined)
    redis.on('ready', () => void listen().catch(() => undefined))
    redis.connect().catch(() => undefined)
  }

  const telling = setInterval(() => {
    if (!alone && webhookAt() !== toldWebhookAt) void send(false, [])
  }, WEBHOOK_MS)
  telling.unref()

  return {
    share,
    close() {
      clearTimeout(timer)
      clearInterval(telling)
      sender.disconnect()
      subscriber.disconnect()
    },
  }
}
