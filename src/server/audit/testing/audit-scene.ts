import { randomUUID } from 'node:crypto'
import type { DatabaseSettings } from '#shared/contract/embedded.ts'
import type { Operator } from '#shared/domain/operator.ts'
import type { Result } from '#shared/domain/failure.ts'
import { openDatabase, type Database } from '#server/records/database.ts'
import type { AuditFilter } from '../audit-search.ts'
import { createAuditStore } from '../audit-store.ts'
import type { AuditIntent } from '../audit.ts'
import { openAudit, type OpenAudit } from '../open-audit.ts'

export const ana: Operator = { name: 'ana', role: 'moderator' }
export const ben: Operator = { name: 'ben', role: 'support' }

/** An intent of its own; without more words ana removes cem from the yoga. */
export function intentOf(more: Partial<AuditIntent> = {}): AuditIntent {
  return {
    actionId: randomUUID(),
    operator: ana,
    type: 'remove',
    room: 'yoga',
    identities: ['cem'],
    reason: 'shouts',
    text: null,
    ...more,
  }
}

/** Where rows are added at once, without a book. */
export function storeOf(database: Database) {
  return createAuditStore(database.queries, 'this run')
}

export function valueOf<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.message)
  return result.value
}

/** Servers on one database, each with a connection of its own. */
export type AuditScene = {
  readonly database: Database
  readonly settings: DatabaseSettings
  readonly lines: readonly string[]
  /** Another server. */
  readonly serve: (now?: () => number) => Promise<OpenAudit>
  readonly close: () => Promise<void>
}

export async function openScene(settings: DatabaseSettings): Promise<AuditScene> {
  const database = valueOf(await openDatabase(settings))
  const closing: (() => Promise<void>)[] = []
  const lines: string[] = []
  const write = (first: object | string, line = '') =>
    void lines.push(typeof first === 'string' ? first : `${JSON.stringify(first)} ${line}`)
  return {
    database,
    settings,
    lines,
    async serve(now) {
      const records = settings.kind === 'memory' ? database : valueOf(await openDatabase(settings))
      const audit = openAudit({
        records,
        settings: { database: settings },
        log: { info: write, warn: write, error: write },
        ...(now ? { now } : {}),
      })
      closing.push(audit.close)
      if (records !== database) closing.push(records.close)
      return audit
    },
    async close() {
      for (const close of closing) await close()
      await database.close()
    },
  }
}

/** All entries that are found, newest first. */
export async function found(audit: OpenAudit, filter: AuditFilter = {}) {
  return (await audit.search(filter, { before: null, limit: 500, targets: 20 })).entries
}
