import type { Kysely, Transaction } from 'kysely'
import type { DatabaseSchema } from './schema.ts'

/** How often it is tried in all. */
const ATTEMPTS = 5

/**
 * Does some work in a transaction, and once more where PostgreSQL ended it because it and another one waited for each other: rows that a statement finds by a condition are locked in no
 * order that everybody could keep. The work may be done several times. Throws what the database says otherwise.
 */
export async function inTransaction<T>(
  queries: Kysely<DatabaseSchema>,
  work: (transaction: Transaction<DatabaseSchema>) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await queries.transaction().execute(work)
    } catch (error) {
      if (attempt === ATTEMPTS || !isDeadlock(error)) throw error
    }
  }
}

function isDeadlock(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '40P01'
}
