import type { PersonSession } from '#shared/contract/http-people.ts'
import { compareQuality, type ConnectionQuality } from '#shared/domain/presence.ts'
import { formatSpan } from '../ui/format.ts'
import { text } from '../ui/text.ts'

/** How long somebody talked in a stay: null is "not observed", which is not the same as silence. */
export function describeTalk(talkMs: number | null): string {
  return talkMs === null ? text.people.stays.notObserved : formatSpan(talkMs)
}

/** How long a stay was, or is by now (ms). */
export function stayLength({ joinedAt, leftAt }: Pick<PersonSession, 'joinedAt' | 'leftAt'>, now: number): number {
  return Math.max(0, (leftAt ?? now) - joinedAt)
}

/** The worst quality that a stay had for at least a hundredth of the observed time, and its share in per cent; null where none was seen. */
function worstQuality({
  quality,
}: Pick<PersonSession, 'quality'>): { readonly quality: ConnectionQuality; readonly percent: number } | null {
  // The record's keys are the qualities, by its schema.
  const seen = (Object.entries(quality) as [ConnectionQuality, number][]).filter(([name, ms]) => name !== 'unknown' && ms > 0)
  const all = seen.reduce((sum, [, ms]) => sum + ms, 0)
  const shares = seen.map(([name, ms]) => ({ quality: name, percent: Math.round((100 * ms) / all) })).filter(({ percent }) => percent > 0)
  return shares.toSorted((a, b) => compareQuality(b.quality, a.quality))[0] ?? null
}

/** The same in words: `12 % poor`. */
export function describeQuality(stay: Pick<PersonSession, 'quality'>): string {
  const worst = worstQuality(stay)
  return worst === null ? text.people.stays.noQuality : text.people.stays.share(worst.percent, text.quality.name[worst.quality])
}
