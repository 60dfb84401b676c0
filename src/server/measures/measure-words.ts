import { publishSourceSchema, type PublishSource } from '#shared/domain/participant.ts'
import type { Measure } from '#shared/domain/measure.ts'
import { assertNever } from '#shared/lib/assert-never.ts'

/** A measure as one line for the feed: what, where and until when. */
export function describeMeasure(measure: Measure): string {
  const { scope, until } = measure
  const where = scope === 'all' ? 'in all rooms' : 'in this room'
  return `${whatOf(measure)} ${where} ${until === null ? 'until it is lifted' : `until ${new Date(until).toISOString()}`}`
}

function whatOf({ kind, sources = [] }: Measure): string {
  switch (kind) {
    case 'ban':
      return 'banned'
    case 'deny_sources':
      return `${wordsOf(sources)} denied`
    case 'lock':
      return `${wordsOf(sources)} locked`
    case 'close':
      return 'closed'
    default:
      return assertNever(kind, 'kind of measure')
  }
}

/** Sources in the contract's order, in words. */
export function wordsOf(sources: readonly PublishSource[]): string {
  return publishSourceSchema.options
    .filter((source) => sources.includes(source))
    .map((source) => source.replaceAll('_', ' '))
    .join(', ')
}
