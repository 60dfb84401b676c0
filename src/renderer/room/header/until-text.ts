import { describeUntil } from '../../measures/measure-view.ts'
import { formatShortTime } from '../../ui/format.ts'
import { text } from '../../ui/text.ts'

/** How far ahead (ms) a time of day says which day it is on. */
const CLOSE = 12 * 3_600_000

/** Until when something holds: a time of day where that is soon, else with its date. */
export function untilText(until: number | null, now: number): string {
  if (until === null) return text.roomMeasures.untilLifted
  return text.roomMeasures.until(until - now < CLOSE ? formatShortTime(until) : describeUntil(until))
}
