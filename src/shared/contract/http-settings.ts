import { z } from 'zod'
import { attentionSettingsSchema } from '../domain/attention.ts'

/** What an admin sets for the whole service. `revision` rises with each change. */
export const serviceSettingsSchema = z.object({ attention: attentionSettingsSchema, revision: z.number().int() })
export type ServiceSettings = Readonly<z.infer<typeof serviceSettingsSchema>>

/** A change: what is left out stays. With `revision` it is refused as a `conflict` where somebody else has changed the settings since. */
export const settingsChangeSchema = z.object({ attention: attentionSettingsSchema.optional(), revision: z.number().int().optional() })
export type SettingsChange = Readonly<z.infer<typeof settingsChangeSchema>>
