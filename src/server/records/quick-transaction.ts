import { sql, SqliteAdapter, type Kysely, type Transaction } from 'kysely'
import type { DatabaseSchema } from './schema.ts'

/**
 * A transaction that does not wait for the disk on SQLite, which can take longer than all the rest, and all of this process waits with it. No crash of this process undoes it; a power cut may,
 * until the next usual transaction, which takes it along to the disk. So it is for what another one follows within moments, or what is told again then. Throws what the database says.
 */
export function quickTransaction<T>(
  queries: Kysely<DatabaseSchema>,
  work: (transaction: Transaction<DatabaseSchema>) => Promise<T>,
): Promise<T> {
  if (!(queries.getExecutor().adapter instanceof SqliteAdapter)) return queries.transaction().execute(work)
  // Nobody else gets the connection meanwhile.
  return queries.connection().execute(async (connection) => {
    await sql`pragma synchronous = normal`.execute(connection)
    try {
      return await connection.transaction().execute(work)
    } finally {
      await sql`pragma synchronous = full`.execute(connection)
    }
  })
}
