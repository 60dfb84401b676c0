import { randomUUID } from 'node:crypto'
import type { DatabaseSettings } from '#shared/contract/embedded.ts'
import type { Database } from '#server/records/database.ts'
import { createAuditBook } from './audit-book.ts'
import { exportAudit, type ExportFormat } from './audit-export.ts'
import { createAuditSearch, type AuditFilter, type AuditSearch } from './audit-search.ts'
import { createAuditStore, type AuditHead } from './audit-store.ts'
import { createAuditWriter } from './audit-writer.ts'
import type { Audit } from './audit.ts'
import { findAction } from './known-action.ts'
import { tellNewestHash } from './tell-newest-hash.ts'
import { verifyAudit, type AuditVerdict } from './verify-audit.ts'

/** How long the end of a server waits for what must still be written, ms. */
const CLOSE_MS = 5000

/** The audit of a running server (D6): it is written, searched, exported and checked. What reads it throws what the database says. */
export type OpenAudit = Audit & {
  readonly search: AuditSearch
  /** Where the chain ends now. */
  readonly head: () => Promise<AuditHead>
  /** Piece by piece, from the row before `before` on. */
  readonly export: (filter: AuditFilter, format: ExportFormat, before: number) => AsyncIterable<string>
  readonly verify: () => Promise<AuditVerdict>
  /** Logs where the chain ends, now and then daily. */
  readonly tellNewestHash: () => void
  /** What the database threw, as one line. */
  readonly describe: (error: unknown) => string
  /** Writes what waits; while the records are still open. */
  readonly close: () => Promise<void>
}

type Options = {
  readonly records: Pick<Database, 'queries' | 'describe'>
  readonly settings: { readonly database: Pick<DatabaseSettings, 'kind'> }
  readonly log: {
    readonly info: ((line: string) => void) & ((fields: object, line: string) => void)
    readonly warn: (line: string) => void
    readonly error: (line: string) => void
  }
  readonly now?: () => number
}

export function openAudit({ records: { queries, describe }, settings, log, now = Date.now }: Options): OpenAudit {
  const instance = randomUUID()
  const store = createAuditStore(queries, instance)
  const writer = createAuditWriter({ store, describe, log })
  // A SQLite file, or memory, belongs to one server.
  const isAlone = settings.database.kind !== 'postgres'
  const { underWay, ...audit } = createAuditBook({
    writer,
    store,
    find: (actionId) => findAction(queries, actionId),
    instance,
    isAlone,
    describe,
    now,
  })
  const search = createAuditSearch(queries, underWay, now)
  let stopTelling: () => void = () => undefined

  return {
    ...audit,
    search,
    head: store.head,
    export: (filter, format, before) => exportAudit(search, filter, format, before),
    verify: () => verifyAudit(queries),
    tellNewestHash() {
      stopTelling = tellNewestHash({ head: store.head, log, describe })
    },
    describe,
    async close() {
      stopTelling()
      const lost = await writer.close(CLOSE_MS)
      if (lost > 0) log.error(`${lost} rows could not be written to the audit before the end of this server: the database is away`)
    },
  }
}
