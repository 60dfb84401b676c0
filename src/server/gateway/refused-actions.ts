import type { ActionResult } from '#shared/domain/action.ts'
import { fail, type Failure } from '#shared/domain/failure.ts'
import type { Audit } from '#server/audit/audit.ts'
import { toIntent } from '#server/moderation/intent.ts'
import type { Moderator } from '#server/moderation/moderator.ts'

const WINDOW_MS = 60_000
/** How many actions of one operator may come to nothing within a minute: each is in the audit for good. */
const MOST_REFUSED = 100
/** How many actions of one operator may be under way at once: nobody knows yet whether they come to nothing. */
const MOST_AT_ONCE = 500

/** `times`: when the last ones came to nothing, oldest first. `notedAt`: when the audit was told last that no more are taken up. */
type Tally = { times: readonly number[]; underWay: number; notedAt: number }

/**
 * A moderator that takes up no more from an operator of whom very many actions were refused or failed, or are under way: every attempt is written to the audit, which nobody can shorten,
 * and a script that asks in a loop would fill it. What is turned away is `rate_limited`, and in the audit once a minute. `now`: ms of a clock that never goes back.
 */
export function limitRefused(moderator: Moderator, audit: Pick<Audit, 'note'>, now: () => number = () => performance.now()): Moderator {
  const tallies = new Map<string, Tally>()

  function tallyOf(name: string): Tally {
    const tally = tallies.get(name) ?? { times: [], underWay: 0, notedAt: -Infinity }
    tallies.set(name, tally)
    tally.times = tally.times.filter((at) => at > now() - WINDOW_MS)
    return tally
  }

  return {
    ...moderator,
    async act(operator, action, onProgress) {
      const tally = tallyOf(operator.name)
      const refusal = whyNotNow(operator.name, tally, now())
      if (refusal) {
        if (tally.notedAt <= now() - WINDOW_MS) {
          tally.notedAt = now()
          await audit.note(toIntent(operator, action), refusal)
        }
        return { ...refusal, actionId: action.actionId }
      }
      tally.underWay += 1
      try {
        const result = await moderator.act(operator, action, onProgress)
        if (cameToNothing(result)) tally.times = [...tally.times, now()].slice(-MOST_REFUSED)
        return result
      } finally {
        tally.underWay -= 1
      }
    },
  }
}

function whyNotNow(name: string, { times, underWay }: Tally, now: number): Failure | null {
  if (underWay >= MOST_AT_ONCE)
    return fail(
      'rate_limited',
      `${name} has ${MOST_AT_ONCE} actions under way: wait for these. Nothing was done, nor is each such attempt in the audit`,
    )
  const [oldest] = times
  if (oldest === undefined || times.length < MOST_REFUSED) return null
  const seconds = Math.max(1, Math.ceil((oldest + WINDOW_MS - now) / 1000))
  return fail(
    'rate_limited',
    `${MOST_REFUSED} actions of ${name} were refused or failed within a minute: look why, and try again in ${seconds} s. Nothing was done, nor is each such attempt in the audit`,
  )
}

/** Refused whole, or done to nobody whom it was about. */
function cameToNothing(result: ActionResult): boolean {
  return !result.ok || (result.targets.length > 0 && result.targets.every(({ ok }) => !ok))
}
