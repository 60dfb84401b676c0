import { sql, type Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** The database's own id, and the operators. */
export const operators: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('database_identity')
      .addColumn('only', 'integer', (column) => column.primaryKey())
      .addColumn('id', 'text', (column) => column.notNull())
      .execute()
    await db.schema
      .createTable('operators')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('role', 'text', (column) => column.notNull())
      .addColumn('token_hash', 'text', (column) => column.notNull().unique())
      .addColumn('created_at', 'bigint', (column) => column.notNull())
      .addColumn('created_by', 'text', (column) => column.notNull())
      .addColumn('expires_at', 'bigint')
      .addColumn('last_used_at', 'bigint')
      .addColumn('revoked_at', 'bigint')
      .execute()
    await db.schema
      .createIndex('operators_valid_name')
      .unique()
      .on('operators')
      .column('name')
      .where(sql.ref('revoked_at'), 'is', null)
      .execute()
  },
}
