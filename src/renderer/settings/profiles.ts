import type { Profile, ProfileSummary } from '#shared/domain/profile.ts'
import { bridge, readRefusal } from '../bridge.ts'
import { useSession } from '../app/session.ts'

/** What became of a request: null when it went well, else one line that says why not. */
export type Trouble = string | null

export function loadProfiles(): Promise<Trouble> {
  return keep(async () => bridge().listProfiles({}))
}

export function saveProfile(profile: Profile): Promise<Trouble> {
  return keep(async () => bridge().saveProfile(profile))
}

export function removeProfile(id: string): Promise<Trouble> {
  return keep(async () => bridge().removeProfile({ id }))
}

/** Ends this session and starts that profile's; a `session_reset` brings its rooms. */
export function selectProfile(id: string): Promise<Trouble> {
  return keep(async () => bridge().selectProfile({ id }))
}

/** Saves a profile and, when that went well, uses it. */
export async function saveAndSelect(profile: Profile): Promise<Trouble> {
  return (await saveProfile(profile)) ?? selectProfile(profile.id)
}

/** Tries a profile without saving it. */
export async function testProfile(profile: Profile): Promise<{ readonly ok: boolean; readonly message: string }> {
  try {
    return await bridge().testProfile(profile)
  } catch (error) {
    return { ok: false, message: readRefusal(error).message }
  }
}

async function keep(request: () => Promise<readonly ProfileSummary[]>): Promise<Trouble> {
  try {
    useSession.setState({ profiles: await request() })
    return null
  } catch (error) {
    return readRefusal(error).message
  }
}
