import type { Kysely, Transaction } from 'kysely'
import { inParts } from '#server/records/in-parts.ts'
import type { DatabaseSchema } from '#server/records/schema.ts'
import { storable } from './search-words.ts'
import { touchPeople } from './touch-person.ts'

/**
 * The random ids that stand for these people, by identity as it was given; who isn't known yet gets one, in a transaction of its own where there is none. The
 * ids are all that may be kept where somebody must be erasable.
 */
export async function personIdsOf(queries: Kysely<DatabaseSchema>, identities: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const found = await findPersonIds(queries, identities)
  const missing = identities.filter((identity) => !found.has(identity))
  if (missing.length === 0) return found
  const create = (transaction: Transaction<DatabaseSchema>) =>
    touchPeople(
      transaction,
      missing.map((identity) => ({ identity, name: '', at: null })),
    )
  await (queries.isTransaction ? create(queries as Transaction<DatabaseSchema>) : queries.transaction().execute(create))
  return new Map([...found, ...(await findPersonIds(queries, missing))])
}

/** The ids of those of these people who are known. */
export async function findPersonIds(queries: Kysely<DatabaseSchema>, identities: readonly string[]): Promise<Map<string, string>> {
  const given = new Map<string, string[]>()
  for (const identity of new Set(identities)) given.set(storable(identity), [...(given.get(storable(identity)) ?? []), identity])
  const found = new Map<string, string>()
  for (const stored of inParts([...given.keys()])) {
    const rows = await queries.selectFrom('people').select(['id', 'identity']).where('identity', 'in', stored).execute()
    for (const { id, identity } of rows) for (const each of given.get(identity) ?? []) found.set(each, id)
  }
  return found
}

/** The id of one of them; null where nobody knows of that person. */
export async function findPersonId(queries: Kysely<DatabaseSchema>, identity: string): Promise<string | null> {
  return (await findPersonIds(queries, [identity])).get(identity) ?? null
}
