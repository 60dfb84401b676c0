import { fail, succeed, type Failure } from '#shared/domain/failure.ts'
import type { Operator } from '#shared/domain/operator.ts'
import type { LoginLimit } from './login-limit.ts'
import type { OperatorBook } from './operator-book.ts'

/** Who logged in, or why not: `unauthorized`, or `rate_limited` with the seconds after which a login is looked at again. */
export type LoggedIn = { readonly ok: true; readonly value: Operator } | (Failure & { readonly retryAfterS?: number })

/** Looks at a token that came from an address. */
export type LogIn = (token: string | undefined, address: string) => Promise<LoggedIn>

type Options = {
  readonly book: Pick<OperatorBook, 'authenticate' | 'recognize'>
  readonly limit: LoginLimit
  /** Told of each login that failed. */
  readonly onFailed: () => void
}

/**
 * Puts the limit before the book. From an address that is held off, only tokens that this server made and knows are taken: nobody guesses
 * one of those, and a colleague's old token behind the same address locks nobody out. A token of the settings may be guessable, so it waits.
 */
export function createLogIn({ book, limit, onFailed }: Options): LogIn {
  return async (token, address) => {
    const found = limit.secondsToWait(address) > 0 ? null : await book.authenticate(token)
    // Once more: of many that come at once, all are let in before the first has failed.
    const seconds = limit.secondsToWait(address)
    const operator = seconds > 0 ? book.recognize(token) : found
    if (operator) return succeed(operator)
    onFailed()
    if (seconds > 0)
      return { ...fail('rate_limited', `too many failed logins from this address: try again in ${seconds} s`), retryAfterS: seconds }
    if (token === undefined) return fail('unauthorized', 'a token is needed: Authorization: Bearer TOKEN')
    limit.failed(address)
    return fail('unauthorized', 'the sync server does not know this token')
  }
}
