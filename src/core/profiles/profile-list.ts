import { z } from 'zod'
import { profileSchema, type Profile, type ProfileSummary } from '#shared/domain/profile.ts'

/** The saved profiles and which one runs; `selected: null` is the built-in one, or none. */
export const profileListSchema = z.object({ version: z.literal(1), selected: z.string().nullable(), profiles: z.array(profileSchema) })
export type ProfileList = Readonly<z.infer<typeof profileListSchema>>

export const noProfiles: ProfileList = { version: 1, selected: null, profiles: [] }

/** The list with a profile added, or replaced in its place. */
export function withProfile(list: ProfileList, profile: Profile): ProfileList {
  const isKnown = list.profiles.some((held) => held.id === profile.id)
  const profiles = isKnown ? list.profiles.map((held) => (held.id === profile.id ? profile : held)) : [...list.profiles, profile]
  return { ...list, profiles }
}

/** The list without a profile; if it was the selected one, none is. */
export function withoutProfile(list: ProfileList, id: string): ProfileList {
  return { ...list, selected: list.selected === id ? null : list.selected, profiles: list.profiles.filter((held) => held.id !== id) }
}

/** A profile as the renderer may see it: without key, secret, Redis and token, its address without a password. */
export function summarizeProfile(profile: Profile, selected: boolean): ProfileSummary {
  return { id: profile.id, kind: profile.kind, name: profile.name, address: readAddress(profile), selected }
}

function readAddress(profile: Profile): string | null {
  if (profile.kind === 'demo') return null
  const { protocol, host, pathname } = new URL(profile.kind === 'direct' ? profile.livekitUrl : profile.serverUrl)
  return `${protocol}//${host}${pathname === '/' ? '' : pathname}`
}
