import { randomUUID } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import { fail, succeed, type Failure, type Result } from '#shared/domain/failure.ts'
import type { Database } from './database.ts'
import { describeDatabaseError } from './describe-database-error.ts'
import { openSqlite } from './sqlite-dialect.ts'

/**
 * With Redis several servers are one service, and then they must share their records, too. A SQLite file can't be shared by servers: each
 * would have operators, and later an audit, of its own. So with Redis and SQLite a second server refuses to start: one on the same file is
 * kept out by `lockFile`, one with a file of its own by `claimRedis`.
 */

/** A lock that ends with `release`, or with the process, however that ends. */
export type FileLock = { readonly release: () => void }

/** How long an ending server may still hold the lock that its successor asks for, ms. */
const HANDOVER_MS = 2000

/** A connection that nobody refers to any more is closed by the garbage collection, and its lock is gone. */
const held = new Set<DatabaseSync>()

/** SQLite's code for a lock that another holds. */
const SQLITE_BUSY = 5

/** Takes the lock beside a SQLite file: an exclusive transaction on a second file, which the operating system ends with the process. */
export function lockFile(file: string): Result<FileLock> {
  let lock: DatabaseSync | null = null
  try {
    lock = openSqlite(`${file}.lock`)
    lock.exec(`pragma busy_timeout = ${HANDOVER_MS}`)
    lock.exec('begin exclusive')
  } catch (error) {
    lock?.close()
    return isBusy(error) ? fail('conflict', inUse(file)) : fail('unavailable', describeDatabaseError({ kind: 'sqlite', file }, error))
  }
  const taken = lock
  held.add(taken)
  return succeed({ release: () => void (held.delete(taken) && taken.close()) })
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY
}

function inUse(file: string): string {
  return `another sync server works with ${file}: end that one, or give both a PostgreSQL (DATABASE_URL)`
}

/** What tells this database from every other; made up the first time. */
export async function readDatabaseId({ queries }: Database): Promise<string> {
  await queries
    .insertInto('database_identity')
    .values({ only: 1, id: randomUUID() })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  return (await queries.selectFrom('database_identity').select('id').where('only', '=', 1).executeTakeFirstOrThrow()).id
}

/** Where one database can be claimed for all servers that meet there. `createRedisClaim` is the real one. */
export type ClaimPort = {
  /** Claims or renews for so long; false while another database has it. */
  readonly claim: (databaseId: string, ttlMs: number) => Promise<boolean>
}

/**
 * Claims Redis for one database; null when that is done. Whoever calls it goes on renewing the claim within its time. A server that was
 * killed and starts again has the same database, so nothing keeps it waiting.
 */
export async function claimRedis(port: ClaimPort, databaseId: string, ttlMs: number): Promise<Failure | null> {
  if (await port.claim(databaseId, ttlMs)) return null
  const seconds = Math.ceil(ttlMs / 1000)
  return fail(
    'conflict',
    `another sync server uses this Redis with a SQLite file of its own: give both a PostgreSQL (DATABASE_URL), or end that one and wait ${seconds} s`,
  )
}
