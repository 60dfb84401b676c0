import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import type { DatabaseSettings } from '#shared/contract/embedded.ts'
import { PEOPLE_FOUND } from '#shared/contract/http-people.ts'
import { createPeopleSearch } from '#server/people/people-search.ts'
import { seedPeople } from '#server/people/testing/many-people.ts'
import { openDatabase } from '#server/records/database.ts'
import { startPostgres } from '../tests/harness/postgres.ts'
import { peers } from '../tests/peers.ts'
import { printComparison, printLimits, spread } from './report.ts'

const PEOPLE = 100_000
const TIMES = 50
/** What D5 allows, ms. */
const LIMIT_MS = 50

const searches = ['', 'a', 'anna', 'person-77', 'person-77777', 'anna chl', 'anna berta chl', 'anna 777', 'nobody'] as const

/** Searches among 100,000 people, beside a bare round trip to the same database and a search as it is usually written. */
async function run(kind: string, settings: DatabaseSettings): Promise<void> {
  const opened = await openDatabase(settings)
  if (!opened.ok) throw new Error(opened.message)
  const { queries, close } = opened.value
  await seedPeople(queries, PEOPLE)
  const find = createPeopleSearch(queries)
  const bare = () => sql`select 1`.execute(queries)
  const usual = () =>
    sql`select * from people where lower(name) like ${'%nobody%'} or lower(identity) like ${'%nobody%'} order by last_seen_at desc limit 51`.execute(
      queries,
    )
  const asked = searches.map((search) => [`search "${search}"`, () => find(search, PEOPLE_FOUND + 1)] as const)
  const rows = new Map<string, number[]>()
  // In turns, so that what else runs meanwhile falls on all alike.
  for (let time = 0; time < TIMES; time += 1)
    for (const [name, work] of [['select 1', bare], ['like %nobody%', usual], ...asked] as const) {
      const began = performance.now()
      await work()
      rows.set(name, [...(rows.get(name) ?? []), performance.now() - began])
    }
  printComparison(
    `${kind}, ${PEOPLE.toLocaleString('en')} people`,
    [...rows].map(([name, values]) => ({ name, values })),
  )
  const slowest = Math.max(...asked.map(([name]) => spread(rows.get(name) ?? []).p95))
  printLimits([{ what: `${kind}: the slowest search, p95, ms`, value: slowest, atMost: LIMIT_MS }])
  await close()
}

const folder = mkdtempSync(join(tmpdir(), 'usher-people-'))
await run('SQLite', { kind: 'sqlite', file: join(folder, 'people.sqlite') })
rmSync(folder, { recursive: true, force: true })
if (peers.postgres !== null) {
  const postgres = await startPostgres(peers.postgres)
  await run('PostgreSQL', { kind: 'postgres', url: await postgres.createDatabase() })
  await postgres.stop()
}
