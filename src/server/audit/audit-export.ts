import { setImmediate as turn } from 'node:timers/promises'
import type { AuditEntry } from '#shared/contract/http-audit.ts'
import { csvHeader, toCsv } from './audit-csv.ts'
import type { AuditFilter, AuditSearch } from './audit-search.ts'

/** How many entries, and how many people in them, are read at once: an export takes as much memory as that, however long it is. A single entry is about 5,000 at the most, or a room. */
const PAGE = 500
const PEOPLE = 5000
/** As many targets as there are: a position is an integer of 32 bits. */
const ALL = 2 ** 31 - 1

export type ExportFormat = 'csv' | 'json'

/** All that is found, newest first, piece by piece; `before`: what is newer is left out. Throws what the database says. */
export async function* exportAudit(search: AuditSearch, filter: AuditFilter, format: ExportFormat, before: number): AsyncGenerator<string> {
  yield format === 'csv' ? csvHeader : '['
  let isFirst = true
  let after: number | null = before
  while (after !== null) {
    const { entries, next } = await search(filter, { before: after, limit: PAGE, targets: ALL, targetsInAll: PEOPLE })
    if (entries.length > 0) yield format === 'csv' ? entries.map(toCsv).join('') : toJson(entries, isFirst)
    isFirst &&= entries.length === 0
    after = next
    // A database in this process answers without letting anything else run.
    await turn()
  }
  if (format === 'json') yield '\n]\n'
}

function toJson(entries: readonly AuditEntry[], isFirst: boolean): string {
  return entries.map((entry, index) => `${isFirst && index === 0 ? '' : ','}\n${JSON.stringify(entry)}`).join('')
}
