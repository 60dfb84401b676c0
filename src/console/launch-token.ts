import { createSecret, digestOf } from './random-secret.ts'

/** How long a printed link can be opened. */
export const LAUNCH_TOKEN_MS = 10 * 60_000

/** The tokens of printed links: each opens Usher once, in one browser. */
export class LaunchTokens {
  readonly #expiry = new Map<string, number>()
  readonly #now: () => number

  constructor(now: () => number) {
    this.#now = now
  }

  issue(): string {
    for (const [digest, until] of this.#expiry) if (until <= this.#now()) this.#expiry.delete(digest)
    const token = createSecret()
    this.#expiry.set(digestOf(token), this.#now() + LAUNCH_TOKEN_MS)
    return token
  }

  /** Whether the token was good. From here on it isn't. */
  redeem(token: string): boolean {
    const digest = digestOf(token)
    const until = this.#expiry.get(digest)
    this.#expiry.delete(digest)
    return until !== undefined && this.#now() < until
  }
}
