import { succeed, type Result } from '#shared/domain/failure.ts'
import type { ProfileSummary } from '#shared/domain/profile.ts'
import type { HandlerContext, HandlersFor } from './context.ts'

export const profileHandlers: HandlersFor<'list_profiles' | 'save_profile' | 'remove_profile' | 'select_profile' | 'test_profile'> = {
  list_profiles: (_payload, { profiles }) => succeed(profiles.list()),
  save_profile: async (profile, context) => listAfter(await context.profiles.save(profile), context),
  remove_profile: async ({ id }, context) => listAfter(await context.profiles.remove(id), context),
  select_profile: async ({ id }, context) => listAfter(await context.profiles.select(id), context),
  test_profile: async (profile, { profiles }) => succeed(await profiles.test(profile)),
}

function listAfter(change: Result<unknown>, context: HandlerContext): Result<ProfileSummary[]> {
  return change.ok ? succeed(context.profiles.list()) : change
}
