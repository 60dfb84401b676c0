import { redisKeys } from '#server/redis/keys.ts'
import { publishEntry } from './redis-log-message.ts'
import { EVENT_IDS, MEMORY_MS } from './room-model.ts'
import { LOG_LENGTH } from './room-store.ts'

/** What the fields of event ids begin with, before the slot. */
export const EVENT_ID_FIELD = 'e:'

/** A number from a text that is a whole one, else nil; the order of two log ids; the newest log id; deleting keys that are not of their kind. */
export const prelude = `
local function whole(text)
  local number = tonumber(text or '')
  if number and number >= 0 and number == math.floor(number) and number < 9007199254740992 then return number end
  return nil
end
local function before(a, b)
  if a == b then return false end
  local function parts(id)
    local ms, sequence = string.match(id, '^(%d+)%-(%d+)$')
    return tonumber(ms or '0'), tonumber(sequence or '0')
  end
  local am, as = parts(a)
  local bm, bs = parts(b)
  return am < bm or (am == bm and as < bs)
end
local function newest(key)
  local entry = redis.call('XREVRANGE', key, '+', '-', 'COUNT', 1)[1]
  return entry and entry[1] or '0-0'
end
local function isOther(key, kind)
  local found = redis.call('TYPE', key).ok
  return found ~= 'none' and found ~= kind
end
local function dropOthers(keys, kinds)
  for i, kind in ipairs(kinds) do
    if isOther(keys[i], kind) then redis.call('DEL', keys[i]) end
  end
end
`

/** Reading lists of arguments, each preceded by its length, from the argument `first` on; and running a command on many items. */
export function readLists(first: number): string {
  return `
local at = ${first}
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
`
}

/**
 * One commit, whole or not at all. What can't be what it should be is dropped before anything is written: the next sweep puts it right.
 * A key is written to once, except where a hash also loses fields, and where what is remembered of a room that is not live gets its time to expire;
 * of a live room it stays.
 * KEYS: epoch, revision, index, events, participants, state, ended.
 * ARGV: epoch, newest log id known, expected revision, session (same | started | ended | none, where no room is live), now (ms), room, event id,
 * when the room was confirmed (ms) and by what; then six lists, each preceded by its length: other state fields and values, state fields to delete,
 * identities online, identities not online, ended fields and values, ended fields to delete; then for each log entry a mark by which its author knows
 * it, and its body.
 * Answers {"committed", revision, log id}, {"conflict", state, ended}, or {"epoch"} where this is another life of Redis:
 * another epoch, or a log that ends before what was known of it, because it was rolled back.
 */
export const commitScript = `${prelude}${publishEntry}
local function isWrong(reply)
  if type(reply) ~= 'table' or not reply.err then return false end
  if string.sub(reply.err, 1, 9) ~= 'WRONGTYPE' then error(reply.err) end
  return true
end
local function orDropped(key, command, ...)
  local reply = redis.pcall(command, key, ...)
  if not isWrong(reply) then return reply end
  redis.call('DEL', key)
  return redis.call(command, key, ...)
end
local at = 10
local function list()
  local first = at + 1
  at = first + tonumber(ARGV[at])
  return first, at - 1
end
local set, setEnd = list()
local delete, deleteEnd = list()
local online, onlineEnd = list()
local offline, offlineEnd = list()
local remember, rememberEnd = list()
local forget, forgetEnd = list()
local function run(command, key, first, last)
  for from = first, last, 4000 do redis.call(command, key, unpack(ARGV, from, math.min(from + 3999, last))) end
end

local entry = orDropped(KEYS[4], 'XREVRANGE', '+', '-', 'COUNT', 1)[1]
if orDropped(KEYS[1], 'GET') ~= ARGV[1] or before(entry and entry[1] or '0-0', ARGV[2]) then return {'epoch'} end
local people = (online <= onlineEnd or offline <= offlineEnd) and redis.pcall('SCARD', KEYS[5])
local live = redis.pcall('HGET', KEYS[6], 'revision')
local kept = redis.pcall('HGET', KEYS[7], 'revision')
local stored
if isWrong(people) or isWrong(live) or isWrong(kept) or ((live or kept) and not whole(live or kept)) then
  redis.call('DEL', KEYS[5], KEYS[6], KEYS[7])
else
  stored = live or kept
end
local held = whole(stored) or 0
if held ~= tonumber(ARGV[3]) then
  return {'conflict', redis.call('HGETALL', KEYS[6]), redis.call('HGETALL', KEYS[7])}
end
local counter = whole(orDropped(KEYS[2], 'GET')) or 0
local revision = held == 0 and counter + 1 or held + 1
local written = string.format('%.0f', revision)
if revision > counter then redis.call('SET', KEYS[2], written) end

local session, room = ARGV[4], ARGV[6]
if session == 'ended' or (session == 'started' and redis.call('EXISTS', KEYS[5], KEYS[6]) > 0) then redis.call('DEL', KEYS[5], KEYS[6]) end
local isLive = session == 'same' or session == 'started'
if isLive then
  redis.call('HSET', KEYS[6], 'revision', written, 'lastUpdated', ARGV[5], 'confirmedAt', ARGV[8], 'confirmedBy', ARGV[9],
    unpack(ARGV, set, math.min(set + 3999, setEnd)))
  run('HSET', KEYS[6], set + 4000, setEnd)
  run('HDEL', KEYS[6], delete, deleteEnd)
  run('SADD', KEYS[5], online, onlineEnd)
  run('SREM', KEYS[5], offline, offlineEnd)
  orDropped(KEYS[3], 'ZADD', ARGV[5], room)
elseif session == 'ended' then
  orDropped(KEYS[3], 'ZREM', room)
end
redis.call('HSET', KEYS[7], 'revision', written, '${EVENT_ID_FIELD}' .. (revision % ${EVENT_IDS}), ARGV[7],
  unpack(ARGV, remember, math.min(remember + 3999, rememberEnd)))
run('HSET', KEYS[7], remember + 4000, rememberEnd)
run('HDEL', KEYS[7], forget, forgetEnd)
if not isLive then
  redis.call('PEXPIRE', KEYS[7], ${MEMORY_MS})
elseif session == 'started' and redis.call('PTTL', KEYS[7]) > 0 then
  redis.call('PERSIST', KEYS[7])
end
local id
local previous = entry and entry[1] or '0-0'
for i = at, #ARGV, 2 do
  id = redis.call('XADD', KEYS[4], 'MAXLEN', '~', ${LOG_LENGTH}, '*', 'epoch', ARGV[1], 'revision', written, 'body', ARGV[i + 1], 'by', ARGV[i])
  publishEntry('${redisKeys.log}', previous, id, ARGV[1], written, ARGV[i], ARGV[i + 1])
  previous = id
end
return {'committed', revision, id}
`

