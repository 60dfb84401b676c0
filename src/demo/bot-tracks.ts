import type { LocalAudioTrack, LocalTrackPublication, Room } from '@livekit/rtc-node'
import type { TrackSource as SourceName } from '#shared/domain/participant.ts'
import { nativeClient } from './native-client.ts'
import { FRAMES_PER_SECOND, HEIGHT, showPicture, WIDTH } from './picture.ts'
import type { Rtc } from './rtc.ts'
import { SAMPLE_RATE, Voice } from './voice.ts'

export function sourceName(rtc: Rtc, source: number | undefined): SourceName {
  switch (source) {
    case rtc.TrackSource.SOURCE_MICROPHONE:
      return 'microphone'
    case rtc.TrackSource.SOURCE_CAMERA:
      return 'camera'
    case rtc.TrackSource.SOURCE_SCREENSHARE:
      return 'screen_share'
    case rtc.TrackSource.SOURCE_SCREENSHARE_AUDIO:
      return 'screen_share_audio'
    default:
      return 'unknown'
  }
}

export type Microphone = {
  readonly track: LocalAudioTrack
  readonly publication: LocalTrackPublication
  readonly voice: Voice
  readonly release: () => Promise<void>
}

/** Publishes a microphone that is silent until its voice starts. `dtx`: it announces that silence is no loss. */
export async function publishMicrophone(rtc: Rtc, room: Room, seed: number, dtx: boolean): Promise<Microphone | null> {
  // Without a queue: a source that has one encodes silence all the time, which costs 2.5 % of a core each.
  const source = new rtc.AudioSource(SAMPLE_RATE, 1, 0)
  const track = rtc.LocalAudioTrack.createAudioTrack('microphone', source)
  const publication = await room.localParticipant?.publishTrack(
    track,
    new rtc.TrackPublishOptions({ source: rtc.TrackSource.SOURCE_MICROPHONE, dtx, red: false }),
  )
  if (!publication) return null
  return { track, publication, voice: new Voice(rtc, nativeClient(rtc), source, 110 + (seed % 140)), release: () => track.close(true) }
}

/** Publishes a moving picture; returns what takes it away again. */
export async function publishPicture(
  rtc: Rtc,
  room: Room,
  source: 'camera' | 'screen_share',
  seed: number,
): Promise<(() => Promise<void>) | null> {
  const video = new rtc.VideoSource(WIDTH, HEIGHT)
  const track = rtc.LocalVideoTrack.createVideoTrack(source, video)
  const options = new rtc.TrackPublishOptions({
    source: source === 'camera' ? rtc.TrackSource.SOURCE_CAMERA : rtc.TrackSource.SOURCE_SCREENSHARE,
    simulcast: false,
    videoCodec: rtc.VideoCodec.VP8,
    videoEncoding: { maxBitrate: 60_000n, maxFramerate: FRAMES_PER_SECOND },
  })
  const publication = await room.localParticipant?.publishTrack(track, options)
  if (!publication) return null
  const stop = showPicture(rtc, video, seed)
  return async () => {
    stop()
    const { sid } = publication
    // A moderator may have taken it away before.
    if (room.isConnected && sid !== undefined) await room.localParticipant?.unpublishTrack(sid).catch(() => undefined)
    await track.close(true)
  }
}
