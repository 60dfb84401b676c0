import type { AttentionMark } from '#shared/domain/attention.ts'
import { formatAge, formatUtc } from '../ui/format.ts'
import { text } from '../ui/text.ts'
import { isKnownRule, sortMarks } from './mark-severity.ts'

/** A mark in the few words a tile has room for. Of a rule that this console does not know the reason itself is shown. */
export function briefMark(mark: AttentionMark): string {
  return isKnownRule(mark.rule) ? text.attention.short[mark.rule] : mark.why
}

/** Why a room is marked and since when, in full. */
export function wholeMark(mark: AttentionMark, now: number): string {
  return text.attention.since(mark.why.replace(/\.$/, ''), formatAge(now - mark.since))
}

/** All marks in full, the most severe first, for a screen reader. */
export function marksAloud(marks: readonly AttentionMark[], now: number): string {
  const all = sortMarks(marks).map((mark) => wholeMark(mark, now))
  return text.attention.aloud(all.join('; '))
}

/** All marks in full with the time in UTC, a line each, for a hover. */
export function marksOnHover(marks: readonly AttentionMark[], now: number): string {
  const all = sortMarks(marks).map((mark) => `${wholeMark(mark, now)} (${formatUtc(mark.since)})`)
  return all.join('\n')
}
