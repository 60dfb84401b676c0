import { z } from 'zod'
import { profileSchema, profileSummarySchema } from '../domain/profile.ts'

const id = z.string().min(1)
const list = z.array(profileSummarySchema)

export const profileRequests = {
  list_profiles: { payload: z.object({}), value: list },
  /** Saves a new profile, or replaces the one with the same id. Secrets go in here and never come out again. */
  save_profile: { payload: profileSchema, value: list },
  remove_profile: { payload: z.object({ id }), value: list },
  /** Ends the session and starts that profile's; a `session_reset` follows. */
  select_profile: { payload: z.object({ id }), value: list },
  /** Tries what a profile says without saving it; `message` is one plain line. */
  test_profile: { payload: profileSchema, value: z.object({ ok: z.boolean(), message: z.string() }) },
} as const

export const profilePushes = {
  profiles_changed: list,
} as const
