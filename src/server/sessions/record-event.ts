import type { FeedEvent } from '#shared/domain/feed-event.ts'
import { mayPublish, type Permissions } from '#shared/domain/participant.ts'
import { storable } from '#server/people/search-words.ts'
import type { ParticipantRow, RoomRecord } from '#server/rooms/room-model.ts'

/** Whether somebody may speak and show themselves. */
export type Allowed = { readonly canSpeak: boolean; readonly canVideo: boolean }

/** Somebody's stay in a session of a room. */
type StayReference = { readonly sid: string; readonly identity: string; readonly name: string }

/**
 * What the records keep of an event. Times in ms. `isBack`: that a stay was over was told too early, so it goes on. `allowed` is null where nobody knows.
 * `changed`: the name or the permissions of somebody.
 */
export type RecordEvent = { readonly room: { readonly name: string; readonly sid: string }; readonly at: number } & (
  | { readonly kind: 'room_started' }
  | { readonly kind: 'room_finished' }
  | {
      readonly kind: 'joined'
      readonly stay: StayReference
      /** When the session of the room began; null where nobody knows. */
      readonly roomStartedAt: number | null
      readonly allowed: Allowed | null
      readonly isBack: boolean
    }
  | { readonly kind: 'left'; readonly stay: StayReference }
  | { readonly kind: 'changed'; readonly stay: StayReference; readonly allowed: Allowed | null }
)

/** The events of the feed that the records keep. */
type Kept =
  | 'room_started'
  | 'room_finished'
  | 'participant_joined'
  | 'participant_left'
  | 'participant_connection_aborted'
  | 'permission_changed'
  | 'name_changed'

const kinds = {
  room_started: 'room_started',
  room_finished: 'room_finished',
  participant_joined: 'joined',
  participant_left: 'left',
  participant_connection_aborted: 'left',
  permission_changed: 'changed',
  name_changed: 'changed',
} as const satisfies Record<Kept, RecordEvent['kind']>

/** What is to be kept of an event of the feed; null: nothing. `known`: the room as it is now, for what the feed doesn't tell. */
export function toRecordEvent({ type, timestamp: at, data }: FeedEvent, known: (room: string) => RoomRecord): RecordEvent | null {
  if (!isKept(type) || !data.room) return null
  const kind = kinds[type]
  const room = { name: storable(data.room.name), sid: data.room.sid }
  const live = known(data.room.name).room
  const session = live?.facts.sid === data.room.sid ? live : null
  if (kind === 'room_started') return { kind, room, at: session?.facts.startedAt || at }
  if (kind === 'room_finished') return { kind, room, at }
  if (!data.participant) return null
  const { identity, sid, name } = data.participant
  const stay = { sid, identity: storable(identity), name: storable(name) }
  if (kind === 'left') return { kind, room, at, stay }
  const found = session?.participants.get(identity)
  const row = found?.sid === sid ? found : undefined
  const allowed = row ? allowedBy(row.permissions) : null
  if (kind === 'changed') return { kind, room, at, stay, allowed }
  return { kind, room, at: row ? joinedAtOf(row, at) : at, stay, roomStartedAt: session?.facts.startedAt ?? null, allowed, isBack: false }
}

function isKept(type: string): type is Kept {
  return Object.hasOwn(kinds, type)
}

/** When somebody joined, as LiveKit says; but by its clock that may be still to come. */
export function joinedAtOf({ joinedAt }: Pick<ParticipantRow, 'joinedAt'>, told: number): number {
  return joinedAt > 0 ? Math.min(joinedAt, told) : told
}

export function allowedBy(permissions: Permissions): Allowed {
  return { canSpeak: mayPublish(permissions, 'microphone'), canVideo: mayPublish(permissions, 'camera') }
}
