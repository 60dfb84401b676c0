import type { Profile } from '#shared/domain/profile.ts'
import type { SecretStore } from '../ports.ts'
import { createMemorySecrets } from './memory-secrets.ts'

/** For tests: what a demo offers that runs a real LiveKit. */
export const sampleLivekit = {
  kind: 'livekit',
  url: 'ws://127.0.0.1:7880',
  apiKey: 'demo-key',
  apiSecret: 'demo-secret',
} as const

export const sampleDirect: Profile = {
  kind: 'direct',
  id: 'direct',
  name: 'Ours',
  livekitUrl: 'wss://lk.example',
  apiKey: 'direct-key',
  apiSecret: 'direct-secret',
  redisUrl: 'redis://:redis-password@cache.example',
}

/** For tests: a secret store in which these profiles are saved, the first one selected. */
export function saveProfiles(...profiles: Profile[]): SecretStore {
  return createMemorySecrets(JSON.stringify({ version: 1, selected: profiles[0]?.id ?? null, profiles }))
}
