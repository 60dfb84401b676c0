import { createHash, randomBytes } from 'node:crypto'
import type { EventsTicket } from '#shared/contract/http-events.ts'
import { fail, succeed, type Result } from '#shared/domain/failure.ts'
import type { Operator } from '#shared/domain/operator.ts'
import type { TicketStore } from './ticket-store.ts'

/** How long a ticket waits for its first use, ms. */
const FIRST_USE_MS = 30_000
/** How long a ticket is good after a stream was opened with it, ms: so long a stream may last and still resume when its instance dies. */
const IN_USE_MS = 12 * 60 * 60_000
/** How long it is good after its stream has ended, ms. */
const AFTER_USE_MS = 60 * 60_000

/** Tickets that stand for an operator where no header can be sent. Only their hash is kept, and none is ever logged. */
export type Tickets = {
  /** Fails with `unavailable` where the store is away. */
  readonly issue: (operator: Operator) => Promise<Result<EventsTicket>>
  /** Whom a ticket stands for, now that a stream is opened with it; null where it is worth nothing. Fails like `issue`. */
  readonly redeem: (ticket: string) => Promise<Result<Operator | null>>
  /** A stream that was opened with it has ended: it serves a reconnect. */
  readonly release: (ticket: string, operator: Operator) => Promise<void>
}

type Options = {
  readonly store: TicketStore
  /** An operator of that name as they are now; null where there is none any more: their tickets are worth nothing. */
  readonly findOperator: (name: string) => Promise<Operator | null>
  readonly now?: () => number
}

export function createTickets({ store, findOperator, now = Date.now }: Options): Tickets {
  return {
    async issue(operator) {
      const ticket = randomBytes(32).toString('base64url')
      const expiresAt = now() + FIRST_USE_MS
      try {
        await store.put(hashOf(ticket), operator, FIRST_USE_MS)
        return succeed({ ticket, expiresAt })
      } catch {
        return away()
      }
    },
    async redeem(ticket) {
      try {
        const holder = await store.extend(hashOf(ticket), IN_USE_MS)
        return succeed(holder && (await findOperator(holder.name)))
      } catch {
        return away()
      }
    },
    async release(ticket, operator) {
      await store.put(hashOf(ticket), operator, AFTER_USE_MS).catch(() => undefined)
    },
  }
}

function away() {
  return fail('unavailable', 'the sync server has lost Redis, where tickets are kept: try again')
}

function hashOf(ticket: string): string {
  return createHash('sha256').update(ticket).digest('base64url')
}
