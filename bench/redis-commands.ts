import { once } from 'node:events'
import { connect } from 'node:net'
import { createInterface } from 'node:readline'
import { Redis } from 'ioredis'
import { redisKeys } from '#server/redis/keys.ts'

/** What clients, all but the bench itself, asked of a Redis: how often by kind, and in all by Redis' own statistics. */
export type CommandCount = {
  /** Client commands since `reset`; what runs inside a script is part of the one that runs it. */
  readonly byKind: () => ReadonlyMap<string, number>
  /** Their sum, up to this moment. */
  readonly total: () => Promise<number>
  /** The same sum by `INFO commandstats`, less what ran inside scripts. A read that waits counts there when it ends. */
  readonly byStatistics: () => Promise<number>
  readonly reset: () => Promise<void>
  readonly close: () => void
}

/** A script is known by the first of its keys that begins so. */
const scripts = [
  [redisKeys.sweepLease, 'a sweep'],
  [redisKeys.databaseLease, 'the claim on the one database'],
  [redisKeys.tokenRate(''), 'a token: its limit'],
  [redisKeys.budgetOfDay(''), 'the sums of what is used'],
  [redisKeys.participants(''), 'an event: its commit'],
] as const

/** Counts by `MONITOR`, which tells every command with the client it comes from, and `lua` for those inside scripts. */
export async function countCommands(url: string): Promise<CommandCount> {
  const client = new Redis(url)
  const { hostname, port } = new URL(url)
  // A connection of its own kind: what is told begins together with the answer, which the client can't tell apart.
  const monitor = connect(Number(port), hostname)
  monitor.write('MONITOR\r\n')
  const lines = createInterface({ input: monitor })
  await once(lines, 'line')
  const kinds = new Map<string, number>()
  let own = 0
  let inScripts = 0
  let before = 0
  // The bench's own commands are these two.
  lines.on('line', (line) => {
    // +1700000000.123456 [0 127.0.0.1:1234] "command" "argument" ...
    const source = /^\+\S+ \[\d+ (\S+)\] /.exec(line)?.[1]
    if (source === undefined) return
    const [command = '', ...rest] = [...line.matchAll(/"((?:\\.|[^"\\])*)"/g)].map(([, argument = '']) => argument)
    if (source === 'lua') inScripts += 1
    else if (/^(info|ping)$/i.test(command)) own += 1
    else {
      const kind = kindOf(command.toLowerCase(), rest)
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1)
    }
  })

  async function calls(): Promise<number> {
    const statistics = await client.info('commandstats')
    const counts = [...statistics.matchAll(/^cmdstat_([^:]+):calls=(\d+)/gm)]
    return counts.filter(([, name]) => name !== 'monitor').reduce((sum, [, , count]) => sum + Number(count), 0)
  }
  /** Until the monitor has told what was asked before. */
  async function told(): Promise<void> {
    const seen = own
    await client.ping()
    while (own === seen) await once(lines, 'line')
  }

  async function reset(): Promise<void> {
    await told()
    kinds.clear()
    inScripts = 0
    own = 0
    before = await calls()
    // The statistics were read before they counted this question.
    await told()
  }
  await reset()
  return {
    byKind: () => kinds,
    async total() {
      await told()
      return [...kinds.values()].reduce((sum, count) => sum + count, 0)
    },
    async byStatistics() {
      await told()
      const asked = own
      return (await calls()) - before - inScripts - asked
    },
    reset,
    close() {
      monitor.destroy()
      client.disconnect()
    },
  }
}

function kindOf(command: string, rest: readonly string[]): string {
  if (command !== 'evalsha' && command !== 'eval') return command
  const keys = rest.slice(2, 2 + Number(rest[1]))
  const known = scripts.find(([start]) => keys.some((key) => key.startsWith(start)))
  return known ? known[1] : `${command} ${keys[0] ?? ''}`
}
