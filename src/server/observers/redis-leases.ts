import { z } from 'zod'
import { defineScript, type RedisLink } from '#server/redis/connection.ts'
import { redisKeys } from '#server/redis/keys.ts'
import type { ObserveLeases } from './leases.ts'

/** How long a lease lives that isn't asked for again, ms: with the time until another instance asks, and joins, well below 5 s. */
const LEASE_MS = 2500

/**
 * KEYS: leases to keep, then leases wanted. ARGV: instance, ms a lease lives, how many are to be kept, how many may be taken.
 * Answers which were lost, and which taken, each by its place among the keys.
 */
const holdScript = `
local me, ms, kept, count = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local lost, taken = {}, {}
for place, key in ipairs(KEYS) do
  local wanted = place > kept
  if wanted and #taken >= count then break end
  local holder = redis.pcall('GET', key)
  -- What is no string is nobody's lease, and is written over.
  if not holder or holder == me or type(holder) == 'table' then
    redis.call('SET', key, me, 'PX', ms)
    if wanted then taken[#taken + 1] = place end
  elseif not wanted then
    lost[#lost + 1] = place
  end
end
return {lost, taken}
`

/** KEYS: leases. ARGV: instance. Lets go of those that are its own. */
const releaseScript = `
for _, key in ipairs(KEYS) do
  if redis.pcall('GET', key) == ARGV[1] then redis.call('DEL', key) end
end
return 1
`

const heldSchema = z.tuple([z.array(z.number()), z.array(z.number())])

/** Leases as keys that expire, all asked for in one command. They go over a connection that isn't counted: they are outside the budget (S3.4). */
export function createRedisLeases(link: RedisLink, instance: string): ObserveLeases {
  const redis = link.openUncounted()
  // The reader of the log tells when Redis is away; this connection comes back by itself.
  redis.on('error', () => undefined)
  redis.connect().catch(() => undefined)
  const hold = defineScript(redis, 'holdLeases', null, holdScript)
  const release = defineScript(redis, 'releaseLeases', null, releaseScript)
  return {
    async hold({ keep, want, count }) {
      const rooms = [...keep, ...want]
      if (rooms.length === 0) return { lost: [], taken: [] }
      try {
        const keys = rooms.map(redisKeys.observeLease)
        const [lost, taken] = heldSchema.parse(await hold(rooms.length, ...keys, instance, LEASE_MS, keep.length, count))
        const named = (places: readonly number[]) => places.flatMap((place) => rooms[place - 1] ?? [])
        return { lost: named(lost), taken: named(taken) }
      } catch {
        return null
      }
    },
    async release(rooms) {
      if (rooms.length === 0) return
      // Where Redis is away they end by themselves.
      await release(rooms.length, ...rooms.map(redisKeys.observeLease), instance).catch(() => undefined)
    },
    close: () => redis.disconnect(),
  }
}
