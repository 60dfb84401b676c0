import type { Kysely } from 'kysely'
import { Migrator, type Migration } from 'kysely/migration'
import { migrations } from './migrations/all.ts'

/** Our own names: another program may keep its migrations in the same PostgreSQL database. */
const TABLE = 'usher_migration'
const LOCK_TABLE = 'usher_migration_lock'

/**
 * Brings the schema up to date, under the Migrator's lock: of several that start at once one does the work and the others wait. Throws what
 * the database said.
 *
 * Migrations that only a newer version knows are left alone, so that an instance of this version can start while an upgrade rolls, or after
 * it was taken back.
 */
export async function migrate<T>(db: Kysely<T>, known: Readonly<Record<string, Migration>> = migrations): Promise<void> {
  const newer = await findNewer(db, known)
  const error = await run(db, known, newer)
  if (error === undefined) return
  // A newer version may have migrated just now, between the two looks.
  const newerNow = await findNewer(db, known)
  const again = newerNow.length === newer.length ? error : await run(db, known, newerNow)
  if (again !== undefined) throw again
}

async function run<T>(db: Kysely<T>, known: Readonly<Record<string, Migration>>, newer: readonly string[]): Promise<unknown> {
  const applied = newer.map((name) => [name, { up: () => Promise.resolve() }] as const)
  const provider = { getMigrations: () => Promise.resolve({ ...known, ...Object.fromEntries(applied) }) }
  const { error } = await new Migrator({ db, provider, migrationTableName: TABLE, migrationLockTableName: LOCK_TABLE }).migrateToLatest()
  return error
}

/** The migrations in the database that come after all of ours. */
async function findNewer<T>(db: Kysely<T>, known: Readonly<Record<string, Migration>>): Promise<readonly string[]> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true })
  if (!tables.some(({ name }) => name === TABLE)) return []
  const last = Object.keys(known).toSorted().at(-1) ?? ''
  // The Migrator's table is no part of the schema that queries see.
  const names = db as unknown as Kysely<{ [TABLE]: { readonly name: string } }>
  const rows = await names.selectFrom(TABLE).select('name').orderBy('name').execute()
  return rows.map(({ name }) => name).filter((name) => name > last)
}
