import { Redis } from 'ioredis'
import { commitScript, greetScript, tellScript } from './redis-scripts.ts'

/** How long one command may take, ms; a webhook waits at most a second in all. */
const COMMAND_TIMEOUT_MS = 900
/** How long a read of the log may go without an answer, ms: longer than it waits for an entry, so that a dead connection is noticed. */
const BLOCKING_TIMEOUT_MS = 130_000

/** The scripts as ioredis offers them. */
export type RoomRedis = Redis & {
  commitRoom: (...keysAndArguments: (string | number)[]) => Promise<unknown>
  tellRooms: (...keysAndArguments: (string | number)[]) => Promise<unknown>
  greetRooms: (...keysAndArguments: (string | number)[]) => Promise<unknown>
}

/**
 * A connection that never queues while Redis is away and never re-sends by itself: a write is done, or refused aloud.
 * `blocking`: for the reader of the log, whose command waits as long as it likes.
 */
export function connectRedis(url: string, { blocking }: { blocking: boolean }): RoomRedis {
  const redis = new Redis(url, {
    lazyConnect: true,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    connectTimeout: 3000,
    keepAlive: 10_000,
    retryStrategy: (attempt) => Math.min(50 * 2 ** attempt, 1000),
    ...(blocking ? { blockingTimeout: BLOCKING_TIMEOUT_MS } : { commandTimeout: COMMAND_TIMEOUT_MS, enableAutoPipelining: true }),
    scripts: {
      commitRoom: { lua: commitScript, numberOfKeys: 7 },
      tellRooms: { lua: tellScript, numberOfKeys: 2 },
      greetRooms: { lua: greetScript, numberOfKeys: 3 },
    },
  })
  // ioredis adds a method for each of the scripts above.
  return redis as RoomRedis
}

/** The address without its password, for messages. */
export function withoutPassword(url: string): string {
  const parsed = new URL(url)
  if (parsed.password !== '') parsed.password = '***'
  return parsed.toString()
}

/** A system's error code where there is one, else what Redis or the client said. */
export function describeRedisError(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message
}
