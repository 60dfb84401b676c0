import { Room, RoomEvent, setLogLevel, type Participant, type RemoteTrackPublication, type TrackPublication } from 'livekit-client'
import type { ObserveGrant } from '#shared/contract/http.ts'
import { connectionQualitySchema } from '#shared/domain/presence.ts'
import { readPermissions } from './read-permissions.ts'
import type { SignalLink } from './observer.ts'
import type { Signal } from './signals.ts'

/**
 * Joins a room as a hidden observer and reports what livekit-client tells. Every track is subscribed and disabled: signals come only to
 * subscribers, and no media flows. It never reconnects by itself: a token of ours must not raise a room that has ended.
 */
export async function connectSignals(grant: ObserveGrant, report: (signal: Signal) => void, onClosed: () => void): Promise<SignalLink> {
  // Its usual lines name the room, the observer and the address of each connection.
  setLogLevel('warn')
  const room = new Room({ adaptiveStream: false, dynacast: false, reconnectPolicy: { nextRetryDelayInMs: () => null } })
  room
    .on(RoomEvent.TrackSubscribed, (_track, publication) => publication.setEnabled(false))
    .on(RoomEvent.TrackPublished, subscribe)
    .on(RoomEvent.ActiveSpeakersChanged, (speakers) =>
      report({
        type: 'speakers',
        speakers: speakers.map((speaker) => ({ identity: speaker.identity, level: clampLevel(speaker.audioLevel) })),
      }),
    )
    .on(RoomEvent.ConnectionQualityChanged, (_quality, participant) => reportQuality(participant))
    .on(RoomEvent.TrackMuted, (publication, participant) => reportMute(publication, participant))
    .on(RoomEvent.TrackUnmuted, (publication, participant) => reportMute(publication, participant))
    .on(RoomEvent.ParticipantPermissionsChanged, (_before, participant) => reportPermissions(participant))
    .on(RoomEvent.ParticipantDisconnected, (participant) => report({ type: 'left', identity: participant.identity }))
    .on(RoomEvent.Disconnected, onClosed)

  function reportQuality(participant: Participant) {
    if (participant === room.localParticipant) return
    // LiveKit's names of the qualities are ours; one that is new to us counts as unknown.
    report({
      type: 'quality',
      identity: participant.identity,
      quality: connectionQualitySchema.catch('unknown').parse(participant.connectionQuality),
    })
  }
  function reportMute(publication: TrackPublication, participant: Participant) {
    if (participant !== room.localParticipant)
      report({ type: 'track_muted', identity: participant.identity, trackSid: publication.trackSid, muted: publication.isMuted })
  }
  function reportPermissions({ identity, permissions }: Participant) {
    if (permissions !== undefined && identity !== room.localParticipant.identity)
      report({ type: 'permissions', identity, permissions: readPermissions(permissions) })
  }
  /** As they are when we come: what changed since the facts were told, nobody tells again. */
  function reportState(participant: Participant) {
    reportQuality(participant)
    reportPermissions(participant)
    for (const publication of participant.trackPublications.values()) reportMute(publication, participant)
  }

  try {
    await room.connect(grant.url, grant.token, { autoSubscribe: true })
    for (const participant of room.remoteParticipants.values()) reportState(participant)
    return { sid: await room.getSid(), close: () => void room.disconnect() }
  } catch (error) {
    await room.disconnect()
    throw error
  }
}

function subscribe(publication: RemoteTrackPublication): void {
  publication.setSubscribed(true)
}

function clampLevel(level: number): number {
  return Math.min(1, Math.max(0, level))
}
