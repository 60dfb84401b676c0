import type { Transaction } from 'kysely'
import type { DatabaseSchema } from '#server/records/schema.ts'

/**
 * Erases what was written about nobody but this person; `person`: their random id. The rows, and with them the chain, stay as they are, and so do texts about several people. Throws what
 * the database says.
 */
export async function erasePersonTexts(transaction: Transaction<DatabaseSchema>, person: string): Promise<void> {
  await transaction
    .deleteFrom('audit_texts')
    .where('seq', 'in', transaction.selectFrom('audit_targets').select('seq').where('person_id', '=', person))
    .where((where) =>
      where.not(
        where.exists(
          where
            .selectFrom('audit_targets as other')
            .select('other.position')
            .whereRef('other.seq', '=', 'audit_texts.seq')
            .where('other.person_id', '<>', person),
        ),
      ),
    )
    .execute()
}
