import { prelude, readLists } from './redis-scripts.ts'

/** How much of the stored state one command looks through at the most: Redis does nothing else meanwhile, for about 10 ms. */
const ROWS_AT_ONCE = 500
const KEYS_AT_ONCE = 5000

/**
 * Ends a sweep, all in one command: renews the lease, trims the log by age, tells the other instances, and looks through a part of what is stored.
 * It writes to no room. The log keeps the last entry before its age too: by that one a store knows its log, and a cursor of then stays good.
 * KEYS: epoch, revision, index, events, lease, stopped.
 * ARGV: epoch, newest log id known, least revision to count from, instance, lease (ms; 0: left as it is), age of the log (ms), channel, message
 * ('' for none), rank in the index to check rooms downwards from ('' for none, -1 for the top), cursor to scan for strays from ('' for none), then
 * what the names of states, participants and memories begin with.
 * Answers {"committed", newest log id, whether the instance holds the lease, whether sweeps are stopped, rooms in the index, the next rank (-1: all
 * checked), the next cursor ("0": all scanned), rooms whose keys are damaged or that nothing names any more}, or {"epoch"}.
 */
export const sweepScript = `${prelude}
dropOthers(KEYS, {'string', 'string', 'zset', 'stream', 'string', 'string'})
if redis.call('GET', KEYS[1]) ~= ARGV[1] or before(newest(KEYS[4]), ARGV[2]) then return {'epoch'} end
if tonumber(ARGV[3]) > (whole(redis.call('GET', KEYS[2])) or -1) then redis.call('SET', KEYS[2], ARGV[3]) end

local holder = redis.call('GET', KEYS[5])
if ARGV[5] ~= '0' and (not holder or holder == ARGV[4]) then
  redis.call('SET', KEYS[5], ARGV[4], 'PX', ARGV[5])
  holder = ARGV[4]
end
local edge = string.format('%.0f', tonumber(redis.call('TIME')[1]) * 1000 - tonumber(ARGV[6]))
local kept = redis.call('XREVRANGE', KEYS[4], edge, '-', 'COUNT', 1)[1]
if kept then redis.call('XTRIM', KEYS[4], 'MINID', '~', kept[1]) end
if ARGV[8] ~= '' then redis.call('PUBLISH', ARGV[7], ARGV[8]) end

local states, participants, memories = ARGV[11], ARGV[12], ARGV[13]
local facts = {'revision', 'startedAt', 'maxParticipants', 'recording', 'confirmedAt', 'lastUpdated'}
local texts = {'sid', 'roomName', 'metadata', 'confirmedBy'}
local function isSound(room)
  local state, people = states .. room, participants .. room
  if redis.call('TYPE', state).ok ~= 'hash' or isOther(people, 'set') or isOther(memories .. room, 'hash') then return false, 0 end
  local fields = redis.call('HGETALL', state)
  local known, online, count = {}, {}, 0
  for i = 1, #fields, 2 do
    local field = fields[i]
    if string.sub(field, 1, 2) == 'p:' then
      local read, row = pcall(cjson.decode, fields[i + 1])
      if not read or type(row) ~= 'table' or row.identity ~= string.sub(field, 3) or type(row.sid) ~= 'string' then return false, #fields end
      if row.online == true and row.hidden == false then
        online[row.identity] = true
        count = count + 1
      end
    else
      known[field] = fields[i + 1]
    end
  end
  for _, field in ipairs(facts) do if not whole(known[field]) then return false, #fields end end
  for _, field in ipairs(texts) do if not known[field] then return false, #fields end end
  local members = redis.call('SMEMBERS', people)
  if #members ~= count then return false, #fields end
  for _, identity in ipairs(members) do if not online[identity] then return false, #fields end end
  return true, #fields
end

local found = {}
local indexed = redis.call('ZCARD', KEYS[3])
local rank = -1
if ARGV[9] ~= '' then
  rank = tonumber(ARGV[9])
  if rank < 0 or rank >= indexed then rank = indexed - 1 end
  local looked = 0
  while rank >= 0 and looked < ${ROWS_AT_ONCE * 2} do
    local room = redis.call('ZRANGE', KEYS[3], rank, rank)[1]
    local sound, fields = isSound(room)
    if not sound then found[#found + 1] = room end
    looked = looked + fields + 2
    rank = rank - 1
  end
end

local function strayOf(key)
  local function named(prefix)
    if string.sub(key, 1, #prefix) == prefix then return string.sub(key, #prefix + 1) end
  end
  local room = named(states) or named(participants)
  if room then return not redis.call('ZSCORE', KEYS[3], room) and room end
  room = named(memories)
  return room and redis.call('PTTL', key) == -1 and not redis.call('ZSCORE', KEYS[3], room) and room
end
local cursor = ARGV[10]
if cursor ~= '' then
  local looked = 0
  repeat
    local page = redis.call('SCAN', cursor, 'MATCH', 'rooms:*', 'COUNT', 500)
    cursor = page[1]
    looked = looked + 500
    for _, key in ipairs(page[2]) do
      local room = strayOf(key)
      if room then found[#found + 1] = room end
    end
  until cursor == '0' or looked >= ${KEYS_AT_ONCE}
end
local holds = holder == ARGV[4] and 1 or 0
return {'committed', newest(KEYS[4]), holds, redis.call('EXISTS', KEYS[6]), indexed, rank, cursor, found}
`

/**
 * Writes one room's keys anew, whole, as an instance knows them: nothing is told, for nothing changed but what was damaged. Only where the log ends
 * where that instance has read to. KEYS: epoch, index, events, participants, state, ended.
 * ARGV: epoch, the log id read to, room, whether it is live, revision, now (ms), memory (ms), then three lists, each preceded by its length: state
 * fields and values, identities online, ended fields and values. Answers {"restored"}, {"behind"} or {"epoch"}.
 */
export const restoreScript = `${prelude}
dropOthers(KEYS, {'string', 'zset', 'stream'})
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return {'epoch'} end
if newest(KEYS[3]) ~= ARGV[2] then return {'behind'} end
local room, live = ARGV[3], ARGV[4] == '1'
if live and not isOther(KEYS[5], 'hash') and (whole(redis.call('HGET', KEYS[5], 'revision')) or 0) > tonumber(ARGV[5]) then return {'behind'} end
${readLists(8)}
local state, online, remembered = list(), list(), list()
redis.call('DEL', KEYS[4], KEYS[5])
if live then
  run('HSET', KEYS[5], state)
  run('SADD', KEYS[4], online)
  redis.call('ZADD', KEYS[2], ARGV[6], room)
else
  redis.call('ZREM', KEYS[2], room)
end
if isOther(KEYS[6], 'hash') or redis.call('PTTL', KEYS[6]) == -1 then redis.call('DEL', KEYS[6]) end
if #remembered > 0 then
  redis.call('DEL', KEYS[6])
  run('HSET', KEYS[6], remembered)
  if not live then redis.call('PEXPIRE', KEYS[6], ARGV[7]) end
end
return {'restored'}
`

/** Lets go of a lease, if it is one's own. KEYS: lease. ARGV: instance. Answers how many leases there were: 0 or 1. */
export const releaseScript = `
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0
`
