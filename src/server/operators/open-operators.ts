import type { ServerSettings } from '#shared/contract/embedded.ts'
import { fail, succeed, type Result } from '#shared/domain/failure.ts'
import type { Database } from '#server/records/database.ts'
import type { Metrics } from '#server/metrics/metrics.ts'
import { createLogins, type Logins } from './logins.ts'
import { createLoginLimit } from './login-limit.ts'
import { openOperatorBook, type OperatorBook } from './operator-book.ts'
import { createOperatorDesk, type OperatorDesk } from './operator-desk.ts'
import { createOperatorStore } from './operator-store.ts'

/** The operators of a running server. */
export type Operators = {
  readonly book: OperatorBook
  readonly desk: OperatorDesk
  readonly logins: Logins
  /** While the records are still open. */
  readonly close: () => Promise<void>
}

type Options = {
  readonly settings: Pick<ServerSettings, 'admin' | 'serviceToken' | 'livekitKeys'>
  readonly records: Pick<Database, 'queries' | 'describe'>
  readonly metrics: Pick<Metrics, 'loginFailed' | 'watch'>
  /** What is worth a line in the log: the database was lost or is back. */
  readonly log: { readonly warn: (line: string) => void; readonly info: (line: string) => void }
}

/** Reads the operators. Fails with one line where the database can't be read. */
export async function openOperators({ settings, records: { queries, describe }, metrics, log }: Options): Promise<Result<Operators>> {
  const store = createOperatorStore(queries)
  let reachable = true

  function onTrouble(error: unknown): void {
    reachable = error === null
    if (reachable) log.info('the database answers again')
    else log.warn(`${describe(error)}. Meanwhile the operators who are known stay valid`)
  }

  try {
    const book = await openOperatorBook({ store, settings, onTrouble })
    metrics.watch({ usher_database_up: () => (reachable ? 1 : 0) })
    if (!settings.admin && book.isEmpty())
      log.warn('there is no operator yet, so nobody can use this server: npm run operator -- add NAME --role admin')
    return succeed({
      book,
      desk: createOperatorDesk({ store, describe, onChanged: book.reread }),
      logins: createLogins({ book, limit: createLoginLimit(() => performance.now()), onFailed: metrics.loginFailed }),
      close: book.close,
    })
  } catch (error) {
    return fail('unavailable', describe(error))
  }
}
