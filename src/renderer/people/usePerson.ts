import type { Person } from '#shared/contract/http-people.ts'
import { useFeedNews } from '../app/useFeedNews.ts'
import { useReading, type Reading } from '../app/useReading.ts'
import { answered } from '../bridge.ts'

export type PersonReading = Reading<Person>

/** All that is kept of one person; read again when the feed tells of them. */
export function usePerson(identity: string): PersonReading {
  const reading = useReading(identity, () => answered((host) => host.readPerson({ identity })))
  useFeedNews(({ type, data }) => {
    if (data.participant !== undefined) return data.participant.identity === identity && !isOfTracks(type)
    return type === 'measure_imposed' || type === 'measure_changed' || type === 'measure_lifted'
  }, reading.again)
  return reading
}

/** What somebody turns on and off themselves is in no record. */
function isOfTracks(type: string): boolean {
  return type === 'track_published' || type === 'track_unpublished'
}
