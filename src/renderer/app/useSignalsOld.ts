import { areSignalsOld } from '../ui/signals-age.ts'
import { useClock } from './clock.ts'

/** Whether signals that were seen then (ms, null: never) are too old by now; the component draws again only when they become so. */
export function useSignalsOld(seenAt: number | null): boolean {
  return useClock((clock) => areSignalsOld(seenAt, clock.now))
}
