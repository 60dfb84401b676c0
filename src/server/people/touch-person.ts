import { randomUUID } from 'node:crypto'
import { sql, type Transaction } from 'kysely'
import { inParts } from '#server/records/in-parts.ts'
import type { DatabaseSchema } from '#server/records/schema.ts'
import { storable, wordsOf } from './search-words.ts'

/** Somebody who was seen at a time (ms), or who is only known of (null). `name`: empty where none was told. */
export type SeenPerson = { readonly identity: string; readonly name: string; readonly at: number | null }

/**
 * Notes that people were seen: who is new gets a random id, the newest name that isn't empty is kept, the first and the last time, and the words by which they are found. Two
 * statements, whoever they are, where nobody is new and no name has changed.
 */
export async function touchPeople(transaction: Transaction<DatabaseSchema>, seen: readonly SeenPerson[]): Promise<void> {
  for (const people of inParts(gathered(seen))) await touch(transaction, people)
}

type Gathered = { readonly identity: string; readonly name: string; readonly first: number | null; readonly last: number | null }

/** Each once, in an order that is the same everywhere, so that two transactions never wait for each other. */
function gathered(seen: readonly SeenPerson[]): Gathered[] {
  const people = new Map<string, Gathered>()
  for (const { identity: given, name, at } of seen.toSorted((a, b) => (a.at ?? 0) - (b.at ?? 0))) {
    const identity = storable(given)
    const known = people.get(identity)
    people.set(identity, {
      identity,
      name: storable(name) || (known?.name ?? ''),
      first: known?.first ?? at,
      last: at ?? known?.last ?? null,
    })
  }
  return [...people.values()].toSorted((a, b) => (a.identity < b.identity ? -1 : 1))
}

async function touch(transaction: Transaction<DatabaseSchema>, people: readonly Gathered[]): Promise<void> {
  const known = await transaction
    .selectFrom('people')
    .select(['identity', 'name'])
    .where(
      'identity',
      'in',
      people.map(({ identity }) => identity),
    )
    .execute()
  const names = new Map(known.map(({ identity, name }) => [identity, name]))
  const written = await transaction
    .insertInto('people')
    .values(
      people.map(({ identity, name, first, last }) => ({ id: randomUUID(), identity, name, first_seen_at: first, last_seen_at: last })),
    )
    .onConflict((conflict) =>
      conflict.column('identity').doUpdateSet({
        name: sql<string>`case when excluded.name <> '' and (people.name = '' or excluded.last_seen_at >= coalesce(people.last_seen_at, 0)) then excluded.name else people.name end`,
        first_seen_at: earlierOf,
        last_seen_at: laterOf,
      }),
    )
    .returning(['id', 'identity', 'name'])
    .execute()
  await writeWords(
    transaction,
    written.filter(({ identity, name }) => names.get(identity) !== name),
    names,
  )
}

const earlierOf = sql<number>`case when excluded.first_seen_at < coalesce(people.first_seen_at, excluded.first_seen_at + 1) then excluded.first_seen_at else people.first_seen_at end`
const laterOf = sql<number>`case when excluded.last_seen_at > coalesce(people.last_seen_at, -1) then excluded.last_seen_at else people.last_seen_at end`

type Named = { readonly id: string; readonly identity: string; readonly name: string }

/** Writes the words of people who are new or have another name. */
async function writeWords(
  transaction: Transaction<DatabaseSchema>,
  people: readonly Named[],
  known: ReadonlyMap<string, string>,
): Promise<void> {
  const renamed = people.filter(({ identity }) => known.has(identity)).map(({ id }) => id)
  if (renamed.length > 0) await transaction.deleteFrom('person_words').where('person_id', 'in', renamed).execute()
  const words = people.flatMap(({ id, identity, name }) => wordsOf(identity, name).map((word) => ({ word, person_id: id })))
  for (const some of inParts(words))
    await transaction
      .insertInto('person_words')
      .values(some)
      .onConflict((conflict) => conflict.doNothing())
      .execute()
}
