import type { Migration } from 'kysely/migration'
import { operators } from './0001-operators.ts'
import { settings } from './0002-settings.ts'
import { records } from './0003-records.ts'
import { moderation } from './0004-moderation.ts'
import { insights } from './0005-insights.ts'
import { staysOver } from './0006-stays-over.ts'

/**
 * Every migration, in the order of its name; what was released never changes.
 *
 * Instances of two versions run side by side while an upgrade rolls, so a migration only adds (a table, an index, a column that may be
 * null). What the code no longer uses is removed by a migration of a later release: the one before must go on working with the schema after.
 */
export const migrations: Readonly<Record<string, Migration>> = {
  '0001-operators': operators,
  '0002-settings': settings,
  '0003-records': records,
  '0004-moderation': moderation,
  '0005-insights': insights,
  '0006-stays-over': staysOver,
}
