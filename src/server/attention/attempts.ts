import type { FeedEvent } from '#shared/domain/feed-event.ts'
import type { Finding } from './standing.ts'

/** How long the mark of an attempt stays after the last one. */
type Threshold = { readonly seconds: number }

/** Attempts that follow each other within the time for which their mark stays: the first and the last (ms), and how many. */
export type Attempts = { readonly first: number; readonly last: number; readonly count: number }

/**
 * What a measure was enforced against: a banned person who tried to come in, or somebody who evaded another measure. Null where nobody tried anything: it is only told what would have been
 * done, or who came into a locked room was silenced like everybody there.
 */
export function attemptOf({ data: { detail = '' } }: FeedEvent): 'banned_attempt' | 'measure_evaded' | null {
  if (detail.startsWith('dry run') || (detail.startsWith('locked') && detail.endsWith('taken'))) return null
  return detail.startsWith('banned') ? 'banned_attempt' : 'measure_evaded'
}

/** After one more attempt. */
export function attempt(before: Attempts | null, at: number, { seconds }: Threshold): Attempts {
  if (!before || at >= before.last + seconds * 1000) return { first: at, last: at, count: 1 }
  return { first: before.first, last: Math.max(before.last, at), count: before.count + 1 }
}

/** There was an attempt not so long ago. `describe`: such a number of attempts as one line. */
export function findAttempts(
  { first, last, count }: Attempts,
  { seconds }: Threshold,
  describe: (count: number) => string,
  now: number,
): Finding {
  const over = last + seconds * 1000
  return now < over ? { kind: 'holds', since: first, why: describe(count), next: over } : { kind: 'gone', at: over, next: null }
}

export function describeBanned(count: number): string {
  return count === 1 ? 'a banned person tried to come in' : `${count} attempts of banned people to come in`
}

export function describeEvaded(count: number): string {
  return count === 1 ? 'a measure was evaded and enforced again' : `measures were evaded and enforced again ${count} times`
}
