import type { ServerSettings } from '#shared/contract/embedded.ts'
import { fail, succeed, type Result } from '#shared/domain/failure.ts'
import type { RedisLink } from '#server/redis/connection.ts'
import { openDatabase, type Database } from './database.ts'
import { openOnlyServer } from './only-server.ts'

/** The records of a running server: one database for all that it keeps. */
export type Records = Database & {
  /** Redis was away or lost what it held: this server's claim on it is made anew, where there is one. */
  readonly claimAgain: () => void
}

type Options = {
  readonly settings: Pick<ServerSettings, 'database'>
  /** Connected; null where there is none. */
  readonly redis: RedisLink | null
  /** Another server takes the Redis away: worth a line in the log. */
  readonly log: { readonly warn: (line: string) => void }
}

/** Opens the database. Fails with one line: it can't be used, or another server that must not run beside this one does. */
export async function openRecords({ settings, redis, log }: Options): Promise<Result<Records>> {
  const alone = openOnlyServer(settings.database, redis, (line) => log.warn(line))
  if (!alone.ok) return alone
  const onlyServer = alone.value
  const opened = await openDatabase(settings.database)
  if (!opened.ok) {
    await onlyServer.close()
    return opened
  }
  const database = opened.value

  async function close(): Promise<void> {
    await onlyServer.close()
    await database.close()
  }

  try {
    const refused = await onlyServer.claim(database)
    if (!refused) return succeed({ ...database, claimAgain: onlyServer.claimAgain, close })
    await close()
    return refused
  } catch (error) {
    await close()
    return fail('unavailable', database.describe(error))
  }
}
