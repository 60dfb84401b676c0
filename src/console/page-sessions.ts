import { createSecret, digestOf, isSameSecret } from './random-secret.ts'

/** A browser that opened a launch link. */
export type PageSession = { readonly nonce: string }

/**
 * The browsers that may use this console, by cookie. A browser sends a cookie to every port of 127.0.0.1, so another program there may come
 * to know it; therefore the cookie only gets files. What opens the socket is the session's nonce: it is put into the first page after a
 * launch link and into no later one, and the page keeps it in its origin's storage, which does know ports.
 */
export type PageSessions = {
  /** A new session; returns its cookie's value. */
  readonly open: () => string
  readonly find: (cookie: string | null) => PageSession | null
  /** The nonce for a page that is about to be served, the first time; null ever after. */
  readonly deliverNonce: (session: PageSession) => string | null
}

export function createPageSessions(): PageSessions {
  const sessions = new Map<string, PageSession>()
  const undelivered = new Set<PageSession>()

  return {
    open() {
      const cookie = createSecret()
      const session: PageSession = { nonce: createSecret() }
      sessions.set(digestOf(cookie), session)
      undelivered.add(session)
      return cookie
    },
    find: (cookie) => (cookie === null ? null : (sessions.get(digestOf(cookie)) ?? null)),
    deliverNonce: (session) => (undelivered.delete(session) ? session.nonce : null),
  }
}

export function isNonceOf(session: PageSession, nonce: string): boolean {
  return isSameSecret(session.nonce, nonce)
}
