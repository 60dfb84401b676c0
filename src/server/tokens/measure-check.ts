import type { PublishSource } from '#shared/domain/participant.ts'

/** What measures in force say of somebody in a room; `until` (ms) is when that changes, null where it doesn't by itself. */
export type MeasureVerdict = {
  readonly banned: boolean
  readonly deniedSources: readonly PublishSource[]
  readonly until: number | null
}

/** Answers from memory: every instance holds what is in force. */
export type MeasureCheck = { readonly check: (identity: string, room: string) => MeasureVerdict }

/** Where nothing is in force. */
export const noMeasures: MeasureCheck = { check: () => ({ banned: false, deniedSources: [], until: null }) }
