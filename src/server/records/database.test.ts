import { fork } from 'node:child_process'
import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { Client } from 'pg'
import { Kysely, sql } from 'kysely'
import type { DatabaseSettings } from '#shared/contract/embedded.ts'
import { startPostgres, type PostgresPeer } from '../../../tests/harness/postgres.ts'
import { peers } from '../../../tests/peers.ts'
import { openDatabase, type Database } from './database.ts'
import { migrate } from './migrate.ts'
import { migrations } from './migrations/all.ts'
import { createPostgresMigrationDialect } from './postgres-dialect.ts'
import { createSqliteDialect } from './sqlite-dialect.ts'

const opened: { close: () => Promise<void> }[] = []
let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'usher-records-'))
})
afterEach(async () => {
  await Promise.all(opened.splice(0).map((each) => each.close()))
  rmSync(folder, { recursive: true, force: true })
})

async function opens(settings: DatabaseSettings): Promise<Database> {
  const result = await openDatabase(settings)
  if (!result.ok) throw new Error(result.message)
  opened.push(result.value)
  return result.value
}

async function refusal(settings: DatabaseSettings): Promise<string> {
  const result = await openDatabase(settings)
  if (result.ok) throw new Error('it could be opened')
  return result.message
}

/** Kysely on the bare dialect, as other versions of this program see the database. */
function bare(settings: DatabaseSettings): Kysely<unknown> {
  const dialect =
    settings.kind === 'postgres'
      ? createPostgresMigrationDialect(settings.url)
      : createSqliteDialect(settings.kind === 'sqlite' ? settings.file : ':memory:')
  const db = new Kysely<unknown>({ dialect })
  opened.push({ close: () => db.destroy() })
  return db
}

async function addOperator(database: Database, name: string): Promise<void> {
  const row = {
    id: name,
    name,
    role: 'viewer',
    token_hash: name,
    created_at: 2 ** 52,
    created_by: 'test',
    expires_at: null,
    last_used_at: null,
  }
  await database.queries
    .insertInto('operators')
    .values({ ...row, revoked_at: null })
    .execute()
}

/** What holds for a database that other processes can open, too. */
function describeShared(kind: string, fresh: () => Promise<DatabaseSettings>): void {
  describe(`records in ${kind}`, () => {
    let settings: DatabaseSettings
    beforeEach(async () => {
      settings = await fresh()
    })

    it('keeps what was written, and reads times as numbers', async () => {
      await addOperator(await opens(settings), 'ana')
      const again = await opens(settings)
      expect(await again.queries.selectFrom('operators').select(['name', 'created_at']).execute()).toEqual([
        { name: 'ana', created_at: 2 ** 52 },
      ])
    })

    it('takes a transaction back whole', async () => {
      const { queries } = await opens(settings)
      const failing = queries.transaction().execute(async (transaction) => {
        await transaction.insertInto('database_identity').values({ only: 1, id: 'x' }).execute()
        throw new Error('changed my mind')
      })
      await expect(failing).rejects.toThrow('changed my mind')
      expect(await queries.selectFrom('database_identity').selectAll().execute()).toEqual([])
    })

    it('can be opened by several processes at once when it is new', async () => {
      const starting = Array.from({ length: 4 }, () => {
        const child = fork(new URL('testing/open-and-close.ts', import.meta.url), [JSON.stringify(settings)], { stdio: 'pipe' })
        let said = ''
        child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()))
        return once(child, 'exit').then(([code]: unknown[]) => ({ code, said }))
      })
      expect(await Promise.all(starting)).toEqual(Array.from({ length: 4 }, () => ({ code: 0, said: '' })))
    })

    it('can be opened by an older version while an upgrade rolls', async () => {
      const up = (db: Kysely<unknown>) => sql`create table later (id integer)`.execute(db).then(() => undefined)
      await migrate(bare(settings), { ...migrations, '9999-of-a-later-version': { up } })
      await addOperator(await opens(settings), 'ana')
      expect(await (await opens(settings)).queries.selectFrom('operators').select('name').execute()).toEqual([{ name: 'ana' }])
    })

    it('leaves nothing of a migration that failed', async () => {
      const failing = {
        '0000-half': {
          async up(db: Kysely<unknown>) {
            await sql`create table half (id integer)`.execute(db)
            throw new Error('out of luck')
          },
        },
      }
      const db = bare(settings)
      await expect(migrate(db, failing)).rejects.toThrow('out of luck')
      expect((await db.introspection.getTables()).map(({ name }) => name)).not.toContain('half')
    })
  })
}

describeShared('a SQLite file', () => Promise.resolve({ kind: 'sqlite', file: join(folder, 'deeper', 'usher.sqlite') }))

describe('a SQLite file that can’t be used', () => {
  it('is for its owner alone, as what SQLite lays beside it', async () => {
    await addOperator(await opens({ kind: 'sqlite', file: join(folder, 'deeper', 'usher.sqlite') }), 'ana')
    const files = readdirSync(join(folder, 'deeper'))
    expect(files).toContain('usher.sqlite-wal')
    for (const file of files) expect(statSync(join(folder, 'deeper', file)).mode & 0o077).toBe(0)
  })

  it('is told in one line: no folder, no database', async () => {
    writeFileSync(join(folder, 'file'), 'no database at all, but long enough to be taken for one by its first bytes')
    expect(await refusal({ kind: 'sqlite', file: join(folder, 'file') })).toBe(
      `can't use the database file ${folder}/file: it is no SQLite database: move it away, or name another folder (USHER_DATA_DIR)`,
    )
    expect(await refusal({ kind: 'sqlite', file: join(folder, 'file', 'usher.sqlite') })).toBe(
      `can't use the database file ${folder}/file/usher.sqlite (EEXIST): check the folder (USHER_DATA_DIR)`,
    )
  })
})

