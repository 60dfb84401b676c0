import { z } from 'zod'

/** What a room can ask attention for. */
export const attentionRuleSchema = z.enum(['bad_connections', 'banned_attempt', 'measure_evaded', 'join_burst', 'alone', 'unconfirmed'])
export type AttentionRule = z.infer<typeof attentionRuleSchema>

/** One mark of a room. `since` in ms; `why` is one plain line. */
export const attentionMarkSchema = z.object({ rule: z.string(), since: z.number(), why: z.string() })
export type AttentionMark = Readonly<z.infer<typeof attentionMarkSchema>>

const seconds = z.number().int().min(1).max(86_400)
const people = z.number().int().min(1).max(10_000)

/** When each rule marks a room. A rule that is not `on` marks none. */
export const attentionThresholdsSchema = z.object({
  /** So many people have had a connection this bad or worse for so long. */
  bad_connections: z.object({ on: z.boolean(), quality: z.enum(['poor', 'lost']), people, seconds }),
  /** A banned person tried to come in; the mark stays for so long after the last attempt. */
  banned_attempt: z.object({ on: z.boolean(), seconds }),
  /** A measure was evaded and enforced again; the mark stays for so long after the last time. */
  measure_evaded: z.object({ on: z.boolean(), seconds }),
  /** So many people joined within so long. */
  join_burst: z.object({ on: z.boolean(), people, seconds }),
  /** One person has been the only one in the room for so long. */
  alone: z.object({ on: z.boolean(), seconds }),
  /** Nothing has confirmed the room for so long. */
  unconfirmed: z.object({ on: z.boolean(), seconds }),
})
export type AttentionThresholds = Readonly<z.infer<typeof attentionThresholdsSchema>>

/**
 * The rules of a service: thresholds for every room, and others for rooms of a pattern. In a pattern `*` stands for any text; of the patterns that
 * fit a room's name the first one counts, and a rule that it leaves out is as in `thresholds`.
 */
export const attentionSettingsSchema = z.object({
  thresholds: attentionThresholdsSchema,
  patterns: z.array(z.object({ rooms: z.string().min(1).max(256), thresholds: attentionThresholdsSchema.partial() })).max(100),
})
export type AttentionSettings = Readonly<z.infer<typeof attentionSettingsSchema>>

/** The rules of a service where nobody has changed them. */
export const defaultAttention: AttentionSettings = {
  thresholds: {
    bad_connections: { on: true, quality: 'poor', people: 1, seconds: 15 },
    banned_attempt: { on: true, seconds: 600 },
    measure_evaded: { on: true, seconds: 600 },
    join_burst: { on: false, people: 20, seconds: 10 },
    alone: { on: false, seconds: 900 },
    unconfirmed: { on: true, seconds: 120 },
  },
  patterns: [],
}
