import type { MeasureVerdict } from '#shared/contract/http-measures.ts'
import { deniedSources, type Measure } from '#shared/domain/measure.ts'
import type { PublishSource } from '#shared/domain/participant.ts'

/** What is in force for somebody in a room. `closed`: nobody may be there, and nothing is said of them. */
export type Verdict = MeasureVerdict & { readonly closed: boolean }

export const free: Verdict = { banned: false, closed: false, deniedSources: [], until: null }

/** What these measures, all in force and about somebody, come to. Several hold together, so that a later one never shortens an earlier one. Pure. */
export function judge(measures: readonly Measure[]): Verdict {
  if (measures.length === 0) return free
  const bans = measures.filter(({ kind }) => kind === 'ban')
  const barred = measures.filter(({ kind }) => kind === 'ban' || kind === 'close')
  const denied = deniedSources(measures)
  if (barred.length > 0) return { banned: true, closed: bans.length === 0, deniedSources: denied, until: latest(barred) }
  const ends = denied.map((source) => latest(measures.filter((measure) => denies(measure, source)))).filter((until) => until !== null)
  return { ...free, deniedSources: denied, until: ends.length === 0 ? null : Math.min(...ends) }
}

/** When the last of them is over, ms; null where one has no end. */
function latest(measures: readonly Measure[]): number | null {
  return measures.reduce<number | null>((end, { until }) => (end === null || until === null ? null : Math.max(end, until)), 0)
}

function denies({ kind, sources }: Measure, source: PublishSource): boolean {
  return (kind === 'deny_sources' || kind === 'lock') && (sources?.includes(source) ?? false)
}
