import { isInForce, type Measure } from '#shared/domain/measure.ts'
import { formatMoment, formatRunning } from '../ui/format.ts'
import { text } from '../ui/text.ts'

/** How many names of those left out are spelt; the rest is a number. */
const NAMED = 3

/** What a measure does, in words: `Lock: microphone, camera`. */
export function describeKind({ kind, sources = [] }: Pick<Measure, 'kind' | 'sources'>): string {
  const name = text.measures.kind[kind]
  return sources.length === 0 ? name : text.measures.kindOf(name, sources.map((source) => text.source[source]).join(', '))
}

/** Whom it is about, where it is about no single person: everybody, but for those left out. */
export function describeEverybody({ except }: Pick<Measure, 'except'>): string {
  const { identities = [], roles = [] } = except ?? {}
  const named = identities.slice(0, NAMED)
  const more = identities.length - named.length
  const parts = [
    ...named,
    ...(more > 0 ? [text.measures.andMore(more)] : []),
    ...(roles.length > 0 ? [text.measures.roles(roles.join(', '))] : []),
  ]
  return parts.length === 0 ? text.measures.everybody : text.measures.everybodyBut(parts.join(', '))
}

/** A measure in a few words, for a title or a label. */
export function describeMeasure(measure: Measure): string {
  const whom = measure.identity ?? describeEverybody(measure)
  return [describeKind(measure), whom, measure.room ?? text.measures.everywhere].join(' · ')
}

/** What is left of its time at a moment (ms): `2:04:10 left`, `until lifted`, `over`. */
export function timeLeft({ until, liftedAt }: Pick<Measure, 'until' | 'liftedAt'>, now: number): string {
  if (!isInForce({ until, liftedAt }, now)) return text.measures.over
  return until === null ? text.measures.untilLifted : text.measures.left(formatRunning(until - now))
}

/** Until when, for a person: a moment, or until it is lifted. */
export function describeUntil(until: number | null): string {
  return until === null ? text.measures.untilLifted : formatMoment(until)
}

/** The measures that a filter lets through, in their order: by what, whom, where, why and who. */
export function filterMeasures(measures: readonly Measure[], filter: string): readonly Measure[] {
  const wanted = filter.trim().toLocaleLowerCase()
  if (wanted === '') return measures
  return measures.filter((measure) =>
    [describeMeasure(measure), measure.reason, measure.by, ...(measure.except?.identities ?? [])].some((field) =>
      field.toLocaleLowerCase().includes(wanted),
    ),
  )
}

/** When and by what it ended, where it has ended by now (ms); null while it is in force. */
export function endOf(measure: Measure, now: number): { readonly at: number; readonly how: string } | null {
  if (measure.liftedAt !== undefined) return { at: measure.liftedAt, how: text.measures.liftedBy(measure.liftedBy ?? '') }
  return measure.until !== null && measure.until <= now ? { at: measure.until, how: text.measures.ranOut } : null
}
