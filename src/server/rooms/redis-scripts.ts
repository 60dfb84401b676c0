import { redisKeys } from '#server/redis/keys.ts'
import { addEntry } from './redis-log-message.ts'

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
export const noteScript = `${prelude}${addEntry}
dropOthers(KEYS, {'string', 'stream'})
local previous = newest(KEYS[2])
if redis.call('GET', KEYS[1]) ~= ARGV[1] or before(previous, ARGV[2]) then return {'epoch'} end
local published = {}
local id = addEntry(published, false, KEYS[2], ARGV[3], previous, ARGV[1], '0', '', ARGV[4])
redis.call('PUBLISH', '${redisKeys.log}', table.concat(published))
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
