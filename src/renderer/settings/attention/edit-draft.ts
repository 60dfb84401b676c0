import type { AttentionRule } from '#shared/domain/attention.ts'
import type { LineDraft, RuleDraft, RulesDraft } from './rules-draft.ts'

/** A draft with a rule for all rooms changed. */
export function setRule(draft: RulesDraft, rule: AttentionRule, value: RuleDraft): RulesDraft {
  return { ...draft, all: { ...draft.all, [rule]: value } }
}

/** A draft with a line more, for rooms yet to be named. */
export function addLine(draft: RulesDraft, id: string): RulesDraft {
  return { ...draft, lines: [...draft.lines, { id, rooms: '', rules: {} }] }
}

export function setLine(draft: RulesDraft, line: LineDraft): RulesDraft {
  return { ...draft, lines: draft.lines.map((each) => (each.id === line.id ? line : each)) }
}

export function removeLine(draft: RulesDraft, id: string): RulesDraft {
  return { ...draft, lines: draft.lines.filter((line) => line.id !== id) }
}

/** A draft with a line one place further up (-1) or down (1); at the end it stays. */
export function moveLine(draft: RulesDraft, id: string, by: -1 | 1): RulesDraft {
  const from = draft.lines.findIndex((line) => line.id === id)
  const line = draft.lines[from]
  const to = from + by
  if (line === undefined || to < 0 || to >= draft.lines.length) return draft
  return { ...draft, lines: draft.lines.toSpliced(from, 1).toSpliced(to, 0, line) }
}

/** A line with a rule of its own, or (null) with that rule as for all rooms. */
export function setLineRule(line: LineDraft, rule: AttentionRule, value: RuleDraft | null): LineDraft {
  const { [rule]: _before, ...others } = line.rules
  return { ...line, rules: value === null ? others : { ...others, [rule]: value } }
}
