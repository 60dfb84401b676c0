import type { Action } from '#shared/domain/action.ts'
import type { FeedEvent } from '#shared/domain/feed-event.ts'
import type { Participant } from '#shared/domain/participant.ts'
import type { RoomDetail, RoomSummary, RoomUpdate } from '#shared/domain/room.ts'

/** For tests: a room on the wall. */
export function sampleSummary(room: string, change: Partial<RoomSummary> = {}): RoomSummary {
  return {
    room,
    sid: `RM_${room}`,
    revision: 1,
    startedAt: 1_000,
    online: 0,
    total: 0,
    publishers: 0,
    maxParticipants: 0,
    metadata: '',
    recording: false,
    confirmedAt: 1_000,
    confirmedBy: 'webhook',
    observedAt: null,
    speaking: [],
    worstQuality: null,
    attention: [],
    ...change,
  }
}

/** For tests: a room with everybody in it. */
export function sampleDetail(room: string, change: Partial<RoomDetail> = {}): RoomDetail {
  const participants = change.participants ?? []
  return {
    ...sampleSummary(room),
    online: participants.length,
    total: participants.length,
    measures: [],
    viewers: [],
    ...change,
    participants,
  }
}

export function sampleUpdate(room: string, revision: number, change: Partial<RoomUpdate> = {}): RoomUpdate {
  return { room, revision, changed: [], removed: [], online: 0, total: 0, ...change }
}

export function sampleParticipant(identity: string, change: Partial<Participant> = {}): Participant {
  return {
    identity,
    sid: `PA_${identity}`,
    name: identity,
    kind: 'standard',
    isOnline: true,
    joinedAt: 1_000,
    leftAt: null,
    audioEnabled: false,
    videoEnabled: false,
    screenEnabled: false,
    tracks: [],
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

export function sampleEvent(id: string, data: Partial<FeedEvent['data']> = {}): FeedEvent {
  return { type: 'participant_joined', timestamp: 1_000, data: { id, cursor: `e-${id}`, cause: 'webhook', ...data } }
}

/** For tests: an action with the number in its id. */
export function sampleAction(number: number): Action {
  const actionId = `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`
  return { actionId, type: 'remove', room: 'lobby', identity: 'ada', reason: 'shouting' }
}
