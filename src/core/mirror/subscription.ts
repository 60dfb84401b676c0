import type { ErrorCode, Failure, Result } from '#shared/domain/failure.ts'
import { retryDelay } from '../link/retry.ts'

/** Something a server was asked to keep telling. */
export type Subscription = {
  /** Asks for it (again); while an answer is awaited, nothing. */
  readonly renew: () => void
  /** The connection is gone: what was asked on it counts no more. */
  readonly suspend: () => void
}

/** These refusals don't get better by asking again. */
const finalCodes: ReadonlySet<ErrorCode> = new Set(['unauthorized', 'forbidden', 'not_found', 'invalid', 'unsupported'])

/** Asks until an answer arrives or a refusal is final. `arrived` returns false when its answer is too old to be used. */
export function createSubscription<T>(options: {
  readonly ask: () => Promise<Result<T>>
  readonly arrived: (value: T) => boolean
  readonly refused: (failure: Failure) => void
}): Subscription {
  let round = 0
  let asking = false
  let attempt = 0
  let retry: NodeJS.Timeout | null = null

  function later(): void {
    retry = setTimeout(renew, retryDelay(attempt, Math.random()))
    attempt += 1
  }

  function renew(): void {
    if (asking) return
    if (retry !== null) clearTimeout(retry)
    retry = null
    asking = true
    const own = ++round
    void options.ask().then((answer) => {
      if (own !== round) return
      asking = false
      if (!answer.ok) {
        options.refused(answer)
        if (!finalCodes.has(answer.code)) later()
      } else if (options.arrived(answer.value)) attempt = 0
      else later()
    })
  }

  function suspend(): void {
    round += 1
    asking = false
    attempt = 0
    if (retry !== null) clearTimeout(retry)
    retry = null
  }

  return { renew, suspend }
}
