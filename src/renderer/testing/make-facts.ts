import type { Participant } from '#shared/domain/participant.ts'
import type { RoomDetail, RoomSummary } from '#shared/domain/room.ts'

/** A room for a test, with nothing going on in it. */
export function makeSummary(room: string, change: Partial<RoomSummary> = {}): RoomSummary {
  return {
    room,
    sid: `RM_${room}`,
    revision: 1,
    startedAt: 0,
    online: 1,
    total: 1,
    publishers: 0,
    maxParticipants: 0,
    metadata: '',
    recording: false,
    confirmedAt: 0,
    confirmedBy: 'sweep',
    observedAt: null,
    speaking: [],
    worstQuality: null,
    attention: [],
    ...change,
  }
}

/** Somebody for a test, online with microphone and camera on. */
export function makePerson(identity: string, change: Partial<Participant> = {}): Participant {
  return {
    identity,
    sid: `PA_${identity}`,
    name: identity,
    kind: 'standard',
    isOnline: true,
    joinedAt: 0,
    leftAt: null,
    audioEnabled: true,
    videoEnabled: true,
    screenEnabled: false,
    tracks: [
      { sid: `TR_A_${identity}`, source: 'microphone', muted: false },
      { sid: `TR_V_${identity}`, source: 'camera', muted: false },
    ],
    permissions: { canSubscribe: true, canPublish: true, canPublishData: true, canPublishSources: [], canUpdateMetadata: false },
    metadata: '',
    attributes: {},
    role: 'VIEWER',
    status: 'JOINED',
    canSpeak: true,
    canVideo: true,
    ...change,
  }
}

/** A whole room for a test, at a revision. */
export function makeDetail(room: string, revision: number, participants: readonly Participant[]): RoomDetail {
  return { ...makeSummary(room, { revision }), participants: [...participants], measures: [], viewers: [] }
}
