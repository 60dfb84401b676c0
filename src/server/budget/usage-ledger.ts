import { z } from 'zod'
import { defineScript, type RedisLink } from '#server/redis/connection.ts'
import { redisKeys } from '#server/redis/keys.ts'
import { monthOf } from './utc.ts'

export type Budgets = { readonly commandsPerDay: number; readonly bytesPerMonth: number }
export type BudgetKind = 'commands' | 'bytes'

/**
 * What one instance asked of Redis on one UTC day. `sequence` names it among the instance's additions and only grows: the same one again adds
 * nothing and gets the same answer.
 */
export type Addition = {
  readonly instance: string
  readonly sequence: number
  readonly day: string
  readonly commands: number
  readonly bytes: number
}

/** The sums over all instances after an addition, and the budgets that it, and no other, used up. */
export type Totals = { readonly commandsOfDay: number; readonly bytesOfMonth: number; readonly crossed: readonly BudgetKind[] }

/** Where all instances add up. Rejects where that can't be done; whether it was is then unknown. */
export type UsageLedger = { readonly add: (addition: Addition, budgets: Budgets) => Promise<Totals> }

/** How long a day and a month are remembered after the last addition, seconds: 40 days. */
const REMEMBERED_S = 40 * 86_400

/**
 * KEYS: hash of the day, hash of the month. ARGV: instance, sequence, commands, bytes, command budget, byte budget, seconds to remember.
 * Answers {commands of the day, bytes of the month, crossed 0 or 1 for commands, for bytes}. What is no hash or no number counts as nothing.
 * Who used a budget up is written beside it, so that a repeated question gets the same answer; another budget is another crossing.
 */
const addScript = `
local day, month, instance, sequence = KEYS[1], KEYS[2], ARGV[1], tonumber(ARGV[2])
local function text(number) return string.format('%.0f', number) end
local function field(key, name)
  local number = tonumber(redis.call('HGET', key, name) or '')
  return number and number >= 0 and number < 9007199254740992 and number or 0
end
local function add(key, name, amount) redis.call('HSET', key, name, text(field(key, name) + tonumber(amount))) end
for _, key in ipairs(KEYS) do
  local kind = redis.call('TYPE', key).ok
  if kind ~= 'none' and kind ~= 'hash' then redis.call('DEL', key) end
end
if sequence > field(day, 'seen:' .. instance) then
  redis.call('HSET', day, 'seen:' .. instance, text(sequence))
  add(day, 'commands', ARGV[3])
  add(day, 'bytes', ARGV[4])
  add(month, 'bytes', ARGV[4])
end
local function crossed(key, name, budget)
  if field(key, name) < tonumber(budget) then return 0 end
  local by, mine = 'crossed:' .. name .. ':' .. budget, instance .. '/' .. text(sequence)
  redis.call('HSETNX', key, by, mine)
  return redis.call('HGET', key, by) == mine and 1 or 0
end
local answer = {field(day, 'commands'), field(month, 'bytes'), crossed(day, 'commands', ARGV[5]), crossed(month, 'bytes', ARGV[6])}
for _, key in ipairs(KEYS) do redis.call('EXPIRE', key, ARGV[7]) end
return answer
`

const replySchema = z.tuple([z.number(), z.number(), z.number(), z.number()])

export function createRedisLedger(link: RedisLink): UsageLedger {
  const addUsage = defineScript(link.commands, 'addUsage', 2, addScript)
  return {
    async add({ instance, sequence, day, commands, bytes }, { commandsPerDay, bytesPerMonth }) {
      const keys = [redisKeys.budgetOfDay(day), redisKeys.budgetOfMonth(monthOf(day))]
      const reply = await addUsage(...keys, instance, sequence, commands, bytes, commandsPerDay, bytesPerMonth, REMEMBERED_S)
      const [commandsOfDay, bytesOfMonth, byCommands, byBytes] = replySchema.parse(reply)
      return {
        commandsOfDay,
        bytesOfMonth,
        crossed: [...(byCommands ? ['commands' as const] : []), ...(byBytes ? ['bytes' as const] : [])],
      }
    },
  }
}
