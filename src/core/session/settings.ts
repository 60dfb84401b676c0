import { randomBytes } from 'node:crypto'
import type { DemoRunning, ServerSettings } from '#shared/contract/embedded.ts'
import type { Profile } from '#shared/domain/profile.ts'

/** The port that a LiveKit of the same machine is most likely set up to send webhooks to. */
export const USUAL_PORT = 3001

const SYNC_INTERVAL_MS = 30_000
const CLEANUP_INTERVAL_MS = 300_000
const OBSERVE_ROOMS = 300

/** A token for the one console of an embedded sync server. */
export function createToken(): string {
  return randomBytes(24).toString('base64url')
}

/** What an embedded sync server is told about a LiveKit of the user's. */
export function settingsForDirect(profile: Extract<Profile, { kind: 'direct' }>, port: number, token: string): ServerSettings {
  return {
    ...commonSettings(port, profile.livekitUrl),
    livekitKeys: [{ key: profile.apiKey, secret: profile.apiSecret }],
    redisUrl: profile.redisUrl,
    admin: { token, name: 'moderator' },
  }
}

/** What an embedded sync server is told about the demo's LiveKit. */
export function settingsForDemo(running: DemoRunning, port: number, token: string): ServerSettings {
  return {
    ...commonSettings(port, running.url),
    livekitKeys: [{ key: running.apiKey, secret: running.apiSecret }],
    redisUrl: null,
    admin: { token, name: 'moderator' },
  }
}

function commonSettings(port: number, livekitUrl: string) {
  return {
    host: '127.0.0.1',
    port,
    livekitHost: livekitUrl,
    livekitPublicUrl: livekitUrl.replace(/^http/, 'ws'),
    serviceToken: null,
    database: { kind: 'memory' },
    syncIntervalMs: SYNC_INTERVAL_MS,
    cleanupIntervalMs: CLEANUP_INTERVAL_MS,
    observeRooms: OBSERVE_ROOMS,
    records: true,
    tokenLimitPerMinute: 20,
    redisBudget: { commandsPerDay: 7000, bytesPerMonth: 150_000_000 },
    trustProxy: false,
    logLevel: 'warn',
  } as const
}
