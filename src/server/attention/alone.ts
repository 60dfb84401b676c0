import type { AttentionThresholds } from '#shared/domain/attention.ts'
import { isCounted, type ParticipantRow, type Room } from '#server/rooms/room-model.ts'
import { CALM_MS, type Finding } from './standing.ts'

/** How long a visit, or an absence as in a reconnect, may last without ending the time alone, ms. */
const VISIT_MS = CALM_MS

/** A time in which one person was alone in the room. `interruptedAt`: since when that isn't so, for what may be a moment only. ms. */
export type TimeAlone = { readonly since: number; readonly interruptedAt: number | null }

/**
 * The time alone after the room has changed; null where there was none. Everybody counts who counts as online in the room's summary. Moments are those of
 * the rows, so that every instance comes to the same.
 */
export function followAlone(before: TimeAlone | null, room: Room): TimeAlone | null {
  const only = onlyOne(room)
  if (!only) return before === null || before.interruptedAt !== null ? before : { ...before, interruptedAt: lastChange(room) }
  if (before !== null && before.interruptedAt === null) return before
  const goesOn = before !== null && before.interruptedAt !== null && lastChange(room) - before.interruptedAt < VISIT_MS
  return { since: goesOn ? before.since : aloneSince(room, only), interruptedAt: null }
}

/** One person has been the only one for so long. */
export function findAlone(time: TimeAlone, { seconds }: AttentionThresholds['alone'], now: number): Finding {
  if (time.interruptedAt !== null) return { kind: 'gone', at: time.interruptedAt, next: null }
  const due = time.since + seconds * 1000
  return now >= due ? { kind: 'holds', since: time.since, why: '1 person alone', next: null } : { kind: 'gone', at: time.since, next: due }
}

function onlyOne({ participants }: Room): ParticipantRow | null {
  let only: ParticipantRow | null = null
  for (const row of participants.values()) {
    if (!isCounted(row)) continue
    if (only) return null
    only = row
  }
  return only
}

function lastChange({ participants }: Room): number {
  let last = 0
  for (const row of participants.values()) if (!row.hidden && !row.invited) last = Math.max(last, row.changedAt)
  return last
}

/** By the rows alone, as an instance has to that has just started: since they came, or the last one left who had stayed for longer than a visit. */
function aloneSince({ facts, participants }: Room, only: ParticipantRow): number {
  let since = only.joinedAt || facts.startedAt
  for (const { leftAt, joinedAt, hidden } of participants.values()) {
    if (leftAt !== null && !hidden && leftAt - joinedAt >= VISIT_MS) since = Math.max(since, leftAt)
  }
  return since
}
