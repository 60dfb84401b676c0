import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { describeOnDatabases } from '../../../tests/harness/databases.ts'
import type { CompiledQuery } from 'kysely'
import { openDatabase, type Database } from '#server/records/database.ts'
import { createPeopleSearch } from './people-search.ts'
import { isPostgres, planOf, rowsRead, seedPeople, watchQueries } from './testing/many-people.ts'

const PEOPLE = 100_000

describeOnDatabases((kind, fresh) => {
  describe(`D5 a search among ${PEOPLE} people in ${kind}`, () => {
    let database: Database
    beforeAll(async () => {
      const opened = await openDatabase(await fresh())
      if (!opened.ok) throw new Error(opened.message)
      database = opened.value
      await seedPeople(database.queries, PEOPLE)
    }, 60_000)
    afterAll(() => database.close())

    /** What SQLite reads from beginning to end; what it has made itself doesn't count. */
    async function tablesReadWhole(query: CompiledQuery): Promise<readonly string[]> {
      const plan = await planOf(database.queries, query)
      return plan.filter((line) => line.startsWith('SCAN') && !plan.includes(line.replace('SCAN', 'CO-ROUTINE')))
    }

    it.each<[string, number, boolean]>([
      ['', 51, false],
      ['a', 51, false],
      ['person-77', 51, false],
      ['person-7777', 11, true],
      ['person-77777', 1, true],
      ['anna', 51, false],
      ['anna chl', 51, false],
      ['anna berta chl', 0, false],
      ['anna 777', 51, false],
      ['a p 99999', 1, true],
      ['nobody', 0, true],
    ])('%j finds %d and reads a bounded number of rows, by indexes', async (search, count, isWhole) => {
      const { queries, made } = watchQueries(database.queries)
      const found = await createPeopleSearch(queries)(search, 51)
      expect(found.people).toHaveLength(count)
      expect(found.isWhole).toBe(isWhole)
      for (const query of made) {
        if (isPostgres(database.queries)) expect(await rowsRead(database.queries, query)).toBeLessThan(10_000)
        else expect(await tablesReadWhole(query)).toEqual([])
      }
    })
  })
})
