/**
 * What stays in force, or did. `sources`, `except` and `changes` (all versions, oldest first) are JSON, and `exact`: the room and the identity, where a column can't hold one of them as it
 * is; it is null where it can.
 */
export type MeasuresTable = {
  readonly id: string
  readonly kind: string
  readonly scope: string
  readonly room: string | null
  readonly identity: string | null
  readonly exact: string | null
  readonly sources: string | null
  readonly except: string | null
  readonly until: number | null
  readonly reason: string
  readonly by: string
  readonly at: number
  /** rises by one with each change, from 1 */
  readonly revision: number
  readonly lifted_at: number | null
  readonly lifted_by: string | null
  readonly changes: string
}

/**
 * What measures took away from somebody's stay and have not given back, so that it is just that which comes back when nothing denies it any more. `sources` is JSON; `had_all`: 1 where
 * LiveKit's list of sources was empty before, which means all.
 */
export type MeasureEffectsTable = {
  readonly participant_sid: string
  readonly room: string
  readonly identity: string
  readonly sources: string
  readonly had_all: number
  readonly at: number
}
