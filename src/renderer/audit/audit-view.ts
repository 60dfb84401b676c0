import type { AuditEntry } from '#shared/contract/http-audit.ts'
import { text } from '../ui/text.ts'

/** How many of those it was about are named in a row. */
const NAMED = 2

/** What was done, in words; a type that this console does not know is shown as it is written. */
export function describeType(type: string): string {
  const types: Readonly<Record<string, string>> = text.audit.types
  return Object.hasOwn(types, type) ? (types[type] ?? type) : text.audit.unknownType(type)
}

/** Whom it was about, as far as a row names them: identities (null: erased), and how many others there were. */
export function namedTargets({ targets, targetCount }: AuditEntry): {
  readonly named: readonly (string | null)[]
  readonly others: number
} {
  const named = targets.slice(0, NAMED).map(({ identity }) => identity)
  return { named, others: Math.max(0, targetCount - named.length) }
}

/** An entry as one text, for a label: `Banned ada, done`. */
export function entryText(entry: AuditEntry): string {
  const { named, others } = namedTargets(entry)
  const whom = named.map((identity) => identity ?? text.audit.erased)
  const parts = [describeType(entry.type), ...whom, ...(others > 0 ? [text.audit.andOthers(others)] : [])]
  return `${parts.join(' ')}, ${text.audit.result[entry.result].toLocaleLowerCase()}`
}
