import type { Presence } from '#shared/domain/presence.ts'
import type { Unsubscribe } from '#shared/lib/emitter.ts'

/** Somebody who watches rooms and tells who speaks and how the connections fare: each time whole for one room. */
export type PresenceSource = {
  readonly start: (onPresence: (presence: Presence) => void) => Unsubscribe
}

/** Where nobody observes: the rooms are shown as not observed. */
export const noPresence: PresenceSource = { start: () => () => undefined }
