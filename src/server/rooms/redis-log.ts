import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { Disposables } from '#shared/lib/disposables.ts'
import type { Emitter } from '#shared/lib/emitter.ts'
import { describeRedisError, type RedisLink } from '#server/redis/connection.ts'
import { redisKeys } from '#server/redis/keys.ts'
import { isBefore } from './redis-log-id.ts'
import { watchLag } from './redis-log-lag.ts'
import { readLogMessage, type WrittenEntry } from './redis-log-message.ts'
import type { Reachability } from './redis-reachability.ts'
import type { OwnEntries } from './own-entries.ts'
import { decodeJson } from '#server/redis/decode-json.ts'
import { logBodySchema, type LogBody, type LogEntry, type LogListener, type StoreSnapshot } from './room-store.ts'

/** How many entries one read brings at the most. */
const READ_COUNT = 500
/** How long to wait before it is tried again to follow the log, ms. */
const RETRY_MS = 200

/** What an entry that can't be read is taken for: it says nothing, and the log has been read to there. */
const passedOver = { v: 1, kind: 'confirmed' } as const satisfies LogBody

/** Where in the log an instance is; it moves on as entries are read. */
export type LogPosition = { epoch: string; id: string }

type Following = {
  readonly link: RedisLink
  readonly position: LogPosition
  readonly greet: (position: LogPosition) => Promise<{ lost: boolean }>
  readonly snapshot: (position: LogPosition) => Promise<StoreSnapshot>
  readonly listener: LogListener
  /** Hears of each entry's revision and id, before the listener. */
  readonly saw: (revision: number, id: string) => void
  /** The entries that this instance wrote. */
  readonly own: OwnEntries<LogBody>
  readonly reachability: Reachability
  readonly signal: AbortSignal
  /** A write found another life of this Redis: the log is asked for anew, for nothing may ever be added to the old one. */
  readonly newLife: Emitter<void>
  /** Ids that the log is known to have come to. */
  readonly reached: Emitter<string>
  readonly onDamaged: (what: string) => void
}

/**
 * Follows the log until the signal. Every entry is published as it is written, with the id before it, so following costs no command. Where
 * that is not the one heard last - after a break, or a foreign entry - or its body is left out, it is asked whether that is still the same log,
 * and what was missed is read from it.
 */
export async function followLog(following: Following): Promise<void> {
  const { link, position, listener, own, reachability, signal } = following
  const subscriber = link.openSubscriber()
  const told = createTold(following)
  let live = false
  let newestHeard = '0-0'
  let interruption = Promise.withResolvers<Error | null>()
  // What rejects a command tells less than what broke the connection.
  let broken: Error | null = null

  function interrupt(why: Error | null): void {
    live = false
    interruption.resolve(why)
  }

  function hear(_channel: unknown, message: Buffer): void {
    const entries = readLogMessage(message)
    if (!entries) {
      // Of another version, perhaps: the log itself has what it told.
      following.onDamaged('message of the log')
      return live ? interrupt(null) : undefined
    }
    for (const entry of entries) hearEntry(entry)
  }

  function hearEntry(entry: WrittenEntry & { readonly previous: string }): void {
    const isNext = live && entry.previous === position.id && entry.epoch === position.epoch
    // Without its body it is the author's, who had no other listener when it was written: the log has it.
    if (isNext && (entry.body || own.has(entry.mark))) return told.add(entry)
    if (isBefore(newestHeard, entry.id)) newestHeard = entry.id
    if (live && (entry.epoch !== position.epoch || isBefore(position.id, entry.id))) interrupt(null)
  }

  /** Reads what follows in the log, up to what was heard of meanwhile; false when this Redis began another life. */
  async function catchUp(): Promise<boolean> {
    for (;;) {
      const heardBefore = newestHeard
      const page = await link.commands.xrangeBuffer(redisKeys.events, `(${position.id}`, '+', 'COUNT', READ_COUNT)
      for (const [idBytes, fields] of page) {
        const [, epoch, , revision, , body, , mark] = fields
        const entry = { id: text(idBytes), epoch: text(epoch), revision: Number(text(revision)), mark: text(mark), body }
        if (entry.epoch !== position.epoch && (await link.commands.get(redisKeys.epoch)) !== position.epoch) return false
        told.add(entry)
      }
      if (page.length === READ_COUNT) continue
      // What was heard of before this page was asked for, and isn't in it, is in the log no more.
      if (newestHeard === heardBefore || !isBefore(position.id, newestHeard)) return true
    }
  }

  subscriber.on('messageBuffer', hear)
  subscriber.on('error', (error: Error) => (broken = error))
  subscriber.on('close', () => interrupt(broken ?? new Error('the connection was closed')))
  const subscriptions = new Disposables()
  subscriptions.add(
    following.newLife.subscribe(() => interrupt(null)),
    watchLag(position, following.reached, () => subscriber.disconnect(true)),
  )
  signal.addEventListener('abort', () => subscriber.disconnect(), { once: true })
  subscriber.connect().catch(() => undefined)
  while (!signal.aborted) {
    try {
      if (subscriber.status !== 'ready') await once(subscriber, 'ready', { signal })
      interruption = Promise.withResolvers()
      newestHeard = '0-0'
      await subscriber.subscribe(redisKeys.log)
      if ((await following.greet(position)).lost) listener.lost(await following.snapshot(position))
      if (!(await catchUp())) continue
      live = true
      reachability.worked('reader')
      const why = await interruption.promise
      if (why) throw why
    } catch (error) {
      if (signal.aborted) break
      live = false
      reachability.failed('reader', describeRedisError(broken ?? error))
      broken = null
      await delay(RETRY_MS, undefined, { signal }).catch(() => undefined)
    }
  }
  subscriptions.dispose()
  subscriber.disconnect()
}

/** Moves the position on and tells the listener: what comes in one go, in one go. */
function createTold({ position, listener, saw, own, onDamaged }: Following): { readonly add: (entry: WrittenEntry) => void } {
  let waiting: LogEntry[] = []

  function flush(): void {
    const entries = waiting
    waiting = []
    listener.entries(entries)
  }

  return {
    add({ id, epoch, revision, mark, body }) {
      position.id = id
      const known = mark === '' ? undefined : own.take(mark)
      const read = epoch === position.epoch ? (known ?? decodeJson(logBodySchema, body?.toString() ?? '')) : null
      if (read) saw(revision, id)
      else onDamaged(`log entry ${id}`)
      waiting.push({ cursor: `${position.epoch}-${id}`, revision: read ? revision : 0, body: read ?? passedOver })
      if (waiting.length === 1) queueMicrotask(flush)
    },
  }
}

function text(bytes: Buffer | undefined): string {
  return bytes?.toString() ?? ''
}