/**
 * Begins or goes on with this Redis's life. KEYS: epoch, revision, events.
 * ARGV: the epoch known ('' for none), the newest log id known ('0-0' for none), an epoch to begin where there is none, the least revision to count from.
 * Answers {epoch, newest log id, oldest log id}.
 */
export const greetScript = `${prelude}
dropOthers(KEYS, {'string', 'string', 'stream'})
local last = newest(KEYS[3])
local epoch = redis.call('GET', KEYS[1])
if not epoch or (epoch == ARGV[1] and before(last, ARGV[2])) then
  epoch = ARGV[3]
  redis.call('SET', KEYS[1], epoch)
end
if tonumber(ARGV[4]) > (whole(redis.call('GET', KEYS[2])) or -1) then redis.call('SET', KEYS[2], ARGV[4]) end
local oldest = redis.call('XRANGE', KEYS[3], '-', '+', 'COUNT', 1)[1]
return {epoch, last, oldest and oldest[1] or '0-0'}
`

/** One log entry of an event that changes no room. KEYS: epoch, events. ARGV: epoch, newest log id known, log length, body. Answers {"committed", 0, log id} or {"epoch"}. */
export const noteScript = `${prelude}${publishEntry}
dropOthers(KEYS, {'string', 'stream'})
local previous = newest(KEYS[2])
if redis.call('GET', KEYS[1]) ~= ARGV[1] or before(previous, ARGV[2]) then return {'epoch'} end
local id = redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[3], '*', 'epoch', ARGV[1], 'revision', '0', 'body', ARGV[4])
publishEntry('${redisKeys.log}', previous, id, ARGV[1], '0', '', ARGV[4])
return {'committed', 0, id}
`

/**
 * What follows a place in the log. KEYS: epoch, events. ARGV: epoch, log id, how many entries at the most.
 * Answers {"entries", {id, epoch, body}...}, or {"gone"} where it is another life, or some of what followed is trimmed.
 */
export const readFeedScript = `${prelude}
if isOther(KEYS[1], 'string') or isOther(KEYS[2], 'stream') or redis.call('GET', KEYS[1]) ~= ARGV[1] then return {'gone'} end
if before(newest(KEYS[2]), ARGV[2]) then return {'gone'} end
local oldest = redis.call('XRANGE', KEYS[2], '-', '+', 'COUNT', 1)[1]
if oldest and before(ARGV[2], oldest[1]) then
  if ARGV[2] ~= '0-0' then return {'gone'} end
  local info = redis.call('XINFO', 'STREAM', KEYS[2])
  for i = 1, #info, 2 do
    if info[i] == 'entries-added' and info[i + 1] > redis.call('XLEN', KEYS[2]) then return {'gone'} end
  end
end
local found = {}
local read = redis.call('XREAD', 'COUNT', ARGV[3], 'STREAMS', KEYS[2], ARGV[2])
for i, entry in ipairs(read and read[1][2] or {}) do
  local fields = {}
  for at = 1, #entry[2], 2 do fields[entry[2][at]] = entry[2][at + 1] end
  found[i] = {entry[1], fields['epoch'] or '', fields['body'] or ''}
end
return {'entries', found}
`
