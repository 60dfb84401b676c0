import { sql, type ExpressionBuilder, type Kysely } from 'kysely'
import type { DatabaseSchema } from '#server/records/schema.ts'
import { beginningsOf, endOfBeginning } from './search-words.ts'

/** So many people of the rarest beginning are looked at, each; where more have it, it is common. */
const RARE = 1000
/** So many of who was seen last are looked at for beginnings that are all common. */
const NEWEST = 1000

/** Somebody who is on record. Times in ms, null where they have never been in a room. */
export type KnownPerson = {
  readonly identity: string
  readonly name: string
  readonly firstSeenAt: number | null
  readonly lastSeenAt: number | null
}

/** `isWhole`: false where others may match, too. */
export type FoundPeople = { readonly people: readonly KnownPerson[]; readonly isWhole: boolean }

/**
 * Finds who is on record by the beginnings of their words, those seen last first, at most `limit`. However many people there are, it looks at a bounded number of
 * rows: where each of the beginnings is common, those come first who are among the last 1,000 seen, and then any others, as far as they are among the first 1,000
 * of the rarest beginning. Throws what the database says.
 */
export type FindPeople = (search: string, limit: number) => Promise<FoundPeople>

export function createPeopleSearch(queries: Kysely<DatabaseSchema>): FindPeople {
  const columns = ['p.identity', 'p.name', 'p.first_seen_at as firstSeenAt', 'p.last_seen_at as lastSeenAt'] as const

  function newest(limit: number): Promise<KnownPerson[]> {
    return queries
      .selectFrom('people as p')
      .select(columns)
      .where('p.last_seen_at', 'is not', null)
      .orderBy('p.last_seen_at', 'desc')
      .limit(limit)
      .execute()
  }

  /** How many words begin so, counted no further than it matters. */
  async function countOf(beginning: string): Promise<number> {
    const { count } = await queries
      .selectFrom(
        queries
          .selectFrom('person_words as w')
          .select('w.word')
          .where(beginsWith(beginning))
          .orderBy('w.word')
          .limit(RARE + 1)
          .as('found'),
      )
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow()
    return count
  }

  /** Of the first people whose words begin so, those who have the other beginnings, too. */
  async function having(beginning: string, others: readonly string[], limit: number): Promise<KnownPerson[]> {
    const first = queries.selectFrom('person_words as w').select('w.person_id').where(beginsWith(beginning)).orderBy('w.word').limit(RARE)
    // When they were seen is asked of each, not joined: PostgreSQL takes reading all people for cheaper than finding a thousand.
    const seenAt = sql<number>`coalesce((select p.last_seen_at from people as p where p.id = found.person_id), 0)`
    const found = await queries
      .selectFrom(first.as('found'))
      .select(['found.person_id as id', seenAt.as('seenAt')])
      .distinct()
      .where((where) => where.and(others.map((other) => hasWord('found.person_id', other))))
      .orderBy('seenAt', 'desc')
      .limit(limit)
      .execute()
    if (found.length === 0) return []
    const ids = found.map(({ id }) => id)
    return queries
      .selectFrom('people as p')
      .select(columns)
      .where('p.id', 'in', ids)
      .orderBy(sql`coalesce(p.last_seen_at, 0)`, 'desc')
      .execute()
  }

  /** Of who was seen last, those who have all the beginnings. */
  function amongNewest(beginnings: readonly string[], limit: number): Promise<KnownPerson[]> {
    const last = queries
      .selectFrom('people')
      .selectAll()
      .where('last_seen_at', 'is not', null)
      .orderBy('last_seen_at', 'desc')
      .limit(NEWEST)
      .as('p')
    return queries
      .selectFrom(last)
      .select(columns)
      .where((where) => where.and(beginnings.map((beginning) => hasWord('p.id', beginning))))
      .orderBy('p.last_seen_at', 'desc')
      .limit(limit)
      .execute()
  }

  return async (search, limit) => {
    const beginnings = beginningsOf(search)
    if (beginnings.length === 0) return upTo(limit, await newest(limit))
    const counted: { readonly beginning: string; readonly count: number }[] = []
    for (const beginning of beginnings) counted.push({ beginning, count: await countOf(beginning) })
    const [rarest, ...others] = counted.toSorted((a, b) => a.count - b.count || b.beginning.length - a.beginning.length)
    if (!rarest || rarest.count === 0) return { people: [], isWhole: true }
    const rest = others.map(({ beginning }) => beginning)
    if (rarest.count <= RARE) return upTo(limit, await having(rarest.beginning, rest, limit))
    const found = await amongNewest([rarest.beginning, ...rest], limit)
    if (found.length >= limit) return { people: found, isWhole: false }
    const known = new Set(found.map(({ identity }) => identity))
    const more = await having(rarest.beginning, rest, limit + found.length)
    return { people: [...found, ...more.filter(({ identity }) => !known.has(identity))].slice(0, limit), isWhole: false }
  }
}

function upTo(limit: number, people: readonly KnownPerson[]): FoundPeople {
  return { people, isWhole: people.length < limit }
}

/**
 * The words that begin so, as a range that the index of words finds. A query that takes only some of them asks for them in order: else PostgreSQL expects these soon
 * wherever it looks, and reads the whole table where they come last.
 */
function beginsWith(beginning: string) {
  const end = endOfBeginning(beginning)
  return (where: ExpressionBuilder<DatabaseSchema & { w: DatabaseSchema['person_words'] }, 'w'>) =>
    end === null ? where('w.word', '>=', beginning) : where.and([where('w.word', '>=', beginning), where('w.word', '<', end)])
}

/**
 * Whether a person has a word that begins so. As a value, not `exists`: PostgreSQL makes a join of that, for which it may read all words that begin so.
 */
function hasWord(person: 'p.id' | 'found.person_id', beginning: string) {
  const end = endOfBeginning(beginning)
  const below = end === null ? sql`` : sql` and w.word < ${end}`
  return sql<boolean>`(select 1 from person_words as w where w.person_id = ${sql.ref(person)} and w.word >= ${beginning}${below} limit 1) = 1`
}
