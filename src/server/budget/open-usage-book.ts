import type { RedisLink } from '#server/redis/connection.ts'
import type { LiveRooms } from '#server/rooms/live-rooms.ts'
import { createNoUsage, createUsageBook, type UsageBook } from './usage-book.ts'
import { createRedisLedger, type Budgets } from './usage-ledger.ts'

/** How often the meter is looked at, ms: so soon a budget that is used up is told. Looking costs Redis nothing. */
const LOOK_MS = 10_000

type Options = {
  readonly redis: RedisLink | null
  readonly rooms: Pick<LiveRooms, 'tell' | 'told'>
  readonly budgets: Budgets
  readonly log: { readonly warn: (facts: object, message: string) => void }
}

/** Begins to add up what this instance asks of Redis. To be closed while Redis and the rooms are still open. */
export function openUsageBook({ redis, rooms, budgets, log }: Options): Pick<UsageBook, 'usage' | 'close'> {
  if (!redis) return createNoUsage(budgets)
  const book = createUsageBook({ ledger: createRedisLedger(redis), read: redis.meter.read, budgets, tell: rooms.tell, log })
  const timer = setInterval(() => void book.look(), LOOK_MS)
  const unsubscribe = rooms.told.subscribe(({ type, data }) => void (type === 'budget_warning' && book.warned(data.id)))
  void book.look()
  return {
    usage: book.usage,
    close() {
      clearInterval(timer)
      unsubscribe()
      return book.close()
    },
  }
}
