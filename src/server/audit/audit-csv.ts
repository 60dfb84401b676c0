import type { AuditEntry, AuditTarget } from '#shared/contract/http-audit.ts'

/**
 * What begins a formula in some spreadsheet, also in full or small width, and after what can't be seen: https://owasp.org/www-community/attacks/CSV_Injection. U+2212 is the minus sign of
 * typography.
 */
const formula = /^(?:[\t\r]|[\p{Z}\p{C}]*[=+\-@＝＋－＠﹦﹢﹣﹫\u2212])/u

/** Several targets are as many lines of one cell. */
const columns = {
  seq: ({ seq }) => String(seq),
  at: ({ at }) => utc(at),
  ended_at: ({ endedAt }) => (endedAt === null ? '' : utc(endedAt)),
  operator: ({ operator }) => operator,
  role: ({ role }) => role,
  type: ({ type }) => type,
  action_id: ({ actionId }) => actionId ?? '',
  room: ({ room }) => room ?? '',
  targets: ({ targets }) => targets.map(nameOf).join('\n'),
  target_count: ({ targetCount }) => String(targetCount),
  failed_targets: ({ targets }) =>
    targets
      .filter(({ ok }) => ok === false)
      .map(describeFailed)
      .join('\n'),
  reason: ({ reason }) => reason ?? '',
  text: ({ text }) => text ?? '',
  result: ({ result }) => result,
  code: ({ code }) => code ?? '',
  detail: ({ detail }) => detail ?? '',
  why: ({ why }) => why ?? '',
  measure_id: ({ measureId }) => measureId ?? '',
  hash: ({ hash }) => hash,
} as const satisfies Readonly<Record<string, (entry: AuditEntry) => string>>

export const csvHeader = csvLine(Object.keys(columns))

/** An entry as a line of CSV (RFC 4180), its end included. */
export function toCsv(entry: AuditEntry): string {
  return csvLine(Object.values(columns).map((column) => column(entry)))
}

/** Every cell is quoted; what a spreadsheet would run is made a text. */
export function csvLine(cells: readonly string[]): string {
  return `${cells.map((cell) => `"${harmless(cell).replaceAll('"', '""')}"`).join(',')}\r\n`
}

function harmless(cell: string): string {
  return formula.test(cell) ? `'${cell}` : cell
}

function utc(at: number): string {
  return new Date(at).toISOString()
}

function nameOf({ identity }: AuditTarget): string {
  return identity ?? '(erased)'
}

function describeFailed(target: AuditTarget): string {
  const why = [target.code, target.detail].filter((each) => each !== undefined).join(' ')
  return why === '' ? nameOf(target) : `${nameOf(target)}: ${why}`
}
