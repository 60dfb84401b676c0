import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe } from 'vitest'
import type { DatabaseSettings } from '#shared/contract/embedded.ts'
import { peers } from '../peers.ts'
import { startPostgres, type PostgresPeer } from './postgres.ts'

/** Describes a store on one kind of database; `newDatabase` makes an empty one each time. */
export type DescribeStore = (name: string, newDatabase: () => Promise<DatabaseSettings>) => void

/** Runs a store's contract on SQLite files of a folder of its own, and on a real PostgreSQL where there is one. */
export function describeOnDatabases(describeStore: DescribeStore): void {
  describe('without another program', () => {
    let folder: string
    let count = 0
    beforeAll(() => {
      folder = mkdtempSync(join(tmpdir(), 'usher-store-'))
    })
    afterAll(() => rmSync(folder, { recursive: true, force: true }))

    describeStore('SQLite', () => {
      count += 1
      return Promise.resolve({ kind: 'sqlite', file: join(folder, `${count}.sqlite`) })
    })
  })

  describe.skipIf(peers.postgres === null)('with a real PostgreSQL', () => {
    let postgres: PostgresPeer
    beforeAll(async () => {
      postgres = await startPostgres(peers.postgres ?? '')
    }, 30_000)
    afterAll(() => postgres.stop())

    describeStore('PostgreSQL', async () => ({ kind: 'postgres', url: await postgres.createDatabase() }))
  })
}
