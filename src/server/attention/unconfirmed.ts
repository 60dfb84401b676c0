import type { AttentionThresholds } from '#shared/domain/attention.ts'
import type { Room } from '#server/rooms/room-model.ts'
import type { Finding } from './standing.ts'

/** When a room was last heard of, ms: confirmed by an event or a sweep, or observed. */
export function heardOf({ confirmed }: Room, observedAt: number | null): number {
  return Math.max(confirmed.at, observedAt ?? 0)
}

/** Nothing was heard of the room for so long. */
export function findUnconfirmed(heardAt: number, { seconds }: AttentionThresholds['unconfirmed'], now: number): Finding {
  const due = heardAt + seconds * 1000
  return now >= due ? { kind: 'holds', since: heardAt, why: 'no news of this room', next: null } : { kind: 'gone', at: heardAt, next: due }
}
