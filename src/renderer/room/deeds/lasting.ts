import type { MeasureKind } from '#shared/domain/measure.ts'
import { longestOf, type Operator } from '#shared/domain/operator.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

const spans = { '15m': 15 * MINUTE, '1h': HOUR, '24h': DAY, '7d': 7 * DAY, '30d': 30 * DAY } as const

/** How long something holds: for a while, until it is lifted, until a time of one's own, or (of a closed room) not at all. */
export const lastingChoices = ['15m', '1h', '24h', '7d', '30d', 'lifted', 'at', 'none'] as const
export type LastingChoice = (typeof lastingChoices)[number]

/** `at`: the local time that was typed, as a browser's field gives it (`2026-05-04T10:11`). */
export type Lasting = { readonly choice: LastingChoice; readonly at: string }

/** The choices that a role has for a kind of measure. A room may also be closed without staying closed. */
export function choicesFor(operator: Operator, kind: MeasureKind): readonly LastingChoice[] {
  const limit = longestOf(operator, kind)?.ms ?? Number.POSITIVE_INFINITY
  return lastingChoices.filter((choice) => {
    if (choice === 'none') return kind === 'close'
    if (choice === 'lifted') return limit === Number.POSITIVE_INFINITY
    return choice === 'at' || spans[choice] <= limit
  })
}

/** Until when it holds: UTC ms; null: until it is lifted; undefined: not at all. A typed time that is none or has passed is `invalid`. */
export function untilOf({ choice, at }: Lasting, now: number): number | null | undefined | 'invalid' {
  switch (choice) {
    case 'none':
      return undefined
    case 'lifted':
      return null
    case 'at': {
      const time = Date.parse(at)
      return Number.isNaN(time) || time <= now ? 'invalid' : time
    }
    default:
      return now + spans[choice]
  }
}
