import { randomUUID } from 'node:crypto'
import { fail, succeed, type Result } from '#shared/domain/failure.ts'
import type { Profile, ProfileSummary } from '#shared/domain/profile.ts'
import type { Log, SecretStore } from '../ports.ts'
import { noProfiles, profileListSchema, summarizeProfile, withoutProfile, withProfile, type ProfileList } from './profile-list.ts'

/** What runs when no profile is selected, where the host has such a one. */
const builtInDemo: Profile = { kind: 'demo', id: 'demo', name: 'Demo' }

/** The profiles of this user. Each change is written before it counts. */
export type ProfileBook = {
  readonly list: () => ProfileSummary[]
  /** The profile to run; null: none. */
  readonly selected: () => Profile | null
  readonly secrets: () => string[]
  /** Saves a new profile (an empty id gets one), or replaces the one with the same id. */
  readonly save: (profile: Profile) => Promise<Result<Profile>>
  readonly remove: (id: string) => Promise<Result<Profile>>
  readonly select: (id: string) => Promise<Result<Profile>>
}

/** Reads the profiles. A text that can't be read counts as none, and stays as it is until the user saves a profile. */
export async function openProfileBook(secrets: SecretStore, fallback: 'demo' | null, log: Log): Promise<ProfileBook> {
  const read = await readList(secrets, log)
  let list = read ?? noProfiles
  let mayWrite = read !== null
  let turn: Promise<unknown> = Promise.resolve()

  /** The built-in demo is offered as long as no saved profile is a demo of the user's own. */
  function offered(): readonly Profile[] {
    const hasDemo = list.profiles.some((held) => held.kind === 'demo' || held.id === builtInDemo.id)
    return fallback === null || hasDemo ? list.profiles : [builtInDemo, ...list.profiles]
  }
  function selected(): Profile | null {
    return list.profiles.find((held) => held.id === list.selected) ?? (fallback === null ? null : builtInDemo)
  }

  async function write(next: ProfileList): Promise<Result<null>> {
    if (mayWrite) {
      try {
        await secrets.write(JSON.stringify(next))
      } catch {
        return fail('unavailable', 'the profiles could not be written to the secret store of this machine: nothing was changed')
      }
    }
    list = next
    return succeed(null)
  }

  /** One change at a time: each starts from what the one before has written. */
  function inTurn<T>(change: () => Promise<T>): Promise<T> {
    const result = turn.then(change)
    turn = result.catch(() => undefined)
    return result
  }

  function saveNow(given: Profile): Promise<Result<Profile>> {
    const profile = given.id === '' ? { ...given, id: randomUUID() } : given
    mayWrite = true
    return settle(withProfile(list, profile), profile)
  }
  async function settle(next: ProfileList, profile: Profile): Promise<Result<Profile>> {
    const written = await write(next)
    return written.ok ? succeed(profile) : written
  }

  return {
    selected,
    list() {
      const running = selected()
      return offered().map((profile) => summarizeProfile(profile, profile === running))
    },
    secrets: () => list.profiles.flatMap(listSecrets),
    save: (profile) => inTurn(() => saveNow(profile)),
    remove: (id) =>
      inTurn(async () => {
        const profile = list.profiles.find((held) => held.id === id)
        if (profile !== undefined) return settle(withoutProfile(list, id), profile)
        if (offered().some((held) => held.id === id)) return fail('unsupported', 'the built-in demo cannot be removed')
        return fail('not_found', 'there is no such profile')
      }),
    select: (id) =>
      inTurn(async () => {
        const profile = offered().find((held) => held.id === id)
        if (profile === undefined) return fail('not_found', 'there is no such profile')
        return settle({ ...list, selected: list.profiles.includes(profile) ? id : null }, profile)
      }),
  }
}

async function readList(secrets: SecretStore, log: Log): Promise<ProfileList | null> {
  try {
    const text = await secrets.read()
    if (text === null) return noProfiles
    const parsed = profileListSchema.safeParse(JSON.parse(text))
    if (parsed.success) return parsed.data
  } catch {
    // What was thrown could quote the text, so it isn't logged.
  }
  log('warn', 'the saved profiles could not be read: none is used, and they stay as they are until a profile is saved')
  return null
}

/** Every text of a profile that must not leave this process. */
export function listSecrets(profile: Profile): string[] {
  switch (profile.kind) {
    case 'demo':
      return []
    case 'direct':
      return [profile.apiKey, profile.apiSecret, ...listRedisSecrets(profile.redisUrl)]
    case 'team':
      return [profile.token, ...listUrlSecrets(profile.serverUrl)]
  }
}

function listRedisSecrets(url: string | null): string[] {
  return url === null ? [] : [url, ...listUrlSecrets(url)]
}

function listUrlSecrets(url: string): string[] {
  const { password } = new URL(url)
  return password === '' ? [] : [password, decodePassword(password)]
}

/** A password may hold a percent sign that encodes nothing; then it is meant as it stands. */
function decodePassword(password: string): string {
  try {
    return decodeURIComponent(password)
  } catch {
    return password
  }
}
