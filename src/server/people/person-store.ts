import { randomUUID } from 'node:crypto'
import type { Kysely, Transaction } from 'kysely'
import { personRecordSchema, type Note, type Person } from '#shared/contract/http-people.ts'
import { inTransaction } from '#server/records/in-transaction.ts'
import type { DatabaseSchema } from '#server/records/schema.ts'
import type { KnownPerson } from './people-search.ts'
import { findPersonId } from './person-id.ts'
import { storable } from './search-words.ts'
import { touchPeople } from './touch-person.ts'

/** How many records and notes of one person are read, the newest. */
export const READ_AT_MOST = 200

/** What is kept of one person here: who they are, where they were, and what operators noted. */
export type PersonFile = {
  readonly known: KnownPerson | null
  readonly records: Person['records']
  readonly notes: readonly Note[]
}

/** Erases what one part keeps of somebody, and answers how many rows went. `personId` is null where nobody knows of them. */
export type Erase = (
  transaction: Transaction<DatabaseSchema>,
  person: { readonly identity: string; readonly personId: string | null },
) => Promise<number>

/** Single people in the database. Every method throws what the database says. */
export type PersonStore = {
  readonly read: (identity: string) => Promise<PersonFile>
  /** `by`: an operator's name; `at` in ms. */
  readonly addNote: (identity: string, note: { readonly text: string; readonly by: string; readonly at: number }) => Promise<Note>
  /** Erases all that is kept of somebody, all or nothing; what the other parts keep, too. */
  readonly erase: (identity: string) => Promise<number>
}

/** `others`: what else is kept of people, erased before what stands for them. */
export function createPersonStore(queries: Kysely<DatabaseSchema>, others: readonly Erase[]): PersonStore {
  return {
    async read(given) {
      const identity = storable(given)
      const known = await queries
        .selectFrom('people')
        .select(['identity', 'name', 'first_seen_at as firstSeenAt', 'last_seen_at as lastSeenAt'])
        .where('identity', '=', identity)
        .executeTakeFirst()
      const records = await queries
        .selectFrom('participants')
        .select(['room', 'role', 'status', 'joined_at', 'left_at', 'can_speak', 'can_video'])
        .where('identity', '=', identity)
        .orderBy('changed_at', 'desc')
        .limit(READ_AT_MOST)
        .execute()
      const notes = await queries
        .selectFrom('notes')
        .select(['id', 'at', 'by', 'text'])
        .where('identity', '=', identity)
        .orderBy('at', 'desc')
        .orderBy('id')
        .limit(READ_AT_MOST)
        .execute()
      return {
        known: known ?? null,
        records: records.map(({ room, role, status, joined_at, left_at, can_speak, can_video }) => ({
          ...{ room, role, joinedAt: joined_at, leftAt: left_at, canSpeak: can_speak === 1, canVideo: can_video === 1 },
          status: personRecordSchema.shape.status.parse(status),
        })),
        notes,
      }
    },
    async addNote(identity, { text, by, at }) {
      const note = { id: randomUUID(), at, by, text: storable(text) }
      await inTransaction(queries, async (transaction) => {
        await transaction
          .insertInto('notes')
          .values({ ...note, identity: storable(identity) })
          .execute()
        await touchPeople(transaction, [{ identity, name: '', at: null }])
      })
      return note
    },
    erase: (given) =>
      inTransaction(queries, async (transaction) => {
        const identity = storable(given)
        const personId = await findPersonId(transaction, identity)
        let erased = 0
        for (const erase of others) erased += await erase(transaction, { identity, personId })
        for (const table of ['participants', 'notes'] as const) {
          const { numDeletedRows } = await transaction.deleteFrom(table).where('identity', '=', identity).executeTakeFirstOrThrow()
          erased += Number(numDeletedRows)
        }
        if (personId === null) return erased
        const words = await transaction.deleteFrom('person_words').where('person_id', '=', personId).executeTakeFirstOrThrow()
        const person = await transaction.deleteFrom('people').where('id', '=', personId).executeTakeFirstOrThrow()
        return erased + Number(words.numDeletedRows) + Number(person.numDeletedRows)
      }),
  }
}
