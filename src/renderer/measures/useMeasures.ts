import type { FeedEvent } from '#shared/domain/feed-event.ts'
import type { Measure } from '#shared/domain/measure.ts'
import { useFeedNews } from '../app/useFeedNews.ts'
import { useReading, type Reading } from '../app/useReading.ts'
import { answered } from '../bridge.ts'

/** What is in force, or no longer is; read again when the feed tells of a measure. */
export function useMeasures(active: boolean): Reading<readonly Measure[]> {
  const reading = useReading(active ? 'active' : 'past', () =>
    answered(async (host) => (await host.listMeasures({ active: active ? 'true' : 'false' })).measures),
  )
  useFeedNews(isOfMeasures, reading.again)
  return reading
}

/** Enforcing changes no measure. */
export function isOfMeasures({ type }: FeedEvent): boolean {
  return type === 'measure_imposed' || type === 'measure_changed' || type === 'measure_lifted'
}
