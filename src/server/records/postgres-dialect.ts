import { PostgresDialect, type PostgresPoolClient, type PostgresQueryResult } from 'kysely'
import { Pool, types, type PoolClient, type PoolConfig } from 'pg'

/** Connections of one instance. Queries are few and short, and PostgreSQL allows a hundred in all by default. */
const POOL_SIZE = 4
const CONNECT_MS = 3000
/** When the server gives a statement up, and when we give the server up, ms. */
const STATEMENT_MS = 5000
const ANSWER_MS = 6000
/** A migration may build an index, or wait for another instance that does, ms. */
const MIGRATION_MS = 10 * 60_000

/** `bigint` in PostgreSQL: our numbers and times are far below 2^53. */
const BIGINT = 20

/** PostgreSQL for queries. Connects when the first is made. */
export function createPostgresDialect(url: string): PostgresDialect {
  return openDialect({
    connectionString: url,
    max: POOL_SIZE,
    statement_timeout: STATEMENT_MS,
    query_timeout: ANSWER_MS,
    idle_in_transaction_session_timeout: ANSWER_MS,
  })
}

/** PostgreSQL for migrations: one connection, and time. */
export function createPostgresMigrationDialect(url: string): PostgresDialect {
  return openDialect({ connectionString: url, max: 1, statement_timeout: MIGRATION_MS, query_timeout: MIGRATION_MS })
}

function openDialect(config: PoolConfig & { readonly connectionString: string }): PostgresDialect {
  const pool = new Pool({
    ...config,
    connectionString: withPlainTlsMode(config.connectionString),
    application_name: 'usher',
    connectionTimeoutMillis: CONNECT_MS,
    keepAlive: true,
    types: { getTypeParser },
  })
  // An 'error' nobody listens to ends the process. A connection that breaks fails the query it has, if any; the pool drops it, and the next
  // query opens another or tells what is wrong. The pool tells of the idle ones only.
  pool.on('error', () => undefined)
  pool.on('connect', (client) => client.on('error', () => undefined))
  return new PostgresDialect({
    pool: { options: pool.options, connect: async () => withoutSpoiled(await pool.connect()), end: () => pool.end() },
  })
}

/** pg takes the weaker modes of an address for `verify-full`, and prints a page about it: so it is told what it does. */
function withPlainTlsMode(address: string): string {
  const url = new URL(address)
  const { searchParams } = url
  if (!/^(prefer|require|verify-ca)$/.test(searchParams.get('sslmode') ?? '') || searchParams.has('uselibpqcompat')) return address
  searchParams.set('sslmode', 'verify-full')
  return url.toString()
}

/** pg puts a connection back into its pool after a query that was never answered, and all that follow wait behind that one. So it is closed. */
function withoutSpoiled(client: PoolClient): PostgresPoolClient {
  let spoiled = false
  async function query<R>(sql: string, parameters: readonly unknown[]): Promise<PostgresQueryResult<R>> {
    try {
      // pg and Kysely describe the same result, each in its own words.
      return (await client.query(sql, [...parameters])) as unknown as PostgresQueryResult<R>
    } catch (error) {
      if (error instanceof Error && error.message === 'Query read timeout') spoiled = true
      throw error
    }
  }
  return {
    // Its other form is for cursors, and none is configured.
    query: query as PostgresPoolClient['query'],
    release: (destroy) => client.release(spoiled || destroy === true),
  }
}

// pg asks for the parser of either format in one call; the overloads of its type can't be written as one function.
const getTypeParser = ((id: number, format: 'text'): unknown =>
  id === BIGINT ? Number : types.getTypeParser(id, format)) as typeof types.getTypeParser
