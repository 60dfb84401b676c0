import { PostgresAdapter, sql, type Kysely, type RawBuilder } from 'kysely'

/** A text that is compared byte by byte, so that an index finds what begins with something. SQLite compares every text so; PostgreSQL has to be told. */
export function bytewiseText(db: Kysely<unknown>): RawBuilder<unknown> {
  return db.getExecutor().adapter instanceof PostgresAdapter ? sql`text collate "C"` : sql`text`
}
