import type { Action, ActionResult } from '#shared/domain/action.ts'
import { fail, type Result } from '#shared/domain/failure.ts'
import type { Link } from '../link/link.ts'

/** How long an action for many may go without an answer or a step forward, ms; the server tells its progress several times a second. */
export const BULK_SILENCE_MS = 15_000

/** Longer than any action for many takes: 5,000 calls at ten a second are nine minutes. */
const LONGEST_MS = 3_600_000

/** Sends an action for many, and waits for its answer for as long as it goes on. `timeout_unknown`: it fell silent, and nobody knows how far it came. */
export function sendBulk(link: Pick<Link, 'request' | 'subscribe'>, action: Action): Promise<Result<ActionResult>> {
  return new Promise((resolve, reject) => {
    let patience: NodeJS.Timeout | undefined
    const unsubscribe = link.subscribe((event) => {
      const isStep = event.type === 'pushed' && event.push.name === 'action_progress' && event.push.payload.actionId === action.actionId
      if (isStep) wait()
    })
    function settle(answer: Result<ActionResult>): void {
      clearTimeout(patience)
      unsubscribe()
      resolve(answer)
    }
    function wait(): void {
      clearTimeout(patience)
      patience = setTimeout(() => {
        const message = `the sync server has not said for ${BULK_SILENCE_MS / 1000} s how far it is: what became of the request is not known`
        settle(fail('unavailable', message, 'timeout_unknown'))
      }, BULK_SILENCE_MS)
    }
    wait()
    link.request('act', action, LONGEST_MS).then(settle, reject)
  })
}
