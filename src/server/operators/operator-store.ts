import { randomUUID } from 'node:crypto'
import type { Kysely } from 'kysely'
import type { ListedOperator } from '#shared/contract/http-operators.ts'
import { fail, succeed, type Result } from '#shared/domain/failure.ts'
import type { Operator } from '#shared/domain/operator.ts'
import type { DatabaseSchema } from '#server/records/schema.ts'

/** A token that wasn't revoked; it may have expired. `role` as it is stored. */
export type StoredToken = {
  readonly id: string
  readonly name: string
  readonly role: string
  readonly hash: string
  readonly expiresAt: number | null
}

/** What is given for a new operator. Times in ms. */
export type NewOperator = {
  readonly name: string
  readonly role: Operator['role']
  readonly hash: string
  readonly createdBy: string
  readonly createdAt: number
  readonly expiresAt: number | null
}

/** The operators in the database. Every method throws what the database says. */
export type OperatorStore = {
  /** `conflict` while another token of that name is valid. */
  readonly add: (operator: NewOperator) => Promise<Result<ListedOperator>>
  /** All that were ever added, by name, the newest of a name first. */
  readonly list: () => Promise<readonly ListedOperator[]>
  readonly tokens: () => Promise<readonly StoredToken[]>
  /** Whether there was a token of that name to revoke. */
  readonly revoke: (name: string, at: number) => Promise<boolean>
  /** When tokens were last used, by id; never takes a time back. */
  readonly recordUses: (uses: ReadonlyMap<string, number>) => Promise<void>
}

export function createOperatorStore(queries: Kysely<DatabaseSchema>): OperatorStore {
  return {
    /**
     * A name is free again once its token was revoked or has expired. The new token is a row of its own, so that what the audit says of the
     * old one stays true, and an expired token is revoked with it: it can't come back to life beside the new one.
     */
    add: ({ name, role, hash, createdBy, createdAt, expiresAt }) =>
      queries.transaction().execute(async (transaction) => {
        await transaction
          .updateTable('operators')
          .set({ revoked_at: createdAt })
          .where('name', '=', name)
          .where('revoked_at', 'is', null)
          .where('expires_at', '<=', createdAt)
          .execute()
        const row = { id: randomUUID(), name, role, token_hash: hash, created_at: createdAt, created_by: createdBy, expires_at: expiresAt }
        const added = await transaction
          .insertInto('operators')
          .values({ ...row, last_used_at: null, revoked_at: null })
          .onConflict((conflict) => conflict.doNothing())
          .returning('id')
          .executeTakeFirst()
        if (!added) return fail('conflict', `there is an operator ${name} already: revoke that token first, or choose another name`)
        return succeed({ name, role, createdAt, createdBy, lastUsedAt: null, expiresAt, revokedAt: null })
      }),

    async list() {
      const rows = await queries.selectFrom('operators').selectAll().execute()
      return rows
        .map((row) => ({
          name: row.name,
          role: row.role,
          createdAt: row.created_at,
          createdBy: row.created_by,
          lastUsedAt: row.last_used_at,
          expiresAt: row.expires_at,
          revokedAt: row.revoked_at,
        }))
        .toSorted((a, b) => a.name.localeCompare(b.name, 'en') || b.createdAt - a.createdAt)
    },

    tokens: () =>
      queries
        .selectFrom('operators')
        .select(['id', 'name', 'role', 'token_hash as hash', 'expires_at as expiresAt'])
        .where('revoked_at', 'is', null)
        .execute(),

    async revoke(name, at) {
      const { numUpdatedRows } = await queries
        .updateTable('operators')
        .set({ revoked_at: at })
        .where('name', '=', name)
        .where('revoked_at', 'is', null)
        .executeTakeFirst()
      return numUpdatedRows > 0n
    },

    recordUses: (uses) =>
      queries.transaction().execute(async (transaction) => {
        // In one order everywhere: two instances that lock the same rows the other way round would wait for each other.
        for (const [id, at] of [...uses].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
          await transaction
            .updateTable('operators')
            .set({ last_used_at: at })
            .where('id', '=', id)
            .where((where) => where.or([where('last_used_at', 'is', null), where('last_used_at', '<', at)]))
            .execute()
        }
      }),
  }
}
