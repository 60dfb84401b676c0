import { createHash, randomUUID } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { defineScript, type RedisLink } from '#server/redis/connection.ts'
import { redisKeys } from '#server/redis/keys.ts'

/** How long a lease lives, ms: longer than a read, a change and another read may take, so that only a server that died leaves one behind. */
const LEASE_MS = 16_000
/** How long somebody waits for another instance to be done with a person, ms, and between two attempts, at least and at most. */
const PATIENCE_MS = 2000
const RETRY_MS = [15, 60] as const

const releaseScript = `
if redis.pcall('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0
`

/** One instance at a time changes somebody. Null: another one does, for longer than anybody waits; else what lets go of it. */
export type PersonLease = (room: string, identity: string) => Promise<(() => Promise<void>) | null>

/** For a server that is the only one. */
export const noLease: PersonLease = () => Promise.resolve(() => Promise.resolve())

/** Leases as keys that expire. While Redis is away there are none: to change somebody matters more. */
export function createRedisPersonLease(link: RedisLink, patienceMs = PATIENCE_MS): PersonLease {
  const release = defineScript(link.commands, 'releasePerson', 1, releaseScript)
  return async (room, identity) => {
    const key = redisKeys.personLease(
      createHash('sha256')
        .update(JSON.stringify([room, identity]))
        .digest('base64url'),
    )
    const token = randomUUID()
    const deadline = performance.now() + patienceMs
    // What can't be let go of ends by itself.
    const letGo = () =>
      release(key, token).then(
        () => undefined,
        () => undefined,
      )
    for (;;) {
      const taken = await link.commands.set(key, token, 'PX', LEASE_MS, 'NX').catch(() => 'away' as const)
      // It may have been taken, and only the answer been lost.
      if (taken !== null) return letGo
      if (performance.now() > deadline) return null
      await delay(RETRY_MS[0] + Math.random() * (RETRY_MS[1] - RETRY_MS[0]))
    }
  }
}
