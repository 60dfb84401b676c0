import { mayPublish, type Participant, type Permissions, type Track, type TrackSource } from '#shared/domain/participant.ts'
import type { ConnectionQuality } from '#shared/domain/presence.ts'
import type { Signals } from './observe/signals.ts'

/** `on`: published and not muted; `muted`: published and muted; `off`: not published; `denied`: not published and not allowed to. */
export type SourceState = 'on' | 'muted' | 'off' | 'denied'

/** A row as it is drawn: the facts, with what was seen since laid over them. */
export type ParticipantView = {
  readonly level: number | null
  /** When the person was heard, where that is too long ago to say that they speak now; else null. */
  readonly spokeAt: number | null
  /** When the quality was seen, where that is too long ago; else null. */
  readonly qualityAt: number | null
  readonly quality: ConnectionQuality
  readonly audio: SourceState
  readonly video: SourceState
  readonly screen: SourceState
  /** As the room's observer saw them last, or the facts. */
  readonly permissions: Permissions
}

/** Facts and signals of one person together. `level` is null for who does not speak now; who publishes nothing has the quality `unknown`. */
export function viewParticipant(participant: Participant, signals: Signals): ParticipantView {
  const overlay = signals.overlays.get(participant.identity)
  const fresh = overlay !== undefined && overlay.basis === participant ? overlay : null
  const tracks = fresh === null ? participant.tracks : participant.tracks.map((track) => withMute(track, fresh.muted.get(track.sid)))
  const permissions = fresh?.permissions ?? participant.permissions
  const level = participant.isOnline ? (signals.speaking.get(participant.identity) ?? null) : null
  return {
    level: signals.seenAt === null ? level : null,
    spokeAt: level === null ? null : signals.seenAt,
    qualityAt: signals.seenAt,
    quality: qualityOf(participant, signals),
    audio: stateOf(tracks, permissions, 'microphone'),
    video: stateOf(tracks, permissions, 'camera'),
    screen: stateOf(tracks, permissions, 'screen_share'),
    permissions,
  }
}

/** The connection quality of somebody; who publishes nothing has none that could be told. */
export function qualityOf(participant: Participant, signals: Signals): ConnectionQuality {
  return participant.tracks.length === 0 ? 'unknown' : (signals.quality.get(participant.identity) ?? 'unknown')
}

function stateOf(tracks: readonly Track[], permissions: Permissions, source: Exclude<TrackSource, 'unknown'>): SourceState {
  const published = tracks.filter((track) => track.source === source)
  if (published.some((track) => !track.muted)) return 'on'
  if (published.length > 0) return 'muted'
  return mayPublish(permissions, source) ? 'off' : 'denied'
}

function withMute(track: Track, muted: boolean | undefined): Track {
  return muted === undefined || muted === track.muted ? track : { ...track, muted }
}
