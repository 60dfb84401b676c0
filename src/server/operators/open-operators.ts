import type { ServerSettings } from '#shared/contract/embedded.ts'
import { fail, succeed, type Result } from '#shared/domain/failure.ts'
import { openOnlyServer } from '#server/records/only-server.ts'
import { openDatabase } from '#server/records/database.ts'
import type { Metrics } from '#server/metrics/metrics.ts'
import type { RedisLink } from '#server/redis/connection.ts'
import { createLogins, type Logins } from './logins.ts'
import { createLoginLimit } from './login-limit.ts'
import { openOperatorBook, type OperatorBook } from './operator-book.ts'
import { createOperatorDesk, type OperatorDesk } from './operator-desk.ts'
import { createOperatorStore } from './operator-store.ts'

/** The operators of a running server, with the records that they are kept in. */
export type Operators = {
  readonly book: OperatorBook
  readonly desk: OperatorDesk
  readonly logins: Logins
  /** Redis was away or lost what it held: this server's claim on it is made anew, where there is one. */
  readonly claimAgain: () => void
  readonly close: () => Promise<void>
}

type Options = {
  readonly settings: Pick<ServerSettings, 'database' | 'admin' | 'serviceToken' | 'livekitKeys'>
  /** Connected; null where there is none. */
  readonly redis: RedisLink | null
  readonly metrics: Pick<Metrics, 'loginFailed' | 'watch'>
  /** What is worth a line in the log: the database was lost or is back, or another server takes the Redis away. */
  readonly log: { readonly warn: (line: string) => void; readonly info: (line: string) => void }
}

/** Opens the records and reads the operators. Fails with one line: the database can't be used, or another server that must not run beside this one does. */
export async function openOperators({ settings, redis, metrics, log }: Options): Promise<Result<Operators>> {
  const alone = openOnlyServer(settings.database, redis, (line) => log.warn(line))
  if (!alone.ok) return alone
  const onlyServer = alone.value
  const opened = await openDatabase(settings.database)
  if (!opened.ok) {
    await onlyServer.close()
    return opened
  }
  const { queries, describe, close } = opened.value
  const store = createOperatorStore(queries)
  let reachable = true

  function onTrouble(error: unknown): void {
    reachable = error === null
    if (reachable) log.info('the database answers again')
    else log.warn(`${describe(error)}. Meanwhile the operators who are known stay valid`)
  }

  async function end(): Promise<void> {
    await onlyServer.close()
    await close()
  }

  try {
    const refused = await onlyServer.claim(opened.value)
    if (refused) {
      await end()
      return refused
    }
    const book = await openOperatorBook({ store, settings, onTrouble })
    metrics.watch({ usher_database_up: () => (reachable ? 1 : 0) })
    if (!settings.admin && book.isEmpty())
      log.warn('there is no operator yet, so nobody can use this server: npm run operator -- add NAME --role admin')
    return succeed({
      book,
      desk: createOperatorDesk({ store, describe, onChanged: book.reread }),
      logins: createLogins({ book, limit: createLoginLimit(() => performance.now()), onFailed: metrics.loginFailed }),
      claimAgain: onlyServer.claimAgain,
      async close() {
        await book.close()
        await end()
      },
    })
  } catch (error) {
    await end()
    return fail('unavailable', describe(error))
  }
}
