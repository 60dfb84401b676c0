import type { Result } from '#shared/domain/failure.ts'

/** A pair, seen from one of the two. `room` is theirs alone. */
export type Match = { readonly kind: 'matched'; readonly room: string; readonly partner: string }
/** In the queue; `position` counts from 1. */
export type Waiting = { readonly kind: 'waiting'; readonly position: number }
/** Neither waiting nor matched. */
export type Absent = { readonly kind: 'absent' }
/** The match of that room is over, and not because this user left it. */
export type LeftBehind = { readonly kind: 'left'; readonly room: string }

/** Where somebody is. */
export type MatchState = Match | Waiting | Absent

/** Somebody whose state changed by what another did, and the instances that have their connections. */
export type Touched = { readonly username: string; readonly state: Match | LeftBehind; readonly instances: readonly string[] }

/** An answer, and whom it concerns beside the one it is about; also those whose partner was found to be gone. */
export type Told<T> = { readonly value: T; readonly touched: readonly Touched[] }

export type MatchCounts = { readonly activeMatches: number; readonly queueLength: number }

/** What an instance believes of a user whose connections it has. */
export type Believed = { readonly username: string; readonly state: Match | Waiting }

/**
 * The queue and the pairs of all instances, as one of them sees them. Each step is whole or not at all, so nobody is in two pairs, and
 * nobody is paired with themself; the same two may meet again. An entry is held by the instances that have a connection of that user, each
 * for `leaseMs` at a time: entries that nobody holds any more go at the next step of any instance. Never rejects; `unavailable` while Redis
 * is away.
 */
export type MatchStore = {
  /** Holds the user's place; who has none is paired with whoever waits longest, in `room`, or waits. */
  readonly join: (username: string, room: string) => Promise<Result<Told<Match | Waiting>>>
  /**
   * The user leaves: a match at once, for all their connections; the queue where no other instance holds them. With `room`: only the match
   * of that room. Answers where they are then.
   */
  readonly leave: (username: string, room?: string) => Promise<Result<Told<MatchState>>>
  /** This instance has no connection of these users any more. Their matches last for `graceMs`; they leave the queue, or also last where `departing`. */
  readonly release: (usernames: readonly string[], departing: boolean) => Promise<Result<Told<null>>>
  /** Holds these users on, and answers for each in turn where they are. */
  readonly look: (believed: readonly Believed[]) => Promise<Result<Told<readonly (MatchState | LeftBehind)[]>>>
  /** Takes up a match that the store has lost with everything else; `left` where it is over. */
  readonly resume: (username: string, match: Match) => Promise<Result<Told<Match | Waiting | LeftBehind>>>
  readonly counts: () => Promise<Result<Told<MatchCounts>>>
}

export type MatchTimes = {
  /** How long an instance holds a user, ms, unless it says so again. */
  readonly leaseMs: number
  /** How long a matched user may be gone before the partner is told, ms. */
  readonly graceMs: number
  /** How long it is remembered that somebody was left behind, ms. */
  readonly rememberMs: number
}
export const matchTimes: MatchTimes = { leaseMs: 25_000, graceMs: 10_000, rememberMs: 600_000 }
