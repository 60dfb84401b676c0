import type { AttentionThresholds } from '#shared/domain/attention.ts'
import type { Presence } from '#shared/domain/presence.ts'
import { CALM_MS, type Finding } from './standing.ts'

/**
 * For how long an observation counts as the present, ms. An observer tells of a room where nothing changes every 5 s. With the calm time after it a mark goes
 * 30 s after the room was last observed: then nobody knows any more how its people fare.
 */
const OBSERVED_MS = 20_000

/** Since when somebody's connection is poor or worse, and since when it is lost (ms). */
type Bad = { readonly poorSince: number; readonly lostSince: number | null }

/** Whose connections were bad when the room was last observed, and when that was (ms). */
export type Observed = { readonly at: number; readonly bad: ReadonlyMap<string, Bad> }

const nobody: Observed['bad'] = new Map()

/**
 * After one more observation. An older one says nothing new; after a pause nobody knows how it was meanwhile, so all begins anew. Both clocks may be
 * corrected, so one that is far older counts as a new beginning, too.
 */
export function observe(before: Observed | null, { at, quality }: Presence): Observed {
  const isNext = before !== null && Math.abs(at - before.at) < OBSERVED_MS + CALM_MS
  if (isNext && at < before.at) return before
  const known = isNext ? before.bad : nobody
  const bad = new Map<string, Bad>()
  for (const { identity, quality: now } of quality) {
    if (now !== 'poor' && now !== 'lost') continue
    const earlier = known.get(identity)
    bad.set(identity, { poorSince: earlier?.poorSince ?? at, lostSince: now === 'lost' ? (earlier?.lostSince ?? at) : null })
  }
  return { at, bad: bad.size > 0 ? bad : nobody }
}

/** Without those who left: who comes back begins anew. */
export function withoutLeft(observed: Observed, isOnline: (identity: string) => boolean): Observed {
  const stay = [...observed.bad].filter(([identity]) => isOnline(identity))
  return stay.length === observed.bad.size ? observed : { at: observed.at, bad: stay.length > 0 ? new Map(stay) : nobody }
}

/**
 * So many people have had a connection this bad for so long, each, and an observation has shown it: so every instance comes to the same, and a room that was
 * looked into for a shorter time gets no mark. `since` is when the last of so many went bad.
 */
export function findBadConnections(
  { at, bad }: Observed,
  { people, quality, seconds }: AttentionThresholds['bad_connections'],
  isOnline: (identity: string) => boolean,
  now: number,
): Finding {
  if (now >= at + OBSERVED_MS) return { kind: 'gone', at: at + OBSERVED_MS, next: null }
  const times: number[] = []
  for (const [identity, { poorSince, lostSince }] of bad) {
    const since = quality === 'lost' ? lostSince : poorSince
    if (since !== null && isOnline(identity)) times.push(since)
  }
  const since = times.toSorted((a, b) => a - b)[people - 1]
  if (since === undefined) return { kind: 'gone', at: now, next: null }
  const finding = { why: describe(times.length, quality), next: at + OBSERVED_MS }
  return since + seconds * 1000 <= at ? { kind: 'holds', since, ...finding } : { kind: 'lingers', ...finding }
}

function describe(count: number, quality: 'poor' | 'lost'): string {
  const bad = quality === 'lost' ? 'lost' : 'poor or lost'
  return count === 1 ? `1 person has a ${bad} connection` : `${count} people have ${bad} connections`
}
