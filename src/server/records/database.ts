import { Kysely } from 'kysely'
import type { DatabaseSettings } from '#shared/contract/embedded.ts'
import { fail, succeed, type Result } from '#shared/domain/failure.ts'
import { assertNever } from '#shared/lib/assert-never.ts'
import { describeDatabaseError } from './describe-database-error.ts'
import { migrate } from './migrate.ts'
import { createPostgresDialect, createPostgresMigrationDialect } from './postgres-dialect.ts'
import type { DatabaseSchema } from './schema.ts'
import { createSqliteDialect } from './sqlite-dialect.ts'

/** The records. */
export type Database = {
  readonly queries: Kysely<DatabaseSchema>
  /** What a query threw, as one line for a person, without the password. */
  readonly describe: (error: unknown) => string
  readonly close: () => Promise<void>
}

/** Opens the records and brings their schema up to date. Fails with one line that says what to do; the password is not in it. */
export async function openDatabase(settings: DatabaseSettings): Promise<Result<Database>> {
  const describe = (error: unknown) => describeDatabaseError(settings, error)
  try {
    return succeed({ ...(await open(settings)), describe })
  } catch (error) {
    return fail('unavailable', describe(error))
  }
}

async function open(settings: DatabaseSettings): Promise<Omit<Database, 'describe'>> {
  switch (settings.kind) {
    case 'postgres': {
      const migrating = new Kysely<unknown>({ dialect: createPostgresMigrationDialect(settings.url) })
      try {
        await migrate(migrating)
      } finally {
        await migrating.destroy()
      }
      const queries = new Kysely<DatabaseSchema>({ dialect: createPostgresDialect(settings.url) })
      return { queries, close: () => queries.destroy() }
    }
    case 'sqlite':
    case 'memory': {
      const queries = new Kysely<DatabaseSchema>({ dialect: createSqliteDialect(settings.kind === 'memory' ? ':memory:' : settings.file) })
      try {
        await migrate(queries)
      } catch (error) {
        await queries.destroy()
        throw error
      }
      return { queries, close: () => queries.destroy() }
    }
    default:
      return assertNever(settings, 'database')
  }
}
