import type { AttentionMark, AttentionRule } from '#shared/domain/attention.ts'

/** The higher, the sooner somebody should look. Equal numbers: neither goes before the other. */
const severities: Readonly<Record<AttentionRule, number>> = {
  banned_attempt: 6,
  measure_evaded: 6,
  bad_connections: 5,
  unconfirmed: 3,
  join_burst: 2,
  alone: 1,
}

/** A newer server's rule: nobody knows how much it means, so it stands in the middle. */
const UNKNOWN = 4

/** How severe a mark of this rule is. Also of a rule that this console does not know. */
export function markSeverity(rule: string): number {
  return isKnownRule(rule) ? severities[rule] : UNKNOWN
}

/** Whether somebody breaks a measure: such a mark is louder than the others. */
export function isBreach(rule: string): boolean {
  return markSeverity(rule) === severities.banned_attempt
}

/** The marks with the most severe first; of equals the newest. */
export function sortMarks(marks: readonly AttentionMark[]): readonly AttentionMark[] {
  return marks.toSorted((a, b) => markSeverity(b.rule) - markSeverity(a.rule) || b.since - a.since)
}

export function isKnownRule(rule: string): rule is AttentionRule {
  return Object.hasOwn(severities, rule)
}
