import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe } from 'vitest'
import { startPostgres, type PostgresPeer } from '../../../tests/harness/postgres.ts'
import { peers } from '../../../tests/peers.ts'
import { describeSettingsStore } from './testing/settings-store-contract.ts'

describe('without another program', () => {
  let folder: string
  let count = 0
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'usher-settings-'))
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  describeSettingsStore('SQLite', () => {
    count += 1
    return Promise.resolve({ kind: 'sqlite', file: join(folder, `${count}.sqlite`) })
  })
  describeSettingsStore('memory', () => Promise.resolve({ kind: 'memory' }))
})

describe.skipIf(peers.postgres === null)('with a real PostgreSQL', () => {
  let postgres: PostgresPeer
  beforeAll(async () => {
    postgres = await startPostgres(peers.postgres ?? '')
  }, 30_000)
  afterAll(() => postgres.stop())

  describeSettingsStore('PostgreSQL', async () => ({ kind: 'postgres', url: await postgres.createDatabase() }))
})
