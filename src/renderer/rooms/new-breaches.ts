import type { AttentionMark } from '#shared/domain/attention.ts'
import type { RoomSummary } from '#shared/domain/room.ts'
import { isBreach } from './mark-severity.ts'

/** Marks that have come between two states of the wall, where somebody breaks a measure. A mark that merely says it in other words is none. */
export function newBreaches(
  before: ReadonlyMap<string, RoomSummary>,
  after: ReadonlyMap<string, RoomSummary>,
): readonly { readonly room: string; readonly mark: AttentionMark }[] {
  const found: { room: string; mark: AttentionMark }[] = []
  for (const [room, summary] of after) {
    const known = before.get(room)
    if (known === summary) continue
    for (const mark of summary.attention) {
      const isNew = known?.attention.every((other) => other.rule !== mark.rule || other.since !== mark.since) ?? true
      if (isNew && isBreach(mark.rule)) found.push({ room, mark })
    }
  }
  return found
}
