import { attentionRuleSchema, attentionSettingsSchema, attentionThresholdsSchema } from '#shared/domain/attention.ts'
import type { AttentionRule, AttentionSettings, AttentionThresholds } from '#shared/domain/attention.ts'
import { text } from '../../ui/text.ts'

/** What a number's field holds: a number, or a text that is none yet. */
export type NumberDraft = number | string

/** One rule as its fields hold it. Which of `people` and `quality` there are depends on the rule. */
export type RuleDraft = {
  readonly on: boolean
  readonly seconds: NumberDraft
  readonly people?: NumberDraft
  readonly quality?: AttentionThresholds['bad_connections']['quality']
}

/** Rules that are set for some rooms; those that are left out are as for all. */
type OwnRules = { readonly [Rule in AttentionRule]?: RuleDraft | undefined }

/** The rules for rooms of a pattern. `id` names the line on this page only. */
export type LineDraft = { readonly id: string; readonly rooms: string; readonly rules: OwnRules }

export type RulesDraft = { readonly all: Readonly<Record<AttentionRule, RuleDraft>>; readonly lines: readonly LineDraft[] }

/** The rules in the order in which they are shown. */
export const rules = attentionRuleSchema.options

/** What may be entered, from the contract. */
export const limits = {
  people: rangeOf(attentionThresholdsSchema.shape.join_burst.shape.people),
  seconds: rangeOf(attentionThresholdsSchema.shape.alone.shape.seconds),
}

/** How many lines for some rooms there may be; as the contract. */
export const LINES_LIMIT = 100

function rangeOf(field: { readonly minValue: number | null; readonly maxValue: number | null }) {
  return { min: field.minValue ?? 0, max: field.maxValue ?? Number.MAX_SAFE_INTEGER }
}

export function draftOf({ thresholds, patterns }: AttentionSettings): RulesDraft {
  return {
    all: thresholds,
    lines: patterns.map((pattern, index) => ({ id: `line-${index}`, rooms: pattern.rooms, rules: pattern.thresholds })),
  }
}

/** The path of a field, as an error names it. `line`: its place among the lines, null for the rules for all. */
export function fieldPath(line: number | null, rule: AttentionRule, field: 'people' | 'seconds' | 'quality'): string {
  return line === null ? `thresholds.${rule}.${field}` : `patterns.${line}.thresholds.${rule}.${field}`
}

export function roomsPath(line: number): string {
  return `patterns.${line}.rooms`
}

/** What is wrong with a field, by its path. */
export type FieldErrors = ReadonlyMap<string, string>

export type CheckedRules =
  { readonly ok: true; readonly attention: AttentionSettings } | { readonly ok: false; readonly errors: FieldErrors }

/** The settings that a draft describes, or what is wrong with each field. */
export function checkRules(draft: RulesDraft): CheckedRules {
  const parsed = attentionSettingsSchema.safeParse({
    thresholds: draft.all,
    patterns: draft.lines.map((line) => ({ rooms: line.rooms.trim(), thresholds: line.rules })),
  })
  const errors = new Map<string, string>()
  for (const { path } of parsed.error?.issues ?? []) errors.set(path.map(String).join('.'), describeField(path.at(-1)))
  for (const line of repeatedLines(draft)) errors.set(roomsPath(line), text.rules.patternTwice)
  return parsed.success && errors.size === 0 ? { ok: true, attention: parsed.data } : { ok: false, errors }
}

function describeField(field: PropertyKey | undefined): string {
  if (field !== 'people' && field !== 'seconds') return text.rules.patternMissing
  return text.rules.range(limits[field].min, limits[field].max)
}

/** The places of lines that never count, as the same pattern stands further up. */
function repeatedLines({ lines }: RulesDraft): readonly number[] {
  const patterns = lines.map((line) => line.rooms.trim())
  return patterns.flatMap((pattern, index) => (pattern !== '' && patterns.indexOf(pattern) < index ? [index] : []))
}

/** Whether a draft says something else than these settings. */
export function isChanged(draft: RulesDraft, settings: AttentionSettings): boolean {
  const checked = checkRules(draft)
  return !checked.ok || differences(checked.attention, settings).length > 0
}

/** What differs between two settings, by name: rules, and the lines for some rooms. */
export function differences(one: AttentionSettings, other: AttentionSettings): readonly string[] {
  const names = rules.filter((rule) => !isSame(one.thresholds[rule], other.thresholds[rule])).map((rule) => text.rules.name[rule])
  return isSame(one.patterns, other.patterns) ? names : [...names, text.rules.patterns]
}

/** Both came through the same schema, so their fields stand in the same order. */
function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other)
}
