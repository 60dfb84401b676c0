import { defineScript, type RedisLink } from '#server/redis/connection.ts'
import { redisKeys } from '#server/redis/keys.ts'
import type { ClaimPort } from './alone.ts'

/** Takes or renews the lease where nobody else has it. KEYS: lease. ARGV: database's id, ms. Answers 1 or 0. */
const claimScript = `
local holder = redis.pcall('GET', KEYS[1])
if type(holder) == 'string' and holder ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
`

/** The claim of a database as a lease in Redis: one command each time. What lies at its key and is no lease is overwritten. */
export function createRedisClaim({ commands }: RedisLink): ClaimPort {
  const claim = defineScript(commands, 'claimDatabase', 1, claimScript)
  return {
    claim: async (databaseId, ttlMs) => (await claim(redisKeys.databaseLease, databaseId, ttlMs)) === 1,
  }
}
