/** A number from a text that is a whole one, else nil; the order of two log ids; the newest log id; deleting keys that are not of their kind. */
export const prelude = `
local function whole(text)
  local number = tonumber(text or '')
  if number and number >= 0 and number == math.floor(number) and number < 9007199254740992 then return number end
  return nil
end
local function before(a, b)
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
 * KEYS: epoch, revision, index, events, participants, state, ended.
 * ARGV: epoch, newest log id known, expected revision, session (same | started | ended), now (ms), room, memory (ms), log length, then six
 * lists, each preceded by its length: state fields and values, state fields to delete, identities online, identities not online,
 * ended fields and values, ended fields to delete; then the prefix of event id fields, their number, the event id, and the log bodies.
 * Answers {"committed", revision, log id}, {"conflict", state, ended}, or {"epoch"} where this is another life of Redis:
 * another epoch, or a log that ends before what was known of it, because it was rolled back.
 */
export const commitScript = `${prelude}
dropOthers(KEYS, {'string', 'string', 'zset', 'stream'})
if isOther(KEYS[5], 'set') or isOther(KEYS[6], 'hash') or isOther(KEYS[7], 'hash') then redis.call('DEL', KEYS[5], KEYS[6], KEYS[7]) end
if redis.call('GET', KEYS[1]) ~= ARGV[1] or before(newest(KEYS[4]), ARGV[2]) then return {'epoch'} end
local stored = redis.call('HGET', KEYS[6], 'revision') or redis.call('HGET', KEYS[7], 'revision')
if stored and not whole(stored) then
  redis.call('DEL', KEYS[5], KEYS[6], KEYS[7])
  stored = nil
end
local held = whole(stored) or 0
if held ~= tonumber(ARGV[3]) then
  return {'conflict', redis.call('HGETALL', KEYS[6]), redis.call('HGETALL', KEYS[7])}
end
local counter = whole(redis.call('GET', KEYS[2])) or 0
local revision = held + 1
if held == 0 then revision = counter + 1 end
if revision > counter then redis.call('SET', KEYS[2], string.format('%.0f', revision)) end

${readLists(9)}
local set, delete, online, offline, remember, forget = list(), list(), list(), list(), list(), list()
local session, room = ARGV[4], ARGV[6]
if session ~= 'same' then redis.call('DEL', KEYS[5], KEYS[6]) end
if session == 'ended' then
  redis.call('ZREM', KEYS[3], room)
elseif #set > 0 then
  set[#set + 1] = 'revision'
  set[#set + 1] = string.format('%.0f', revision)
  run('HSET', KEYS[6], set)
  if #delete > 0 then run('HDEL', KEYS[6], delete) end
  if #online > 0 then run('SADD', KEYS[5], online) end
  if #offline > 0 then run('SREM', KEYS[5], offline) end
  redis.call('ZADD', KEYS[3], ARGV[5], room)
end
remember[#remember + 1] = 'revision'
remember[#remember + 1] = string.format('%.0f', revision)
remember[#remember + 1] = ARGV[at] .. (revision % tonumber(ARGV[at + 1]))
remember[#remember + 1] = ARGV[at + 2]
run('HSET', KEYS[7], remember)
if #forget > 0 then run('HDEL', KEYS[7], forget) end
redis.call('PEXPIRE', KEYS[7], ARGV[7])
local id
for i = at + 3, #ARGV do
  id = redis.call('XADD', KEYS[4], 'MAXLEN', '~', ARGV[8], '*', 'epoch', ARGV[1], 'revision', string.format('%.0f', revision), 'body', ARGV[i])
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
export const noteScript = `${prelude}
dropOthers(KEYS, {'string', 'stream'})
if redis.call('GET', KEYS[1]) ~= ARGV[1] or before(newest(KEYS[2]), ARGV[2]) then return {'epoch'} end
return {'committed', 0, redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[3], '*', 'epoch', ARGV[1], 'revision', '0', 'body', ARGV[4])}
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
