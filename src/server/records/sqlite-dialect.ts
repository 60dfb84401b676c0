import { closeSync, mkdirSync, openSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import {
  CompiledQuery,
  SqliteAdapter,
  SqliteDialect,
  SqliteDriver,
  type DatabaseConnection,
  type SqliteDatabase,
  type SqliteDialectConfig,
  type SqliteStatement,
} from 'kysely'

/** How long a statement waits for another process's write, ms. It blocks this process, and such writes take a few ms. */
const BUSY_MS = 2000
/** How many statements stay prepared; those for many rows at once are long, and each number of rows is another one. */
const STATEMENTS = 100

/** Opens a SQLite file, or `:memory:`, with what Node itself brings. Makes the folder and the file for their owner alone. Throws what the system or SQLite says. */
export function createSqliteDialect(file: string): SqliteDialect {
  return new NodeSqliteDialect({ database: adapt(openSqlite(file)) })
}

/** A connection of `node:sqlite`. */
export function openSqlite(file: string): DatabaseSync {
  if (file !== ':memory:') {
    makeFolder(dirname(file))
    // Made here, because SQLite would make it readable for all; its own files beside take the rights of this one.
    closeSync(openSync(file, 'a', 0o600))
  }
  return new DatabaseSync(file, { timeout: BUSY_MS, enableForeignKeyConstraints: true })
}

/** Level by level: Node's own recursive way never ends where a parent is there and can hold no folder, as in /proc. */
function makeFolder(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return
  const parent = dirname(path)
  if (parent !== path) makeFolder(parent)
  mkdirSync(path, { mode: 0o700 })
}

/** `node:sqlite` as the interface that Kysely wants, which is better-sqlite3's. */
function adapt(database: DatabaseSync): SqliteDatabase {
  // Readers go on while one process writes. It is a property of the file; setting it the first time needs the file for itself.
  // `synchronous` stays FULL, its default: what the audit and the measures hold outlives a power cut, too. A commit costs 0.2 ms with that on an SSD, 0.01 ms without; `quick-transaction.ts` is for what can't wait.
  database.exec('pragma journal_mode = wal')
  return {
    close: () => database.close(),
    prepare: keepPrepared((sql) => adaptStatement(database.prepare(sql))),
  }
}

/** Statements in use are prepared once: for short ones that takes longer than to run them. A connection runs one after the other, so none is used twice at once. */
function keepPrepared(prepare: (sql: string) => SqliteStatement): (sql: string) => SqliteStatement {
  const kept = new Map<string, SqliteStatement>()
  return (sql) => {
    const statement = kept.get(sql) ?? prepare(sql)
    // The last one used comes last.
    kept.delete(sql)
    kept.set(sql, statement)
    const [oldest] = kept.keys()
    if (kept.size > STATEMENTS && oldest !== undefined) kept.delete(oldest)
    return statement
  }
}

function adaptStatement(statement: StatementSync): SqliteStatement {
  return {
    reader: statement.columns().length > 0,
    all: (parameters) => statement.all(...bindable(parameters)),
    run: (parameters) => statement.run(...bindable(parameters)),
    iterate: (parameters) => statement.iterate(...bindable(parameters)),
  }
}

/** What SQLite can't bind, `node:sqlite` refuses with a TypeError of its own. */
function bindable(parameters: readonly unknown[]): SQLInputValue[] {
  return parameters as SQLInputValue[]
}

/**
 * Transactions that take the write lock when they begin. So migrations can run in one, which is their lock between processes, and none fails
 * halfway because another process wrote after its first read.
 */
class NodeSqliteDialect extends SqliteDialect {
  readonly #config: SqliteDialectConfig

  constructor(config: SqliteDialectConfig) {
    super(config)
    this.#config = config
  }

  override createDriver(): SqliteDriver {
    return new ImmediateDriver(this.#config)
  }

  override createAdapter(): SqliteAdapter {
    return new TransactionalAdapter()
  }
}

class ImmediateDriver extends SqliteDriver {
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin immediate'))
  }
}

class TransactionalAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true
  }
}
