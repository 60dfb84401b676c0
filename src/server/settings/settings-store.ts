import type { Kysely } from 'kysely'
import type { DatabaseSchema } from '#server/records/schema.ts'

/** What is stored under a key, and who stored it. The revision rises by one with each change, from 1. */
export type StoredSettings = { readonly value: string; readonly revision: number; readonly changedBy: string }

/** A change of what was read at revision `expected`; 0: nothing was stored. `at` in ms. */
export type SettingsReplacement = { readonly value: string; readonly expected: number; readonly at: number; readonly by: string }

/** Settings in the database. Every method throws what the database says. */
export type SettingsStore = {
  /** Null where nothing was ever stored. */
  readonly read: (key: string) => Promise<StoredSettings | null>
  /** The new revision; null where somebody else was quicker, and nothing is changed. */
  readonly replace: (key: string, replacement: SettingsReplacement) => Promise<number | null>
}

export function createSettingsStore(queries: Kysely<DatabaseSchema>): SettingsStore {
  return {
    async read(key) {
      const row = await queries
        .selectFrom('service_settings')
        .select(['value', 'revision', 'changed_by as changedBy'])
        .where('key', '=', key)
        .executeTakeFirst()
      return row ?? null
    },
    async replace(key, { value, expected, at, by }) {
      const row = { value, revision: expected + 1, changed_at: at, changed_by: by }
      if (expected === 0) {
        const insert = queries.insertInto('service_settings').values({ key, ...row })
        return revisionOf(
          await insert
            .onConflict((conflict) => conflict.doNothing())
            .returning('revision')
            .executeTakeFirst(),
        )
      }
      const update = queries.updateTable('service_settings').set(row).where('key', '=', key).where('revision', '=', expected)
      return revisionOf(await update.returning('revision').executeTakeFirst())
    },
  }
}

function revisionOf(written: { readonly revision: number } | undefined): number | null {
  return written?.revision ?? null
}
