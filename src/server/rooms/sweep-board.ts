import type { Confirmed } from '#server/redis/bus.ts'
import type { RoomRecord } from './room-model.ts'

/** Where to go on looking through what is stored, a bounded part at a time; null: not now. */
export type Look = {
  /** The rooms of the index, from this place downwards; -1: from the top. */
  readonly rooms: number | null
  /** Keys that nothing names, from this cursor on; `0`: from the beginning. */
  readonly strays: string | null
}

export type SweepPost = {
  /** Who posts. */
  readonly instance: string
  /** For how long the instance wants to be the one that sweeps, ms, if nobody else is; 0: nothing changes. */
  readonly leaseMs: number
  /** What the other instances are to hear. */
  readonly report: SweepNews | null
  readonly look: Look
}
export type SweepNews = Omit<Confirmed, 'newest'>

export type SweepState = {
  /** Whether the instance is the one that sweeps. */
  readonly holds: boolean
  /** Whether an operator has stopped the sweeps. */
  readonly stopped: boolean
  /** Where the log ends. */
  readonly cursor: string
  /** How many rooms the store lists. */
  readonly indexed: number
  /** Rooms whose keys can't be read, disagree, or are named by nothing. */
  readonly damaged: readonly string[]
  /** Where to go on; null where everything was looked at. */
  readonly next: Look
}

/**
 * Where the instances of a service agree on the sweeps: which of them sweeps, whether an operator has stopped them, and what was found; and where
 * what is stored is kept in order.
 */
export type SweepBoard = {
  /** The end of a sweep, or the wish to be the one that sweeps: one command. Null where the store can't be used. */
  readonly post: (post: SweepPost) => Promise<SweepState | null>
  /** Lets another instance sweep. Does nothing where the store can't be used: the lease ends by itself. */
  readonly release: (instance: string) => Promise<void>
  /** Stops the sweeps for all instances, also those to come, or lets them go on. False where the store can't be used. */
  readonly setStopped: (stopped: boolean) => Promise<boolean>
  /** Writes what is stored of a room anew, as the record of a reader that has read to `cursor`. False where that is not the newest, or the store can't be used. */
  readonly restore: (record: RoomRecord, cursor: string) => Promise<boolean>
}
