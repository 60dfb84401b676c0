import { redisKeys } from '#server/redis/keys.ts'
import { addEntry } from './redis-log-message.ts'
import { prelude } from './redis-scripts.ts'
import { EVENT_IDS, MEMORY_MS } from './room-model.ts'
import { LOG_LENGTH } from './room-store.ts'

/** What the fields of event ids begin with, before the slot. */
export const EVENT_ID_FIELD = 'e:'

/**
 * Commits of different rooms, each whole or not at all, unless Redis itself fails in the middle of one. What can't be what it should be is dropped
 * before anything is written: the next sweep puts it right. A commit writes to a key once, except where a hash also loses fields, and where what is
 * remembered of a room that is not live gets its time to expire; of a live room it stays.
 * KEYS: epoch, revision, index, events; then for each commit: participants, state, ended.
 * ARGV: epoch, newest log id known, now (ms); then for each commit its room, its event's id, and words with a space between: expected revision,
 * session (same | started | ended | none, where no room is live), when the room was confirmed (ms) and by what, and how long each of seven lists is,
 * which follow: other state fields and values, state fields to delete, identities online, identities not online, ended fields and values, ended fields
 * to delete, and for each log entry a mark by which its author knows it and its body.
 * Answers {"done", words, ...}: a word for each commit, `revision:log id`; `!` where it conflicts, for which state and ended follow; or `?` where Redis
 * failed at it, for which the reason follows. Or {"epoch"} where this is another life of Redis: another epoch, or a log that ends before what was
 * known of it, because it was rolled back.
 * What is a text to both sides is cheaper to send and to read than many small values.
 */
export const commitScript = `${prelude}${addEntry}
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
local function run(command, key, first, last)
  for from = first, last, 4000 do redis.call(command, key, unpack(ARGV, from, math.min(from + 3999, last))) end
end
local at = 4
local function list(length)
  local first = at
  at = first + tonumber(length)
  return first, at - 1
end

local entry = orDropped(KEYS[4], 'XREVRANGE', '+', '-', 'COUNT', 1)[1]
local newestId = entry and entry[1] or '0-0'
if orDropped(KEYS[1], 'GET') ~= ARGV[1] or before(newestId, ARGV[2]) then return {'epoch'} end
local counted = whole(orDropped(KEYS[2], 'GET')) or 0
local counter = counted
local published = {}
local alone = isAlone()
local more = {}

local function commit(participants, state, ended)
  local room, eventId = ARGV[at], ARGV[at + 1]
  local expected, session, confirmedAt, confirmedBy, sets, deletes, onlines, offlines, remembers, forgets, bodies = string.match(ARGV[at + 2], '^${'(%S+) '.repeat(10)}(%S+)$')
  at = at + 3
  local set, setEnd = list(sets)
  local delete, deleteEnd = list(deletes)
  local online, onlineEnd = list(onlines)
  local offline, offlineEnd = list(offlines)
  local remember, rememberEnd = list(remembers)
  local forget, forgetEnd = list(forgets)
  local entries, entriesEnd = list(bodies)

  local people = (online <= onlineEnd or offline <= offlineEnd) and redis.pcall('SCARD', participants)
  local live = redis.pcall('HGET', state, 'revision')
  local kept = redis.pcall('HGET', ended, 'revision')
  local stored
  if isWrong(people) or isWrong(live) or isWrong(kept) or ((live or kept) and not whole(live or kept)) then
    redis.call('DEL', participants, state, ended)
  else
    stored = live or kept
  end
  local held = whole(stored) or 0
  if held ~= tonumber(expected) then
    more[#more + 1] = redis.call('HGETALL', state)
    more[#more + 1] = redis.call('HGETALL', ended)
    return '!'
  end
  local revision = held == 0 and counter + 1 or held + 1
  local written = string.format('%.0f', revision)
  if revision > counter then counter = revision end

  if session == 'ended' or (session == 'started' and redis.call('EXISTS', participants, state) > 0) then redis.call('DEL', participants, state) end
  local isLive = session == 'same' or session == 'started'
  if isLive then
    redis.call('HSET', state, 'revision', written, 'lastUpdated', ARGV[3], 'confirmedAt', confirmedAt, 'confirmedBy', confirmedBy,
      unpack(ARGV, set, math.min(set + 3999, setEnd)))
    run('HSET', state, set + 4000, setEnd)
    run('HDEL', state, delete, deleteEnd)
    run('SADD', participants, online, onlineEnd)
    run('SREM', participants, offline, offlineEnd)
    orDropped(KEYS[3], 'ZADD', ARGV[3], room)
  elseif session == 'ended' then
    orDropped(KEYS[3], 'ZREM', room)
  end
  redis.call('HSET', ended, 'revision', written, '${EVENT_ID_FIELD}' .. (revision % ${EVENT_IDS}), eventId,
    unpack(ARGV, remember, math.min(remember + 3999, rememberEnd)))
  run('HSET', ended, remember + 4000, rememberEnd)
  run('HDEL', ended, forget, forgetEnd)
  if not isLive then
    redis.call('PEXPIRE', ended, ${MEMORY_MS})
  elseif session == 'started' and redis.call('PTTL', ended) > 0 then
    redis.call('PERSIST', ended)
  end
  for i = entries, entriesEnd, 2 do
    newestId = addEntry(published, alone, KEYS[4], ${LOG_LENGTH}, newestId, ARGV[1], written, ARGV[i], ARGV[i + 1])
  end
  return written .. ':' .. newestId
end

local done = {}
for key = 5, #KEYS, 3 do
  -- One that fails takes no other along: what was written must be counted and published.
  local isDone, word = pcall(commit, KEYS[key], KEYS[key + 1], KEYS[key + 2])
  if not isDone then
    more[#more + 1] = type(word) == 'table' and word.err or tostring(word)
    word = '?'
  end
  done[#done + 1] = word
end
if counter > counted then redis.call('SET', KEYS[2], string.format('%.0f', counter)) end
if #published > 0 then redis.call('PUBLISH', '${redisKeys.log}', table.concat(published)) end
return {'done', table.concat(done, ' '), unpack(more)}
`
