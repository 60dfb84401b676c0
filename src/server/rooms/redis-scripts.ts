/**
 * One commit, whole or not at all.
 * KEYS: epoch, revision, index, participants, state, events, ended.
 * ARGV: epoch, expected revision, session (same | started | ended), now (ms), room, memory (ms), log length, then six lists, each
 * preceded by its length: state fields and values, state fields to delete, identities online, identities not online,
 * ended fields and values, ended fields to delete; then the prefix of event id fields, their number, the event id, and the log bodies.
 * Answers {"committed", revision}, {"conflict", state, ended} or {"epoch"}.
 */
export const commitScript = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return {'epoch'} end
local held = tonumber(redis.call('HGET', KEYS[5], 'revision') or redis.call('HGET', KEYS[7], 'revision') or '0')
if held ~= tonumber(ARGV[2]) then
  return {'conflict', redis.call('HGETALL', KEYS[5]), redis.call('HGETALL', KEYS[7])}
end
local counter = tonumber(redis.call('GET', KEYS[2]) or '0')
local revision = held + 1
if held == 0 then revision = counter + 1 end
if revision > counter then redis.call('SET', KEYS[2], revision) end

local at = 8
local function list()
  local length = tonumber(ARGV[at])
  local items = {}
  for i = 1, length do items[i] = ARGV[at + i] end
  at = at + length + 1
  return items
end
local function run(command, key, items)
  for first = 1, #items, 4000 do
    redis.call(command, key, unpack(items, first, math.min(first + 3999, #items)))
  end
end

local set, delete, online, offline, remember, forget = list(), list(), list(), list(), list(), list()
local session = ARGV[3]
if session ~= 'same' then redis.call('DEL', KEYS[5], KEYS[4]) end
if session == 'ended' then
  redis.call('ZREM', KEYS[3], ARGV[5])
elseif #set > 0 then
  set[#set + 1] = 'revision'
  set[#set + 1] = revision
  run('HSET', KEYS[5], set)
  if #delete > 0 then run('HDEL', KEYS[5], delete) end
  if #online > 0 then run('SADD', KEYS[4], online) end
  if #offline > 0 then run('SREM', KEYS[4], offline) end
  redis.call('ZADD', KEYS[3], ARGV[4], ARGV[5])
end
remember[#remember + 1] = 'revision'
remember[#remember + 1] = revision
remember[#remember + 1] = ARGV[at] .. (revision % tonumber(ARGV[at + 1]))
remember[#remember + 1] = ARGV[at + 2]
run('HSET', KEYS[7], remember)
if #forget > 0 then run('HDEL', KEYS[7], forget) end
redis.call('PEXPIRE', KEYS[7], ARGV[6])
for i = at + 3, #ARGV do
  redis.call('XADD', KEYS[6], 'MAXLEN', '~', ARGV[7], '*', 'epoch', ARGV[1], 'revision', revision, 'body', ARGV[i])
end
return {'committed', revision}
`

/**
 * Begins or goes on with this Redis's life. KEYS: epoch, revision, events.
 * ARGV: the epoch known ('' for none), the log id known ('' for none), an epoch to begin where there is none, the least revision to count from.
 * A log that ends before the id known was rolled back: that is another life. Answers {epoch, last log id, first log id}.
 */
export const greetScript = `
local function parts(id)
  local ms, sequence = string.match(id, '^(%d+)%-(%d+)$')
  return tonumber(ms or '0'), tonumber(sequence or '0')
end
local function before(a, b)
  local am, as = parts(a)
  local bm, bs = parts(b)
  return am < bm or (am == bm and as < bs)
end
local newest = redis.call('XREVRANGE', KEYS[3], '+', '-', 'COUNT', 1)[1]
local last = newest and newest[1] or '0-0'
local epoch = redis.call('GET', KEYS[1])
if not epoch or (epoch == ARGV[1] and ARGV[2] ~= '' and before(last, ARGV[2])) then
  epoch = ARGV[3]
  redis.call('SET', KEYS[1], epoch)
end
if tonumber(ARGV[4]) > tonumber(redis.call('GET', KEYS[2]) or '0') then redis.call('SET', KEYS[2], ARGV[4]) end
local oldest = redis.call('XRANGE', KEYS[3], '-', '+', 'COUNT', 1)[1]
return {epoch, last, oldest and oldest[1] or '0-0'}
`
