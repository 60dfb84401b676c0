import { z } from 'zod'
import { defineScript, describeRedisError, type RedisLink } from '#server/redis/connection.ts'
import { redisKeys } from '#server/redis/keys.ts'
import type { RateLimit, RateLimitOptions } from './rate-limit.ts'

/** Redis' own time in microseconds, as a Lua expression: one clock for all instances. */
const redisClock = `(function() local time = redis.call('TIME') return time[1] * 1000000 + time[2] end)()`

/**
 * KEYS: a zset of the times at which the user was allowed, microseconds. ARGV: limit, window (microseconds).
 * Answers {"allowed", 0} or {"refused", microseconds until the one that is in the way leaves the window}.
 * Times ahead of the clock are of a clock that was set back.
 */
const takeScript = (clock: string) => `
local key, limit, window = KEYS[1], tonumber(ARGV[1]), tonumber(ARGV[2])
local function whole(number) return string.format('%.0f', number) end
local kind = redis.call('TYPE', key).ok
if kind ~= 'none' and kind ~= 'zset' then redis.call('DEL', key) end
local now = ${clock}
redis.call('ZREMRANGEBYSCORE', key, '-inf', whole(now - window))
redis.call('ZREMRANGEBYSCORE', key, '(' .. whole(now + 1000), '+inf')
local held = redis.call('ZCARD', key)
if held >= limit then
  local inTheWay = redis.call('ZRANGE', key, held - limit, held - limit, 'WITHSCORES')
  return {'refused', tonumber(inTheWay[2]) + window - now}
end
local count = 0
while redis.call('ZADD', key, 'NX', whole(now), whole(now) .. '-' .. count) == 0 do count = count + 1 end
redis.call('PEXPIRE', key, math.ceil(window / 1000))
return {'allowed', 0}
`

const replySchema = z.tuple([z.enum(['allowed', 'refused']), z.number()])

/** The limit that all instances share, one command a question; where Redis can't be asked it lets through. `clock` is for tests. */
export function createRedisRateLimit(link: RedisLink, { limit, windowMs }: RateLimitOptions, clock = redisClock): RateLimit {
  const take = defineScript(link.commands, 'takeToken', 1, takeScript(clock))
  return {
    async take(user) {
      try {
        const [kind, waitUs] = replySchema.parse(await take(redisKeys.tokenRate(user), limit, windowMs * 1000))
        return kind === 'allowed' ? { kind } : { kind, waitMs: waitUs / 1000 }
      } catch (error) {
        return { kind: 'unchecked', why: describeRedisError(error) }
      }
    },
  }
}
