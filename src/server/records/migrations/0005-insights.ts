import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** What began in a time: insights walk it piece by piece (S2.6). */
export const insights: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema.createIndex('participant_sessions_joined').on('participant_sessions').columns(['joined_at', 'room']).execute()
    await db.schema.createIndex('room_sessions_started').on('room_sessions').columns(['started_at', 'room']).execute()
  },
}
