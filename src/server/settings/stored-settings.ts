import { z } from 'zod'
import { attentionRuleSchema, attentionSettingsSchema, defaultAttention, type AttentionRule } from '#shared/domain/attention.ts'
import { defaultSettings, enforcementSchema, retentionDaysSchema, type ServiceSettings } from '#shared/contract/http-settings.ts'
import { describeIssue, fail, succeed, type Result } from '#shared/domain/failure.ts'

/** What the database holds of the service's settings. `others`: what a newer version has stored beside, which is to stay. */
export type StoredService = Pick<ServiceSettings, 'attention' | 'enforcement' | 'retentionDays'> & {
  readonly others: Readonly<Record<string, unknown>>
}

/** The longest time that can be set, days. */
const KEPT_LONGEST = 36_500

const rulesSchema = z.record(z.string(), z.record(z.string(), z.unknown())).default({})

/** As any version may have written it: rules, and thresholds of a rule, may be missing or unknown here. */
const storedSchema = z.looseObject({
  attention: z
    .object({ thresholds: rulesSchema, patterns: z.array(z.object({ rooms: z.unknown(), thresholds: rulesSchema })).default([]) })
    .prefault({}),
  enforcement: enforcementSchema.default(defaultSettings.enforcement),
  retentionDays: retentionDaysSchema.default(defaultSettings.retentionDays),
})

const { revision: _none, ...defaults } = defaultSettings
export const nothingStored: StoredService = { ...defaults, others: {} }

/** Reads what was stored; what it leaves out is as in the defaults. A failure is one line without the value. */
export function readStored(text: string): Result<StoredService> {
  const parsed = storedSchema.safeParse(parseJson(text))
  if (!parsed.success) return fail('invalid', describeIssue(parsed.error))
  const { attention, enforcement, retentionDays, ...others } = parsed.data
  const complete = attentionSettingsSchema.safeParse({
    thresholds: Object.fromEntries(attentionRuleSchema.options.map((rule) => [rule, completeRule(rule, attention.thresholds)])),
    patterns: attention.patterns.map(({ rooms, thresholds }) => ({
      rooms,
      thresholds: Object.fromEntries(
        attentionRuleSchema.options.filter((rule) => Object.hasOwn(thresholds, rule)).map((rule) => [rule, completeRule(rule, thresholds)]),
      ),
    })),
  })
  return complete.success
    ? succeed({ attention: complete.data, enforcement, retentionDays, others })
    : fail('invalid', describeIssue(complete.error))
}

/**
 * What holds where the whole can't be read: the defaults, but for the two that can't be taken back if they are wrong. A switch that can be read stays as it is, and what people did is kept
 * for as long as possible where it can't be read for how long.
 */
export function salvageStored(text: string): StoredService {
  const stored = z.record(z.string(), z.unknown()).safeParse(parseJson(text))
  const { enforcement, retentionDays } = stored.data ?? {}
  return {
    ...nothingStored,
    enforcement: enforcementSchema.catch(nothingStored.enforcement).parse(enforcement),
    retentionDays: retentionDaysSchema
      .catch(retentionDays === undefined && stored.success ? nothingStored.retentionDays : KEPT_LONGEST)
      .parse(retentionDays),
  }
}

export function writeStored({ others, ...known }: StoredService): string {
  return JSON.stringify({ ...others, ...known })
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
