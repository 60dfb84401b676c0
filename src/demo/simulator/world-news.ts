import type { ParticipantInfo, Room, TrackSource } from '@livekit/protocol'

/** What a moderator's call did to somebody, or to whom the room was closed: whoever plays that person learns it here. */
export type Intervention =
  | { readonly type: 'removed'; readonly room: string; readonly identity: string }
  | { readonly type: 'muted'; readonly room: string; readonly identity: string; readonly source: TrackSource }

/** Data for some people in a room, or with no identities for all. */
export type Message = { readonly room: string; readonly identities: readonly string[]; readonly topic: string; readonly data: Uint8Array }

/** What those in a room are told of it. What is told is a copy. */
export type RoomChange =
  | { readonly type: 'room'; readonly room: Room }
  | { readonly type: 'participant'; readonly room: Room; readonly participant: ParticipantInfo }
