import { sql, type Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** The index of when stays ended holds only those that are over: SQLite took it for the quickest way to the others, and read all of these for each batch. */
export const staysOver: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema.dropIndex('participant_sessions_left').execute()
    await db.schema
      .createIndex('participant_sessions_left')
      .on('participant_sessions')
      .column('left_at')
      .where(sql.ref('left_at'), 'is not', null)
      .execute()
  },
}
