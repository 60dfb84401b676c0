import type { AuditQuery, AuditResult, AuditType } from '#shared/contract/http-audit.ts'
import { readField } from '../ui/format.ts'

const HOUR = 3_600_000

/** How far back the list goes. `custom`: between two fields of day and time. */
export const ranges = ['any', 'hour', 'day', 'week', 'custom'] as const
export type Range = (typeof ranges)[number]

const spans: Record<Exclude<Range, 'any' | 'custom'>, number> = { hour: HOUR, day: 24 * HOUR, week: 7 * 24 * HOUR }

/** What of the audit is wanted, as the fields have it; an empty text and null are no filter. */
export type AuditFilter = {
  readonly operator: string
  readonly target: string
  readonly room: string
  readonly type: AuditType | null
  readonly result: AuditResult | null
  readonly range: Range
  readonly from: string
  readonly to: string
}

export const noFilter: AuditFilter = { operator: '', target: '', room: '', type: null, result: null, range: 'any', from: '', to: '' }

/** The query that a filter means at a moment (ms). */
export function queryOf(filter: AuditFilter, now: number): AuditQuery {
  const query: AuditQuery = {
    ...text('operator', filter.operator),
    ...text('target', filter.target),
    ...text('room', filter.room),
    ...(filter.type === null ? {} : { type: filter.type }),
    ...(filter.result === null ? {} : { result: filter.result }),
  }
  if (filter.range === 'any') return query
  if (filter.range !== 'custom') return { ...query, from: now - spans[filter.range] }
  const from = readField(filter.from)
  const to = readField(filter.to)
  return { ...query, ...(from === null ? {} : { from }), ...(to === null ? {} : { to }) }
}

/** Whether anything is left out. */
export function isFiltered(filter: AuditFilter): boolean {
  return Object.keys(queryOf(filter, 0)).length > 0
}

function text(field: 'operator' | 'target' | 'room', value: string): AuditQuery {
  return value.trim() === '' ? {} : { [field]: value.trim() }
}
