import { fail, succeed, type Failure } from '#shared/domain/failure.ts'
import type { LoginLimit } from './login-limit.ts'
import type { OperatorBook, TokenHolder } from './operator-book.ts'

/** Who logged in, or why not: `unauthorized`, or `rate_limited` with the seconds after which a login is looked at again. */
export type LoggedIn = { readonly ok: true; readonly value: TokenHolder } | (Failure & { readonly retryAfterS?: number })

/** The two ways to log in, each from an address. */
export type Logins = {
  readonly byToken: (token: string | undefined, address: string) => Promise<LoggedIn>
  /** `holder`: whom the ticket stands for; null where it is worth nothing, which counts as a failed login. */
  readonly byTicket: (holder: TokenHolder | null, address: string) => LoggedIn
}

type Options = {
  readonly book: Pick<OperatorBook, 'authenticate' | 'recognize'>
  readonly limit: LoginLimit
  /** Told of each login that failed. */
  readonly onFailed: () => void
}

/**
 * Puts the limit before the book. From an address that is held off, only tokens that nobody guesses are taken, so that neither a colleague's
 * old token nor somebody's trying locks out who shares the address, as all do behind a proxy that isn't trusted. A short token of the settings waits.
 */
export function createLogins({ book, limit, onFailed }: Options): Logins {
  /** Counts a guess, and says what is wrong with it, or that no more are looked at. */
  function refuse(address: string, why: string): LoggedIn {
    const held = heldOff(address)
    if (held) return held
    limit.failed(address)
    return fail('unauthorized', why)
  }

  function heldOff(address: string): LoggedIn | null {
    const retryAfterS = limit.secondsToWait(address)
    if (retryAfterS === 0) return null
    return { ...fail('rate_limited', `too many failed logins from this address: try again in ${retryAfterS} s`), retryAfterS }
  }

  return {
    async byToken(token, address) {
      const found = heldOff(address) ? null : await book.authenticate(token)
      // Once more: of many that come at once, all are let in before the first has failed.
      const holder = heldOff(address) ? book.recognize(token) : found
      if (holder) return succeed(holder)
      onFailed()
      if (token !== undefined) return refuse(address, 'the sync server does not know this token')
      return heldOff(address) ?? fail('unauthorized', 'a token is needed: Authorization: Bearer TOKEN')
    },
    byTicket(holder, address) {
      if (holder) return succeed(holder)
      onFailed()
      return refuse(address, 'the ticket was never given out, or is too old: ask for another one')
    },
  }
}
