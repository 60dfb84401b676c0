import type { AttentionThresholds } from '#shared/domain/attention.ts'
import { CALM_MS, type Finding } from './standing.ts'

type Threshold = AttentionThresholds['join_burst']

/** The newest joins, as many as make a burst (ms, oldest first), and the burst that goes on: since its first join, with so many. */
export type Joins = { readonly times: readonly number[]; readonly burst: { readonly since: number; readonly count: number } | null }

/** After one more join. Instances accept events by clocks of their own, so one may come a little before the last: it counts as now. */
export function join(before: Joins | null, at: number, threshold: Threshold): Joins {
  const { people, seconds } = threshold
  const earlier = before?.times ?? []
  const time = Math.max(at, earlier.at(-1) ?? at)
  const times = [...earlier.slice(Math.max(0, earlier.length - people + 1)), time]
  const running = before?.burst && time < quietSince(earlier, threshold) + CALM_MS ? before.burst : null
  if (running) return { times, burst: { since: running.since, count: running.count + 1 } }
  const [first = time] = times
  return { times, burst: times.length >= people && time - first < seconds * 1000 ? { since: first, count: people } : null }
}

/** So many people joined within so long; it is over when the joins of such a time were fewer than half for a while. */
export function findJoinBurst({ times, burst }: Joins, threshold: Threshold, now: number): Finding {
  const quiet = quietSince(times, threshold)
  if (!burst || now >= quiet) return { kind: 'gone', at: quiet, next: null }
  return { kind: 'holds', since: burst.since, why: `${burst.count} joins in a short time`, next: quiet }
}

/** From when on there are fewer than half, if nobody joins. */
function quietSince(times: readonly number[], { people, seconds }: Threshold): number {
  return (times.at(-Math.ceil(people / 2)) ?? -Infinity) + seconds * 1000
}
