import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { ServerSettings } from '#shared/contract/embedded.ts'
import type { EventsTicket } from '#shared/contract/http-events.ts'
import { fail, succeed, type Result } from '#shared/domain/failure.ts'
import type { TokenHolder } from '#server/operators/operator-book.ts'
import type { TicketStore } from './ticket-store.ts'

/** How long a ticket waits for its first use, ms. */
const FIRST_USE_MS = 30_000
/** How long a ticket is good after a stream was opened with it, ms: so long a stream may last and still resume when its instance dies. */
const IN_USE_MS = 12 * 60 * 60_000
/** How long it is good after its stream has ended, ms. */
const AFTER_USE_MS = 60 * 60_000

/** The random bytes of a ticket, and those of its seal. */
const RANDOM_BYTES = 32
const SEAL_BYTES = 16

/** Tickets that stand for an operator where no header can be sent. Only their hash is kept, and none is ever logged. */
export type Tickets = {
  /** Fails with `unavailable` where the store is away. */
  readonly issue: (holder: TokenHolder) => Promise<Result<EventsTicket>>
  /** Whom a ticket stands for, now that a stream is opened with it; null where it is worth nothing. Fails like `issue`. */
  readonly redeem: (ticket: string) => Promise<Result<TokenHolder | null>>
  /** A stream that was opened with it has ended: it serves a reconnect. */
  readonly release: (ticket: string, holder: TokenHolder) => Promise<void>
}

type Options = {
  readonly store: TicketStore
  /** Tickets are sealed with the first key's secret, and taken with any: who invents one doesn't make the store work. */
  readonly livekitKeys: ServerSettings['livekitKeys']
  /** The holder of a token as they are now; null where it is not valid any more: then its tickets are worth nothing. */
  readonly findHolder: (tokenId: string) => Promise<TokenHolder | null>
  readonly now?: () => number
}

export function createTickets({ store, livekitKeys, findHolder, now = Date.now }: Options): Tickets {
  const seals = livekitKeys.map(({ secret }) => createSeal(secret))

  function make(): string {
    const random = randomBytes(RANDOM_BYTES)
    return Buffer.concat([random, seals[0]?.(random) ?? Buffer.alloc(0)]).toString('base64url')
  }

  function isSealed(ticket: string): boolean {
    const bytes = Buffer.from(ticket, 'base64url')
    // What is no base64 is passed over, and would make many texts of one ticket.
    if (bytes.toString('base64url') !== ticket) return false
    const [random, given] = [bytes.subarray(0, RANDOM_BYTES), bytes.subarray(RANDOM_BYTES)]
    return given.length === SEAL_BYTES && seals.some((seal) => timingSafeEqual(seal(random), given))
  }

  return {
    async issue({ tokenId }) {
      const ticket = make()
      const expiresAt = now() + FIRST_USE_MS
      try {
        await store.put(hashOf(ticket), tokenId, FIRST_USE_MS)
        return succeed({ ticket, expiresAt })
      } catch {
        return away()
      }
    },
    async redeem(ticket) {
      if (!isSealed(ticket)) return succeed(null)
      try {
        const tokenId = await store.extend(hashOf(ticket), IN_USE_MS)
        return succeed(tokenId === null ? null : await findHolder(tokenId))
      } catch {
        return away()
      }
    },
    async release(ticket, { tokenId }) {
      await store.put(hashOf(ticket), tokenId, AFTER_USE_MS).catch(() => undefined)
    },
  }
}

type Seal = (random: Buffer) => Buffer

function createSeal(secret: string): Seal {
  return (random) => createHmac('sha256', secret).update('ticket ').update(random).digest().subarray(0, SEAL_BYTES)
}

function away() {
  return fail('unavailable', 'the sync server has lost Redis, where tickets are kept: try again')
}

function hashOf(ticket: string): string {
  return createHash('sha256').update(ticket).digest('base64url')
}
