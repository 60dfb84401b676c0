import type { ActionOf } from '#shared/domain/action.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR

/** For how long somebody is banned; `forever`: until it is lifted. */
export const banSpans = ['hour', 'day', 'week', 'month', 'forever'] as const
export type BanSpan = (typeof banSpans)[number]

const spans: Record<Exclude<BanSpan, 'forever'>, number> = { hour: HOUR, day: DAY, week: 7 * DAY, month: 30 * DAY }

/** A ban from all rooms that begins now (ms). */
export function makeBan(identity: string, span: BanSpan, reason: string, actionId: string, now: number): ActionOf<'ban'> {
  const until = span === 'forever' ? null : now + spans[span]
  return { actionId, type: 'ban', identity, scope: 'all', until, reason: reason.trim() }
}
