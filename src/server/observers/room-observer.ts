import type { ConnectionQuality } from '#shared/domain/presence.ts'
import type { ParticipantFacts, RoomFacts } from '#server/rooms/room-model.ts'

/** The session of a room that is to be observed. */
export type ObserveTarget = { readonly room: string; readonly sid: string }

/** Somebody as an observer sees them: on their way in, in the room, or gone from it. */
export type SeenPerson = { readonly facts: ParticipantFacts; readonly state: 'joining' | 'active' | 'gone' }

/**
 * Why an observer is in its room no more.
 * `over`: the room has ended. `not_live`: there is none of that name to join. `other_session`: it has ended and begun again, or the observer was moved.
 * `removed`: somebody took the observer out. `refused`: this server lets no observer in. `busy`: it lets nobody in now. `lost`: the connection is.
 */
export const observerEndKinds = ['over', 'not_live', 'other_session', 'removed', 'refused', 'busy', 'lost'] as const
export type ObserverEndKind = (typeof observerEndKinds)[number]
/** `why` is one plain line. */
export type ObserverEnd = { readonly kind: ObserverEndKind; readonly why: string }

/** What an observer tells of its room, in the order in which it learns it. Participants are named by their sid. */
export type Sighting =
  /** First: everybody there, as of `asOf` (ms, before it joined) or later. */
  | { readonly type: 'joined'; readonly facts: RoomFacts; readonly people: readonly SeenPerson[]; readonly asOf: number }
  | { readonly type: 'people'; readonly people: readonly SeenPerson[] }
  | { readonly type: 'room'; readonly facts: RoomFacts }
  /** Who began, goes on louder or softer, or stopped (level 0); the others are as before. */
  | { readonly type: 'speakers'; readonly speakers: readonly { readonly sid: string; readonly level: number }[] }
  | { readonly type: 'quality'; readonly quality: readonly { readonly sid: string; readonly quality: ConnectionQuality }[] }
  /** Whether the media connection stands, without which there is no quality; null where it does. */
  | { readonly type: 'media'; readonly trouble: string | null }
  /** Nothing new, but the connection stands. */
  | { readonly type: 'alive' }
  /** Last. */
  | { readonly type: 'ended'; readonly end: ObserverEnd }

/**
 * Looks into rooms unseen. Begins to observe one session of a room and tells what it sees; answers how to stop, after which nothing more is told. It tries
 * once: whether to try again is for whoever asked.
 */
export type RoomObserver = (target: ObserveTarget, tell: (sighting: Sighting) => void) => () => void
