import type { RedisUsage } from '#server/redis/meter.ts'
import type { Addition } from './usage-ledger.ts'
import { monthOf, utcDay } from './utc.ts'

type Amount = { readonly commands: number; readonly bytes: number }

/** What one instance asked of Redis that is not in the sums yet, by UTC day. */
export type OwnUsage = {
  /** Reads the meter. What was counted since the last time belongs to the day of that time, which was seconds ago. */
  readonly count: () => void
  readonly today: () => string
  readonly commandsOn: (day: string) => number
  readonly bytesIn: (month: string) => number
  /** Sent without an answer, so it may have been added: it stays as it is and is sent again. */
  readonly unanswered: () => Addition | null
  /** Days of which there is something to send, oldest first; today is always the last. */
  readonly days: () => readonly string[]
  /** Makes a day's amount into an addition, which has no answer yet. */
  readonly take: (day: string) => Addition
  /** The unanswered one is in the sums. */
  readonly answered: () => void
}

export function createOwnUsage(instance: string, read: () => RedisUsage, now: () => number): OwnUsage {
  const held = new Map<string, Amount>()
  let unanswered: Addition | null = null
  let sequence = 0
  let counted: Amount = { commands: 0, bytes: 0 }
  let today = utcDay(now())

  function amountOn(day: string): Amount {
    return held.get(day) ?? { commands: 0, bytes: 0 }
  }

  function sumWhere(belongs: (day: string) => boolean, of: keyof Amount): number {
    let sum = unanswered && belongs(unanswered.day) ? unanswered[of] : 0
    for (const [day, amount] of held) if (belongs(day)) sum += amount[of]
    return sum
  }

  return {
    count() {
      const usage = read()
      const { commands, bytes } = amountOn(today)
      held.set(today, { commands: commands + usage.commands - counted.commands, bytes: bytes + usage.bytes - counted.bytes })
      counted = usage
      today = utcDay(now())
    },
    today: () => today,
    commandsOn: (wanted) => sumWhere((day) => day === wanted, 'commands'),
    bytesIn: (month) => sumWhere((day) => monthOf(day) === month, 'bytes'),
    unanswered: () => unanswered,
    days: () => [...new Set([...held.keys()].filter((day) => day !== today)), today],
    take(day) {
      sequence += 1
      unanswered = { instance, sequence, day, ...amountOn(day) }
      held.delete(day)
      return unanswered
    },
    answered: () => void (unanswered = null),
  }
}
