import type { ObserverStatus } from '#shared/contract/observer-status.ts'
import type { RoomSummary } from '#shared/domain/room.ts'
import { areSignalsOld } from '../ui/signals-age.ts'

/** When a room was observed: just now, before, never; `empty`: nobody is in it who could be. */
export const freshnesses = ['now', 'earlier', 'never', 'empty'] as const
export type Freshness = (typeof freshnesses)[number]

type Observed = Pick<RoomSummary, 'observedAt' | 'online'>

/** How fresh the last look into a room is at `now`, ms. */
export function readFreshness({ observedAt, online }: Observed, now: number): Freshness {
  if (observedAt !== null && !areSignalsOld(observedAt, now)) return 'now'
  if (online === 0) return 'empty'
  return observedAt === null ? 'never' : 'earlier'
}

/** The rooms by their freshness, each group in the given order; but those seen earlier begin with what was looked at longest ago. */
export function groupByFreshness<T extends Observed>(rooms: Iterable<T>, now: number): Readonly<Record<Freshness, readonly T[]>> {
  const groups: Record<Freshness, T[]> = { now: [], earlier: [], never: [], empty: [] }
  for (const room of rooms) groups[readFreshness(room, now)].push(room)
  groups.earlier.sort((a, b) => (a.observedAt ?? 0) - (b.observedAt ?? 0))
  return groups
}

/**
 * What is to be said of an instance's observers: `off`, it has none; `turns`, rooms take turns in its slots; `all`, it observes each room; `some`, not each,
 * though there are slots: another instance has them, or they are on their way; `none`, there is no room to observe.
 */
export type ObserverState = 'off' | 'none' | 'all' | 'some' | 'turns'

export function readObserverState({ slots, rooms, observed }: ObserverStatus): ObserverState {
  if (slots === 0) return 'off'
  if (rooms === 0) return 'none'
  if (rooms > slots) return 'turns'
  return observed >= rooms ? 'all' : 'some'
}

/** What is wrong: observed rooms without a media connection have no quality, or no more rooms can be observed. */
export type ObserverTrouble = { readonly kind: 'media' | 'shut'; readonly why: string }

export function readObserverTrouble({ trouble, withoutMedia }: ObserverStatus): ObserverTrouble | null {
  return trouble === null ? null : { kind: withoutMedia > 0 ? 'media' : 'shut', why: trouble }
}
