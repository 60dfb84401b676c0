import { z } from 'zod'
import {
  attentionRuleSchema,
  attentionSettingsSchema,
  defaultAttention,
  type AttentionRule,
  type AttentionSettings,
} from '#shared/domain/attention.ts'
import { describeIssue, fail, succeed, type Result } from '#shared/domain/failure.ts'

/** What the database holds of the service's settings. `others`: what a newer version has stored beside, which is to stay. */
export type StoredService = { readonly attention: AttentionSettings; readonly others: Readonly<Record<string, unknown>> }

const rulesSchema = z.record(z.string(), z.record(z.string(), z.unknown())).default({})

/** As any version may have written it: rules, and thresholds of a rule, may be missing or unknown here. */
const storedSchema = z.looseObject({
  attention: z
    .object({ thresholds: rulesSchema, patterns: z.array(z.object({ rooms: z.unknown(), thresholds: rulesSchema })).default([]) })
    .prefault({}),
})

export const nothingStored: StoredService = { attention: defaultAttention, others: {} }

/** Reads what was stored; what it leaves out is as in the defaults. A failure is one line without the value. */
export function readStored(text: string): Result<StoredService> {
  const parsed = storedSchema.safeParse(parseJson(text))
  if (!parsed.success) return fail('invalid', describeIssue(parsed.error))
  const { attention, ...others } = parsed.data
  const complete = attentionSettingsSchema.safeParse({
    thresholds: Object.fromEntries(attentionRuleSchema.options.map((rule) => [rule, completeRule(rule, attention.thresholds)])),
    patterns: attention.patterns.map(({ rooms, thresholds }) => ({
      rooms,
      thresholds: Object.fromEntries(
        attentionRuleSchema.options.filter((rule) => Object.hasOwn(thresholds, rule)).map((rule) => [rule, completeRule(rule, thresholds)]),
      ),
    })),
  })
  return complete.success ? succeed({ attention: complete.data, others }) : fail('invalid', describeIssue(complete.error))
}

export function writeStored({ attention, others }: StoredService): string {
  return JSON.stringify({ ...others, attention })
}

function completeRule(rule: AttentionRule, given: Readonly<Record<string, object>>): object {
  return { ...defaultAttention.thresholds[rule], ...given[rule] }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
