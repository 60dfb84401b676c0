import type { People } from '#shared/contract/http-people.ts'
import { useDebounced } from '../app/useDebounced.ts'
import { useReading, type Reading } from '../app/useReading.ts'
import { answered } from '../bridge.ts'

/** How long (ms) nobody types before it is searched. */
const CALM = 150

export type Found = Reading<People> & { /** What was searched for; an empty text: nothing. */ readonly searched: string }

/** Who is called so, live or on record. */
export function useFound(typed: string): Found {
  const searched = useDebounced(typed.trim(), CALM)
  const reading = useReading(searched === '' ? null : searched, () => answered((host) => host.searchPeople({ q: searched })))
  return { ...reading, searched }
}
