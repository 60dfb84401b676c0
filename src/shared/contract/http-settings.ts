import { z } from 'zod'
import { attentionSettingsSchema, defaultAttention } from '../domain/attention.ts'

/** Whether measures are enforced. `dry-run`: what would be done is told in the feed, and nothing is done. `off`: nothing at all; tokens obey none either. */
export const enforcementSchema = z.enum(['on', 'dry-run', 'off'])
export type Enforcement = z.infer<typeof enforcementSchema>

/** How long what people did is kept, days; the audit and what is in force are kept for good. */
export const retentionDaysSchema = z.number().int().min(1).max(36_500)

/** What an admin sets for the whole service. `revision` rises with each change. */
export const serviceSettingsSchema = z.object({
  attention: attentionSettingsSchema,
  enforcement: enforcementSchema,
  retentionDays: retentionDaysSchema,
  revision: z.number().int(),
})
export type ServiceSettings = Readonly<z.infer<typeof serviceSettingsSchema>>

/** What holds until an admin changes it. */
export const defaultSettings: ServiceSettings = { attention: defaultAttention, enforcement: 'on', retentionDays: 90, revision: 0 }

/** A change: what is left out stays. With `revision` it is refused as a `conflict` where somebody else has changed the settings since. */
export const settingsChangeSchema = serviceSettingsSchema.partial()
export type SettingsChange = Readonly<z.infer<typeof settingsChangeSchema>>
