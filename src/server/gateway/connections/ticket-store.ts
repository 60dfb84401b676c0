import { describeRedisError, type RedisLink } from '#server/redis/connection.ts'
import { redisKeys } from '#server/redis/keys.ts'

/** Which token each ticket stands for, by the ticket's hash, for a time. All fail by throwing where the store is away. */
export type TicketStore = {
  readonly put: (hash: string, tokenId: string, ms: number) => Promise<void>
  /** The id of its token, if it has not expired; it then lives for `ms` more. */
  readonly extend: (hash: string, ms: number) => Promise<string | null>
}

/** `now` in ms. */
export function createMemoryTicketStore(now: () => number = Date.now): TicketStore {
  const tickets = new Map<string, { readonly tokenId: string; readonly until: number }>()

  function forgetOld(): void {
    for (const [hash, { until }] of tickets) if (until <= now()) tickets.delete(hash)
  }

  return {
    put(hash, tokenId, ms) {
      forgetOld()
      tickets.set(hash, { tokenId, until: now() + ms })
      return Promise.resolve()
    },
    extend(hash, ms) {
      forgetOld()
      const ticket = tickets.get(hash)
      if (!ticket) return Promise.resolve(null)
      tickets.set(hash, { ...ticket, until: now() + ms })
      return Promise.resolve(ticket.tokenId)
    },
  }
}

export function createRedisTicketStore({ commands }: Pick<RedisLink, 'commands'>): TicketStore {
  return {
    async put(hash, tokenId, ms) {
      await commands.set(redisKeys.ticket(hash), tokenId, 'PX', ms)
    },
    extend: (hash, ms) => commands.getex(redisKeys.ticket(hash), 'PX', ms).catch(isWrongType),
  }
}

/** A key of another type is no ticket. */
function isWrongType(error: unknown): null {
  if (!describeRedisError(error).startsWith('WRONGTYPE')) throw error
  return null
}
