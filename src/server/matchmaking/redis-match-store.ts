import { z } from 'zod'
import { fail, succeed, type Result } from '#shared/domain/failure.ts'
import { defineScript, describeRedisError, type RedisLink, type RedisScript } from '#server/redis/connection.ts'
import { redisKeys } from '#server/redis/keys.ts'
import { matchScripts, redisClock } from './match-scripts.ts'
import { matchTimes, type MatchStore, type MatchTimes, type Told } from './match-store.ts'

const matched = z.tuple([z.literal('matched'), z.string(), z.string()]).transform(([kind, room, partner]) => ({ kind, room, partner }))
const waiting = z.tuple([z.literal('waiting'), z.number()]).transform(([kind, position]) => ({ kind, position }))
const left = z.tuple([z.literal('left'), z.string()]).transform(([kind, room]) => ({ kind, room }))
const absent = z.tuple([z.literal('absent')]).transform(([kind]) => ({ kind }))

const touchedSchema = z
  .tuple([z.string(), z.enum(['matched', 'left']), z.string(), z.string(), z.array(z.string())])
  .transform(([username, kind, room, partner, instances]) => {
    return { username, instances, state: kind === 'matched' ? { kind, room, partner } : { kind, room } }
  })

const answers = {
  join: z.union([matched, waiting]),
  leave: z.union([matched, waiting, absent]),
  release: z.null(),
  look: z.array(z.union([matched, waiting, left, absent])),
  resume: z.union([matched, waiting, left]),
  counts: z.tuple([z.number(), z.number()]).transform(([activeMatches, queueLength]) => ({ activeMatches, queueLength })),
} as const
type Step = keyof typeof answers

const keys = [redisKeys.matchQueue, redisKeys.matchActive, redisKeys.matchPeople, redisKeys.matchLeases]

/** The queue and the pairs in Redis; each step is one command. `instance` names this instance among the others, `clock` is for tests. */
export function createRedisMatchStore(
  { commands }: RedisLink,
  instance: string,
  { leaseMs, graceMs, rememberMs }: MatchTimes = matchTimes,
  clock = redisClock,
): MatchStore {
  const lua = matchScripts(clock)
  const define = (step: Step) => defineScript(commands, `match_${step}`, keys.length, lua[step])
  const scripts: Readonly<Record<Step, RedisScript>> = {
    join: define('join'),
    leave: define('leave'),
    release: define('release'),
    look: define('look'),
    resume: define('resume'),
    counts: define('counts'),
  }
  const common = [redisKeys.leftBehind(''), instance, leaseMs, graceMs, rememberMs]

  async function run<S extends Step>(step: S, args: readonly string[]): Promise<Result<Told<z.output<(typeof answers)[S]>>>> {
    try {
      const answer = z.tuple([z.unknown(), z.array(touchedSchema)]).parse(await scripts[step](...keys, ...common, ...args))
      // The schema of that step has just parsed it.
      const value = answers[step].parse(answer[0]) as z.output<(typeof answers)[S]>
      return succeed({ value, touched: answer[1] })
    } catch (error) {
      return fail('unavailable', `the queue can't be reached (${describeRedisError(error)}): try again`)
    }
  }

  return {
    join: (username, room) => run('join', [username, room]),
    leave: (username, room = '') => run('leave', [username, room]),
    release: (usernames, departing) => run('release', [departing ? '1' : '', ...usernames]),
    look: (believed) =>
      run(
        'look',
        believed.flatMap(({ username, state }) => [username, state.kind === 'matched' ? state.room : '']),
      ),
    resume: (username, { room, partner }) => run('resume', [username, room, partner]),
    counts: () => run('counts', []),
  }
}
