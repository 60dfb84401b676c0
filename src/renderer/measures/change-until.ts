import type { ActionOf } from '#shared/domain/action.ts'
import type { Measure } from '#shared/domain/measure.ts'
import { readField } from '../ui/format.ts'
import { text } from '../ui/text.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR

/** How a new time was chosen. `field`: a day and time as the field has it. */
export type Choice = { readonly by: Preset } | { readonly by: 'field'; readonly field: string }
export type Preset = 'plusHour' | 'plusDay' | 'hourFromNow' | 'dayFromNow' | 'untilLifted'
export const presets: readonly Preset[] = ['plusHour', 'plusDay', 'hourFromNow', 'dayFromNow', 'untilLifted']

/** The new end (ms; null: until lifted), or undefined where none can be read. What is added is added to the end it has. */
export function chosenUntil(choice: Choice, measure: Pick<Measure, 'until'>, now: number): number | null | undefined {
  switch (choice.by) {
    case 'plusHour':
      return (measure.until ?? now) + HOUR
    case 'plusDay':
      return (measure.until ?? now) + DAY
    case 'hourFromNow':
      return now + HOUR
    case 'dayFromNow':
      return now + DAY
    case 'untilLifted':
      return null
    case 'field':
      return readField(choice.field) ?? undefined
  }
}

/** Whether a preset says anything for this measure: nothing can be added to what has no end. */
export function fits(preset: Preset, { until }: Pick<Measure, 'until'>): boolean {
  if (preset === 'untilLifted') return until !== null
  return until !== null || (preset !== 'plusHour' && preset !== 'plusDay')
}

/** What is wrong with a new end; null when nothing is. */
export function whyNotUntil(until: number | null | undefined, measure: Pick<Measure, 'until'>, now: number): string | null {
  if (until === undefined || (until !== null && until <= now)) return text.measures.dialog.needsTime
  return until === measure.until ? text.measures.dialog.sameTime : null
}

/** The action that changes a measure as it was seen: another revision meanwhile is refused. */
export function makeChange(measure: Measure, until: number | null, reason: string, actionId: string): ActionOf<'edit_measure'> {
  return { actionId, type: 'edit_measure', measureId: measure.id, revision: measure.revision, until, reason: reason.trim() }
}

export function makeLift(measure: Measure, reason: string, actionId: string): ActionOf<'lift'> {
  const action = { actionId, type: 'lift' as const, measureId: measure.id }
  return reason.trim() === '' ? action : { ...action, reason: reason.trim() }
}

/** Who made a measure what it is now, and when (ms). */
export function newestChange(measure: Measure): { readonly by: string; readonly at: number; readonly reason: string } {
  return measure.changes?.at(-1) ?? measure
}
