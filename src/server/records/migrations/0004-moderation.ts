import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** What stays in force, and the audit of all that operators did. */
export const moderation: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('measures')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('kind', 'text', (column) => column.notNull())
      .addColumn('scope', 'text', (column) => column.notNull())
      .addColumn('room', 'text')
      .addColumn('identity', 'text')
      .addColumn('exact', 'text')
      .addColumn('sources', 'text')
      .addColumn('except', 'text')
      .addColumn('until', 'bigint')
      .addColumn('reason', 'text', (column) => column.notNull())
      .addColumn('by', 'text', (column) => column.notNull())
      .addColumn('at', 'bigint', (column) => column.notNull())
      .addColumn('revision', 'integer', (column) => column.notNull())
      .addColumn('lifted_at', 'bigint')
      .addColumn('lifted_by', 'text')
      .addColumn('changes', 'text', (column) => column.notNull())
      .execute()
    await db.schema.createIndex('measures_identity').on('measures').column('identity').execute()
    await db.schema.createIndex('measures_at').on('measures').column('at').execute()
    await db.schema.createIndex('measures_in_force').on('measures').columns(['lifted_at', 'until']).execute()
    await db.schema
      .createTable('measure_effects')
      .addColumn('participant_sid', 'text', (column) => column.primaryKey())
      .addColumn('room', 'text', (column) => column.notNull())
      .addColumn('identity', 'text', (column) => column.notNull())
      .addColumn('sources', 'text', (column) => column.notNull())
      .addColumn('had_all', 'integer', (column) => column.notNull())
      .addColumn('at', 'bigint', (column) => column.notNull())
      .execute()
    await db.schema
      .createTable('audit_rows')
      .addColumn('seq', 'bigint', (column) => column.primaryKey())
      .addColumn('at', 'bigint', (column) => column.notNull())
      .addColumn('step', 'text', (column) => column.notNull())
      .addColumn('action_id', 'text', (column) => column.notNull())
      .addColumn('entry', 'bigint', (column) => column.notNull())
      .addColumn('instance', 'text', (column) => column.notNull())
      .addColumn('operator', 'text', (column) => column.notNull())
      .addColumn('role', 'text', (column) => column.notNull())
      .addColumn('type', 'text', (column) => column.notNull())
      .addColumn('room', 'text')
      .addColumn('measure_id', 'text')
      .addColumn('result', 'text')
      .addColumn('code', 'text')
      .addColumn('detail', 'text')
      .addColumn('targets_digest', 'text', (column) => column.notNull())
      .addColumn('text_digest', 'text', (column) => column.notNull())
      .addColumn('hash', 'text', (column) => column.notNull())
      .execute()
    await db.schema.createIndex('audit_rows_step').unique().on('audit_rows').columns(['action_id', 'step']).execute()
    await db.schema.createIndex('audit_rows_operator').on('audit_rows').columns(['operator', 'seq']).execute()
    await db.schema.createIndex('audit_rows_room').on('audit_rows').columns(['room', 'seq']).execute()
    await db.schema.createIndex('audit_rows_type').on('audit_rows').columns(['type', 'seq']).execute()
    await db.schema.createIndex('audit_rows_entry').on('audit_rows').columns(['entry', 'step']).execute()
    await db.schema.createIndex('audit_rows_result').on('audit_rows').columns(['result', 'entry']).execute()
    await db.schema.createIndex('audit_rows_at').on('audit_rows').columns(['at', 'seq']).execute()
    await db.schema
      .createTable('audit_targets')
      .addColumn('seq', 'bigint', (column) => column.notNull())
      .addColumn('position', 'integer', (column) => column.notNull())
      .addColumn('person_id', 'text', (column) => column.notNull())
      .addColumn('ok', 'integer')
      .addColumn('code', 'text')
      .addColumn('detail', 'text')
      .addPrimaryKeyConstraint('audit_targets_key', ['seq', 'position'])
      .execute()
    await db.schema.createIndex('audit_targets_person').on('audit_targets').columns(['person_id', 'seq']).execute()
    // What can be erased: the chain holds a digest of it only.
    await db.schema
      .createTable('audit_texts')
      .addColumn('seq', 'bigint', (column) => column.primaryKey())
      .addColumn('salt', 'text', (column) => column.notNull())
      .addColumn('text', 'text', (column) => column.notNull())
      .execute()
    // One row: whoever appends takes its lock first.
    await db.schema
      .createTable('audit_head')
      .addColumn('only', 'integer', (column) => column.primaryKey())
      .addColumn('seq', 'bigint', (column) => column.notNull())
      .addColumn('hash', 'text', (column) => column.notNull())
      .execute()
    // The query builder of a migration knows no tables.
    const tables = db as unknown as Kysely<{ audit_head: { only: number; seq: number; hash: string } }>
    await tables.insertInto('audit_head').values({ only: 1, seq: 0, hash: '' }).execute()
  },
}
