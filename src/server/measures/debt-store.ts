import type { Kysely } from 'kysely'
import { z } from 'zod'
import { publishSourceSchema } from '#shared/domain/participant.ts'
import { storable } from '#server/people/search-words.ts'
import type { DatabaseSchema } from '#server/records/schema.ts'
import type { Debt } from './settle-permissions.ts'

/** Whose stay something was taken from. */
export type Debtor = { readonly sid: string; readonly room: string; readonly identity: string }

/** What measures took from people who are there, so that it can be given back. Every method throws what the database says. */
export type DebtStore = {
  readonly of: (sid: string) => Promise<Debt | null>
  /** All of it, or that of one person, or one room. */
  readonly list: (whose?: {
    readonly room?: string
    readonly identity?: string
  }) => Promise<readonly (Debtor & Debt & { readonly at: number })[]>
  /** Null: nothing is owed any more. `at` in ms. */
  readonly write: (debtor: Debtor, debt: Debt | null, at: number) => Promise<void>
}

const sourcesSchema = z.array(publishSourceSchema)

export function createDebtStore(queries: Kysely<DatabaseSchema>): DebtStore {
  return {
    async of(sid) {
      const row = await queries
        .selectFrom('measure_effects')
        .select(['sources', 'had_all'])
        .where('participant_sid', '=', sid)
        .executeTakeFirst()
      return row ? toDebt(row) : null
    },
    async list({ room, identity } = {}) {
      let query = queries.selectFrom('measure_effects').selectAll().orderBy('at')
      if (room !== undefined) query = query.where('room', '=', storable(room))
      if (identity !== undefined) query = query.where('identity', '=', storable(identity))
      return (await query.execute()).map((row) => ({
        sid: row.participant_sid,
        room: row.room,
        identity: row.identity,
        at: row.at,
        ...toDebt(row),
      }))
    },
    async write({ sid, room, identity }, debt, at) {
      if (!debt) return void (await queries.deleteFrom('measure_effects').where('participant_sid', '=', sid).execute())
      const row = {
        room: storable(room),
        identity: storable(identity),
        sources: JSON.stringify(debt.sources),
        had_all: debt.hadAll ? 1 : 0,
        at,
      }
      await queries
        .insertInto('measure_effects')
        .values({ participant_sid: sid, ...row })
        .onConflict((conflict) => conflict.column('participant_sid').doUpdateSet(row))
        .execute()
    },
  }
}

function toDebt({ sources, had_all: hadAll }: { readonly sources: string; readonly had_all: number }): Debt {
  return { sources: sourcesSchema.catch([]).parse(JSON.parse(sources)), hadAll: hadAll === 1 }
}
