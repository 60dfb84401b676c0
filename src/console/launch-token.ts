import { createSecret, digestOf } from './random-secret.ts'

/** How long a printed link can be opened. */
export const LAUNCH_TOKEN_MS = 10 * 60_000

/** The tokens of printed links: each opens Usher once, in one browser. */
export type LaunchTokens = {
  readonly issue: () => string
  /** Whether the token was good. From here on it isn't. */
  readonly redeem: (token: string) => boolean
}

export function createLaunchTokens(now: () => number): LaunchTokens {
  const expiry = new Map<string, number>()

  return {
    issue() {
      for (const [digest, until] of expiry) if (until <= now()) expiry.delete(digest)
      const token = createSecret()
      expiry.set(digestOf(token), now() + LAUNCH_TOKEN_MS)
      return token
    },
    redeem(token) {
      const digest = digestOf(token)
      const until = expiry.get(digest)
      expiry.delete(digest)
      return until !== undefined && now() < until
    },
  }
}