describe('records in memory', () => {
  it('are each its own', async () => {
    await addOperator(await opens({ kind: 'memory' }), 'ana')
    const other = await opens({ kind: 'memory' })
    expect(await other.queries.selectFrom('operators').selectAll().execute()).toEqual([])
  })
})

describe.skipIf(peers.postgres === null)('with a real PostgreSQL', () => {
  let postgres: PostgresPeer
  beforeAll(async () => {
    postgres = await startPostgres(peers.postgres ?? '')
  }, 30_000)
  afterAll(() => postgres.stop())

  describeShared('PostgreSQL', async () => ({ kind: 'postgres', url: await postgres.createDatabase() }))

  it('is migrated once where several servers start at once', async () => {
    const settings: DatabaseSettings = { kind: 'postgres', url: await postgres.createDatabase() }
    const ran: string[] = []
    const slow = {
      ...migrations,
      '0999-slow': {
        async up(db: Kysely<unknown>) {
          ran.push('slow')
          await sql`create table slow (id integer)`.execute(db)
        },
      },
    }
    const starts = await Promise.allSettled(Array.from({ length: 4 }, () => migrate(bare(settings), slow)))
    expect(starts.map((start) => (start.status === 'rejected' ? String(start.reason) : 'started'))).toEqual(Array(4).fill('started'))
    expect(ran).toEqual(['slow'])
  })

  it('tells in one line, without the password, what is wrong', async () => {
    const { port } = postgres
    const at = `PostgreSQL at 127.0.0.1:${port}`
    const told = (address: string) => refusal({ kind: 'postgres', url: `postgres://${address}` })
    expect(await told(`usher:the-wrong%21one@127.0.0.1:${port}/postgres`)).toBe(
      `${at} refuses the user usher (password authentication failed for user "usher"): check the user and the password (DATABASE_URL)`,
    )
    expect(await told(`usher@127.0.0.1:${port}/postgres`)).toMatch(
      /refuses the user usher .*: check the user and the password \(DATABASE_URL\)$/,
    )
    expect(await told(`usher:a-password-of-the-tests@127.0.0.1:${port}/missing`)).toBe(
      `${at} has no database missing: create it, or name another one (DATABASE_URL)`,
    )
    expect(await told('usher:a-secret@127.0.0.1:1/postgres')).toBe(
      "can't reach PostgreSQL at 127.0.0.1:1 (ECONNREFUSED): check that it runs, and the address (DATABASE_URL)",
    )
  })

  it('tells in one line that the user has too few rights', async () => {
    const url = new URL(await postgres.createDatabase())
    const owner = new Client(url.toString())
    await owner.connect()
    await owner.query(
      `drop role if exists guest; create role guest login password 'guest-secret'; revoke create on schema public from public`,
    )
    await owner.end()
    url.username = 'guest'
    url.password = 'guest-secret'
    expect(await refusal({ kind: 'postgres', url: url.toString() })).toBe(
      `PostgreSQL at 127.0.0.1:${postgres.port} lets the user guest do too little in the database ${url.pathname.slice(1)} ` +
        '(permission denied for schema public): make that user its owner',
    )
  })

  it('goes on by itself when PostgreSQL was away', async () => {
    const database = await opens({ kind: 'postgres', url: await postgres.createDatabase() })
    await addOperator(database, 'ana')
    await postgres.kill()
    const error: unknown = await addOperator(database, 'ben').then(
      () => null,
      (failed: unknown) => failed,
    )
    expect(database.describe(error)).toMatch(/PostgreSQL at 127\.0\.0\.1:\d+/)
    await postgres.start()
    await expect.poll(() => database.queries.selectFrom('operators').select('name').execute()).toEqual([{ name: 'ana' }])
  })

  it('gives up on a connection that answers nothing, and does not use it again', { timeout: 30_000 }, async () => {
    const sockets = new Set<Socket>()
    const proxy = createServer((from) => {
      const to = connect(postgres.port, '127.0.0.1')
      for (const socket of [from, to]) sockets.add(socket.on('error', () => undefined))
      from.pipe(to).pipe(from)
    })
    await once(proxy.listen(0, '127.0.0.1'), 'listening')
    opened.push({ close: async () => void proxy.close() })
    const url = new URL(await postgres.createDatabase())
    // A server that listens on TCP has an address with a port.
    url.port = String((proxy.address() as AddressInfo).port)
    const database = await opens({ kind: 'postgres', url: url.toString() })
    await addOperator(database, 'ana')
    for (const socket of sockets) socket.unpipe().pause()
    const error: unknown = await addOperator(database, 'ben').catch((thrown: unknown) => thrown)
    expect(database.describe(error)).toContain("can't reach PostgreSQL at 127.0.0.1")
    await addOperator(database, 'cleo')
    expect(await database.queries.selectFrom('operators').select('name').orderBy('name').execute()).toEqual([
      { name: 'ana' },
      { name: 'cleo' },
    ])
  })
})
