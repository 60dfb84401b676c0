import { operatorSchema, type Operator } from '#shared/domain/operator.ts'
import { describeRedisError, type RedisLink } from '#server/redis/connection.ts'
import { redisKeys } from '#server/redis/keys.ts'

/** Whom tickets belong to, by a ticket's hash, for a time. All fail by throwing where the store is away. */
export type TicketStore = {
  readonly put: (hash: string, operator: Operator, ms: number) => Promise<void>
  /** Whom it belongs to, if it has not expired; it then lives for `ms` more. */
  readonly extend: (hash: string, ms: number) => Promise<Operator | null>
}

/** `now` in ms. */
export function createMemoryTicketStore(now: () => number = Date.now): TicketStore {
  const tickets = new Map<string, { readonly operator: Operator; readonly until: number }>()

  function forgetOld(): void {
    for (const [hash, { until }] of tickets) if (until <= now()) tickets.delete(hash)
  }

  return {
    put(hash, operator, ms) {
      forgetOld()
      tickets.set(hash, { operator, until: now() + ms })
      return Promise.resolve()
    },
    extend(hash, ms) {
      forgetOld()
      const ticket = tickets.get(hash)
      if (!ticket) return Promise.resolve(null)
      tickets.set(hash, { operator: ticket.operator, until: now() + ms })
      return Promise.resolve(ticket.operator)
    },
  }
}

export function createRedisTicketStore({ commands }: Pick<RedisLink, 'commands'>): TicketStore {
  return {
    async put(hash, operator, ms) {
      await commands.set(redisKeys.ticket(hash), JSON.stringify(operator), 'PX', ms)
    },
    async extend(hash, ms) {
      const text = await commands.getex(redisKeys.ticket(hash), 'PX', ms).catch(isWrongType)
      return text === null ? null : decode(text)
    },
  }
}

/** A key of another type is no ticket. */
function isWrongType(error: unknown): null {
  if (!describeRedisError(error).startsWith('WRONGTYPE')) throw error
  return null
}

function decode(text: string): Operator | null {
  try {
    return operatorSchema.parse(JSON.parse(text))
  } catch {
    return null
  }
}
