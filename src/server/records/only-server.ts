import type { DatabaseSettings } from '#shared/contract/embedded.ts'
import { fail, succeed, type Failure, type Result } from '#shared/domain/failure.ts'
import { describeUnusable, type RedisLink } from '#server/redis/connection.ts'
import { claimRedis, lockFile, readDatabaseId, type FileLock } from './alone.ts'
import type { Database } from './database.ts'
import { createRedisClaim } from './redis-claim.ts'

/** How long the claim on Redis outlives a server that was killed, and how often it is renewed, ms: five commands an hour (S3.4). */
const CLAIM_MS = 30 * 60_000
const RENEW_MS = 12 * 60_000
/** So short a claim is none: it lets go. */
const AT_ONCE_MS = 1

/** Sees to it that a server with Redis and a SQLite file is the only one; with any other database there is nothing to see to. */
export type OnlyServer = {
  /** Claims Redis for this database, and goes on claiming; a failure says who is in the way. */
  readonly claim: (database: Database) => Promise<Failure | null>
  /** Claims anew at once: Redis was away, or lost what it held. */
  readonly claimAgain: () => void
  /** Lets the next one in. */
  readonly close: () => Promise<void>
}

/** Locks the file before it is opened. `onTaken` hears, as one line, of another server that came while Redis was away and has it now. */
export function openOnlyServer(settings: DatabaseSettings, redis: RedisLink | null, onTaken: (line: string) => void): Result<OnlyServer> {
  if (settings.kind !== 'sqlite' || redis === null)
    return succeed({ claim: () => Promise.resolve(null), claimAgain: () => undefined, close: () => Promise.resolve() })
  const locked = lockFile(settings.file)
  return locked.ok ? succeed(keepClaimed(redis, locked.value, onTaken)) : locked
}

function keepClaimed(redis: RedisLink, lock: FileLock, onTaken: (line: string) => void): OnlyServer {
  const port = createRedisClaim(redis)
  let id: string | null = null
  let timer: NodeJS.Timeout | undefined

  async function renew(databaseId: string): Promise<void> {
    // Redis that is away is told elsewhere, and the next time is soon enough.
    const refused = await claimRedis(port, databaseId, CLAIM_MS).catch(() => null)
    if (refused) onTaken(refused.message)
  }

  return {
    async claim(database) {
      const databaseId = await readDatabaseId(database)
      try {
        const refused = await claimRedis(port, databaseId, CLAIM_MS)
        if (refused) return refused
      } catch (error) {
        return fail('unavailable', describeUnusable(redis.url, error).message)
      }
      id = databaseId
      timer = setInterval(() => void renew(databaseId), RENEW_MS).unref()
      return null
    },
    claimAgain() {
      if (id !== null) void renew(id)
    },
    async close() {
      clearInterval(timer)
      if (id !== null) await port.claim(id, AT_ONCE_MS).catch(() => undefined)
      id = null
      lock.release()
    },
  }
}
