/** Redis' own time in ms, as a Lua expression: one clock for all instances. */
export const redisClock = `(function() local time = redis.call('TIME') return time[1] * 1000 + math.floor(time[2] / 1000) end)()`

/**
 * What every script begins with. KEYS: queue, active, people, leases. ARGV: prefix of the left-behind keys, instance, lease, grace, memory
 * (all ms); what is a script's own follows from 6 on.
 * `people` holds {room, partner, here: {instance: until}, till} of everybody who waits or is matched, `leases` until when at the most. All of
 * them wait, in the queue, or are matched, two in each room: where the numbers don't agree, or something can't be read, all is dropped, and
 * each instance brings its own users back.
 * Every answer is {answer, touched}; of those touched each is {username, kind, room, partner, instances}.
 */
const prelude = (clock: string) => `
local queue, active, people, leases = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local leftBehind, instance, lease, grace, memory = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local now = ${clock}
local touched = {}

local function reset() redis.call('DEL', queue, active, people, leases) end
for i, kind in ipairs({'zset', 'hash', 'hash', 'zset'}) do
  local found = redis.call('TYPE', KEYS[i]).ok
  if found ~= 'none' and found ~= kind then reset() end
end
do
  local all = redis.call('HLEN', people)
  if redis.call('ZCARD', leases) ~= all or redis.call('ZCARD', queue) + 2 * redis.call('HLEN', active) ~= all then reset() end
end

local function read(username)
  local text = redis.call('HGET', people, username)
  if not text then return nil end
  local ok, person = pcall(cjson.decode, text)
  local sound = ok and type(person) == 'table' and type(person.here) == 'table' and (person.till == nil or type(person.till) == 'number')
  if not sound or type(person.room) ~= type(person.partner) or (person.room ~= nil and type(person.room) ~= 'string') then
    reset()
    return nil
  end
  for id, till in pairs(person.here) do
    if type(till) ~= 'number' or till <= now then person.here[id] = nil end
  end
  return person
end
local function save(username, person)
  local last = person.till or 0
  for _, till in pairs(person.here) do last = math.max(last, till) end
  redis.call('HSET', people, username, cjson.encode(person))
  redis.call('ZADD', leases, string.format('%.0f', last), username)
end
local function forget(username)
  redis.call('HDEL', people, username)
  redis.call('ZREM', leases, username)
  redis.call('ZREM', queue, username)
end
local function hold(username, person)
  person.here[instance] = now + lease
  person.till = nil
  save(username, person)
end
local function touch(username, kind, person)
  local instances = {}
  for id in pairs(person.here) do instances[#instances + 1] = id end
  touched[#touched + 1] = {username, kind, person.room, person.partner, instances}
end
local function open(room, one, other)
  redis.call('HSET', active, room, cjson.encode({room = room, usernames = {one, other}, since = now}))
end
local function part(username, person)
  local partner = read(person.partner)
  redis.call('HDEL', active, person.room)
  forget(username)
  if not partner or partner.room ~= person.room then return end
  forget(person.partner)
  redis.call('SET', leftBehind .. person.partner, person.room, 'PX', memory)
  touch(person.partner, 'left', partner)
end
local function leftIn(username, room)
  return redis.pcall('GET', leftBehind .. username) == room
end
local function where(username, person)
  if not person then return {'absent'} end
  if person.room then return {'matched', person.room, person.partner} end
  return {'waiting', (redis.call('ZRANK', queue, username) or 0) + 1}
end

for _, username in ipairs(redis.call('ZRANGEBYSCORE', leases, '-inf', string.format('%.0f', now), 'LIMIT', 0, 1000)) do
  local person = read(username)
  if person and person.room then part(username, person) else forget(username) end
end
`

/** ARGV: username, a room for a new pair. Answers where the user is. */
const joinScript = `
local username, room = ARGV[6], ARGV[7]
local person = read(username)
if not person then
  person = {here = {}}
  local other = redis.call('ZRANGE', queue, 0, 0)[1]
  local waiting = other and read(other)
  redis.call('DEL', leftBehind .. username)
  if waiting then
    person.room, person.partner = room, other
    waiting.room, waiting.partner = room, username
    redis.call('ZREM', queue, other)
    save(other, waiting)
    open(room, other, username)
    touch(other, 'matched', waiting)
  else
    redis.call('ZADD', queue, string.format('%.0f', now), username)
  end
end
hold(username, person)
return {where(username, person), touched}
`

/** ARGV: username, the room of the match, or '' to leave whatever there is. Answers where the user is then. */
const leaveScript = `
local username, room = ARGV[6], ARGV[7]
local person = read(username)
if person and person.room then
  if room == '' or room == person.room then part(username, person) end
elseif person and room == '' then
  person.here[instance] = nil
  if next(person.here) then save(username, person) else forget(username) end
end
return {where(username, read(username)), touched}
`

/** ARGV: '1' where this instance departs, usernames. */
const releaseScript = `
for i = 7, #ARGV do
  local person = read(ARGV[i])
  if person then
    person.here[instance] = nil
    if next(person.here) then
      save(ARGV[i], person)
    elseif person.room or ARGV[6] == '1' then
      person.till = now + grace
      save(ARGV[i], person)
    else
      forget(ARGV[i])
    end
  end
end
return {false, touched}
`

/** ARGV: pairs of a username and the room they are believed to be matched in, or ''. Answers where each is. */
const lookScript = `
local found = {}
for i = 6, #ARGV, 2 do
  local person = read(ARGV[i])
  if person then
    hold(ARGV[i], person)
    found[#found + 1] = where(ARGV[i], person)
  elseif leftIn(ARGV[i], ARGV[i + 1]) then
    found[#found + 1] = {'left', ARGV[i + 1]}
  else
    found[#found + 1] = {'absent'}
  end
end
return {found, touched}
`

/** ARGV: username, room, partner. Answers where the user is. */
const resumeScript = `
local username, room, partner = ARGV[6], ARGV[7], ARGV[8]
local person = read(username)
if not person then
  if read(partner) or leftIn(username, room) or leftIn(partner, room) then return {{'left', room}, touched} end
  person = {room = room, partner = partner, here = {}}
  save(partner, {room = room, partner = username, here = {}, till = now + lease})
  open(room, username, partner)
end
hold(username, person)
return {where(username, person), touched}
`

const countsScript = `
return {{redis.call('HLEN', active), redis.call('ZCARD', queue)}, touched}
`

/** Each whole or not at all. `clock` is a Lua expression of now in ms. */
export function matchScripts(clock: string) {
  const begin = prelude(clock)
  return {
    join: begin + joinScript,
    leave: begin + leaveScript,
    release: begin + releaseScript,
    look: begin + lookScript,
    resume: begin + resumeScript,
    counts: begin + countsScript,
  } as const
}
