import { describe, expect, it } from 'vitest'
import { readSettings } from './config.ts'

const admin = { USHER_ADMIN_TOKEN: 'secret-value' }
const least = { LIVEKIT_HOST: 'https://live.example', LIVEKIT_API_KEY: 'key', LIVEKIT_API_SECRET: 'secret-value' }

describe('readSettings', () => {
  it('S1.8 takes the least there can be, with the contract’s defaults', () => {
    expect(readSettings(least)).toMatchObject({
      ok: true,
      value: { host: '127.0.0.1', port: 3001, livekitPublicUrl: 'wss://live.example', redisUrl: null, admin: null, syncIntervalMs: 30_000 },
    })
  })

  it('takes several keys while they are rotated, in pairs', () => {
    const settings = readSettings({ ...least, LIVEKIT_API_KEY: 'new, old', LIVEKIT_API_SECRET: 'new-secret,old-secret' })
    expect(settings).toMatchObject({
      value: {
        livekitKeys: [
          { key: 'new', secret: 'new-secret' },
          { key: 'old', secret: 'old-secret' },
        ],
      },
    })
    expect(readSettings({ ...least, LIVEKIT_API_KEY: 'new,old' })).toMatchObject({
      ok: false,
      message: expect.stringMatching(/^LIVEKIT_API_SECRET/),
    })
  })

  it.each([
    ['LIVEKIT_HOST', undefined, 'LIVEKIT_HOST is missing'],
    ['LIVEKIT_API_KEY', '', 'LIVEKIT_API_KEY is missing'],
    ['LIVEKIT_API_SECRET', ' , ', 'LIVEKIT_API_SECRET is empty'],
    ['LIVEKIT_HOST', 'ftp://x', 'LIVEKIT_HOST must be an address'],
    ['LIVEKIT_PUBLIC_URL', 'https://x', 'LIVEKIT_PUBLIC_URL must be an address'],
    ['LIVEKIT_PUBLIC_URL', 'wss://user:secret@x', 'LIVEKIT_PUBLIC_URL must not hold a user or password'],
    ['REDIS_URL', 'http://x', 'REDIS_URL must be an address'],
    ['REDIS_URL', 'redis://x/abc', 'REDIS_URL must end with'],
    ['REDIS_URL', 'redis://:p%zz@x', 'REDIS_URL must have each %'],
    ['LIVEKIT_HOST', 'https://user:secret-value@x', 'LIVEKIT_HOST must not hold a user'],
    ['PORT', '70000', 'PORT must be from 0 to 65535'],
    ['PORT', '-1', 'PORT must be from 0'],
    ['PORT', 'many', 'PORT is not a whole number'],
    ['SYNC_INTERVAL_MS', '1', 'SYNC_INTERVAL_MS must be from 250'],
    ['USHER_ADMIN_TOKEN', 'two words', 'USHER_ADMIN_TOKEN must hold neither blanks'],
    ['USHER_SERVICE_TOKEN', 'schlüssel', 'USHER_SERVICE_TOKEN must hold neither blanks'],
    ['USHER_SERVICE_TOKEN', 'secret-value', 'USHER_SERVICE_TOKEN must be another one than USHER_ADMIN_TOKEN'],
    ['TRUST_PROXY', 'perhaps', 'TRUST_PROXY must be on or off'],
    ['LOG_LEVEL', 'loud', 'LOG_LEVEL must be one of fatal, error'],
  ])('names %s when it is %s, and never a value', (name, value, says) => {
    const settings = readSettings({ ...least, ...admin, [name]: value })
    expect(settings).toMatchObject({ ok: false, code: 'invalid', message: expect.stringContaining(says) })
    expect(JSON.stringify(settings)).not.toContain('secret-value')
  })
})
