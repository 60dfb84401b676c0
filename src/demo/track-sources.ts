import { TrackSource } from '@livekit/protocol'
import type { PublishSource } from '#shared/domain/participant.ts'

/** LiveKit's number for each source. */
export const trackSources = {
  microphone: TrackSource.MICROPHONE,
  camera: TrackSource.CAMERA,
  screen_share: TrackSource.SCREEN_SHARE,
  screen_share_audio: TrackSource.SCREEN_SHARE_AUDIO,
} as const satisfies Record<PublishSource, TrackSource>
