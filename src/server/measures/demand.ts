import { concerns, deniedSources, type Measure } from '#shared/domain/measure.ts'
import { mayPublish, type PublishSource } from '#shared/domain/participant.ts'
import type { ParticipantRow } from '#server/rooms/room-model.ts'

/** What somebody's being in a room calls for, and by which measure. */
export type Demand =
  | { readonly kind: 'none' }
  | { readonly kind: 'remove'; readonly measure: Measure }
  | { readonly kind: 'close'; readonly measure: Measure }
  /** `denied`: all that is denied; `sources`: what of it they may publish or do publish. */
  | {
      readonly kind: 'take'
      readonly measure: Measure
      readonly sources: readonly PublishSource[]
      readonly denied: readonly PublishSource[]
    }

const nothing: Demand = { kind: 'none' }

/** Those whom measures are for: everybody who is there and shown. A recorder is no person, and whoever is hidden has LiveKit's key. */
export function isSubject({ online, hidden, kind }: Pick<ParticipantRow, 'online' | 'hidden' | 'kind'>): boolean {
  return online && !hidden && kind !== 'egress'
}

/**
 * What measures in force ask of somebody in a room. Pure. `isThorough`: a track that is published of a source they may not publish any more counts, too: LiveKit takes these away by itself, a
 * moment later.
 */
export function demandOf(measures: readonly Measure[], row: ParticipantRow, room: string, { isThorough = false } = {}): Demand {
  if (measures.length === 0 || !isSubject(row)) return nothing
  const subject = { identity: row.identity, room, role: row.role }
  const mine = measures.filter((measure) => concerns(measure, subject))
  const closing = mine.find(({ kind }) => kind === 'close')
  if (closing) return { kind: 'close', measure: closing }
  const ban = mine.find(({ kind }) => kind === 'ban')
  if (ban) return { kind: 'remove', measure: ban }
  const denied = deniedSources(mine)
  const sources = denied.filter(
    (source) => mayPublish(row.permissions, source) || (isThorough && row.tracks.some((track) => track.source === source)),
  )
  const measure = mine.find((each) => sources.some((source) => each.sources?.includes(source)))
  return measure ? { kind: 'take', measure, sources, denied } : nothing
}

/** The sources that are denied to somebody in a room now. */
export function deniedTo(measures: readonly Measure[], row: Pick<ParticipantRow, 'identity' | 'role'>, room: string): PublishSource[] {
  return deniedSources(measures.filter((measure) => concerns(measure, { identity: row.identity, room, role: row.role })))
}

/** Whether a measure needs to know somebody's role in the room. */
export function asksForRole({ except }: Measure): boolean {
  return except?.roles !== undefined && except.roles.length > 0
}
