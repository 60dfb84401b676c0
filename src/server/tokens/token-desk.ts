import type { JoinGrant, TokenRequest } from '#shared/contract/http-tokens.ts'
import { fail, type Failure, type Result } from '#shared/domain/failure.ts'
import type { IssueJoinToken } from './join-token.ts'
import type { RateLimit } from './rate-limit.ts'

/** A refusal; `retryAfterS`: whole seconds after which the user is within the limit again. */
export type TokenRefusal = Failure & { readonly retryAfterS?: number }

/** Answers a request for a token (S3.3). */
export type TokenDesk = (request: TokenRequest) => Promise<Extract<Result<JoinGrant>, { ok: true }> | TokenRefusal>

/** How a request for a token ended. */
export type TokenOutcome = 'granted' | 'rate_limited' | 'banned'

type Desk = {
  readonly limit: RateLimit
  readonly issue: IssueJoinToken
  /** Called once for each request. */
  readonly onOutcome: (outcome: TokenOutcome) => void
  /** Called where the limit could not be looked up, so that the request was let through. */
  readonly onFailOpen: (why: string) => void
}

export function createTokenDesk({ limit, issue, onOutcome, onFailOpen }: Desk): TokenDesk {
  return async (request) => {
    const verdict = await limit.take(request.username)
    if (verdict.kind === 'refused') {
      onOutcome('rate_limited')
      const retryAfterS = Math.max(1, Math.ceil(verdict.waitMs / 1000))
      return { ...fail('rate_limited', `${request.username} asked for too many tokens: try again in ${retryAfterS} s`), retryAfterS }
    }
    if (verdict.kind === 'unchecked') onFailOpen(verdict.why)
    const issued = await issue(request)
    onOutcome(issued.ok ? 'granted' : 'banned')
    return issued
  }
}
