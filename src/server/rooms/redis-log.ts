import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { Disposables } from '#shared/lib/disposables.ts'
import type { Emitter } from '#shared/lib/emitter.ts'
import type { Redis } from 'ioredis'
import { describeRedisError, type RedisLink } from '#server/redis/connection.ts'
import { redisKeys } from '#server/redis/keys.ts'
import { watchLag } from './redis-log-lag.ts'
import type { Reachability } from './redis-reachability.ts'
import type { OwnEntries } from './own-entries.ts'
import { decodeJson } from './redis-record.ts'
import { logBodySchema, type LogBody, type LogEntry, type LogListener, type StoreSnapshot } from './room-store.ts'

/** How long one read waits for an entry, ms. */
const BLOCK_MS = 240_000
/** How many entries one read brings at the most. */
const READ_COUNT = 500
/** How long to wait before a read is tried again that failed on a connection that is up, ms. */
const RETRY_MS = 200

/** What an entry that can't be read is taken for: it says nothing, and the log has been read to there. */
const passedOver = { v: 1, kind: 'confirmed' } as const satisfies LogBody

/** Where in the log an instance is; it moves on as entries are read. */
export type LogPosition = { epoch: string; id: string }

type Following = {
  readonly link: RedisLink
  readonly position: LogPosition
  readonly greet: (client: Redis, position: LogPosition) => Promise<{ lost: boolean }>
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

/** Reads the log on a connection of its own until the signal; each time the connection is back it asks first whether that is still the same log. */
export async function followLog(following: Following): Promise<void> {
  const { link, position, listener, reachability, signal } = following
  const reader = link.openReader()
  // What rejects a command tells less than what broke the connection.
  let broken: Error | null = null
  reader.on('error', (error: Error) => (broken = error))
  signal.addEventListener('abort', () => reader.disconnect(), { once: true })
  let greeted = false
  // Many writes may find it at once; only a reader that waits on the old log is to be woken.
  const connectAnew = () => {
    if (!greeted) return
    greeted = false
    reader.disconnect(true)
  }
  const subscriptions = new Disposables()
  subscriptions.add(following.newLife.subscribe(connectAnew), watchLag(position, following.reached, connectAnew))
  reader.connect().catch(() => undefined)
  while (!signal.aborted) {
    try {
      if (reader.status !== 'ready') {
        greeted = false
        await once(reader, 'ready', { signal })
      }
      if (!greeted) {
        if ((await following.greet(reader, position)).lost) listener.lost(await following.snapshot(position))
        greeted = true
        reachability.worked('reader')
      }
      if (!(await readOnce(reader, following))) greeted = false
    } catch (error) {
      if (signal.aborted) break
      greeted = false
      reachability.failed('reader', describeRedisError(broken ?? error))
      broken = null
      await delay(RETRY_MS, undefined, { signal }).catch(() => undefined)
    }
  }
  subscriptions.dispose()
  reader.disconnect()
}

/** One read; false when this Redis began another life. */
async function readOnce(reader: Redis, { position, listener, saw, own, onDamaged }: Following): Promise<boolean> {
  const reply = await reader.xreadBuffer('COUNT', READ_COUNT, 'BLOCK', BLOCK_MS, 'STREAMS', redisKeys.events, position.id)
  const entries: LogEntry[] = []
  let sameLife = true
  for (const [idBytes, fields] of reply?.[0]?.[1] ?? []) {
    const [, epochBytes, , revisionBytes, , text, , mark] = fields
    const id = idBytes.toString('latin1')
    const epoch = epochBytes?.toString()
    if (epoch !== position.epoch && (await reader.get(redisKeys.epoch)) !== position.epoch) {
      sameLife = false
      break
    }
    position.id = id
    const known = mark && own.take(mark.toString('latin1'))
    const body = epoch === position.epoch ? (known ?? decodeJson(logBodySchema, text?.toString() ?? '')) : null
    const revision = body ? Number(revisionBytes?.toString('latin1')) : 0
    if (body) saw(revision, id)
    else onDamaged(`log entry ${id}`)
    entries.push({ cursor: `${position.epoch}-${id}`, revision, body: body ?? passedOver })
  }
  if (entries.length > 0) listener.entries(entries)
  return sameLife
}
