import { z } from 'zod'
import { serviceSettingsSchema, settingsChangeSchema } from './http-settings.ts'

export const settingsRequests = {
  read_settings: { payload: z.object({}), value: serviceSettingsSchema },
  /** The settings after the change; a `conflict` where somebody else has changed them since the revision it names. */
  change_settings: { payload: settingsChangeSchema, value: serviceSettingsSchema },
} as const
