import type { Push } from '#shared/contract/ipc.ts'
import type { Presence } from '#shared/domain/presence.ts'
import type { RoomDetail, RoomSummary, RoomUpdate } from '#shared/domain/room.ts'
import type { Link } from '../link/link.ts'
import type { Log } from '../ports.ts'
import { describeRoom, followRoom, holdRoom, type HeldRoom } from './held-room.ts'
import { createSubscription } from './subscription.ts'

/** A room that somebody here looks at. */
export type OpenRoom = {
  viewers: number
  readonly describe: (summary: RoomSummary | undefined) => RoomDetail | null
  readonly presence: () => Push | null
  /** Asks the server for the room (again). */
  readonly renew: () => void
  readonly suspend: () => void
  readonly follow: (update: RoomUpdate) => void
  readonly see: (presence: Presence) => void
  readonly checkSid: (sid: string) => void
  /** The room as it was read while nothing was pushed. */
  readonly reset: (detail: RoomDetail) => void
  readonly showViewers: (operators: readonly string[]) => void
  /** Nobody looks any more. */
  readonly close: () => void
}

export function createOpenRoom(options: {
  readonly room: string
  readonly link: Pick<Link, 'request' | 'isConnected'>
  readonly log: Log
  readonly push: (push: Push) => void
}): OpenRoom {
  const { room, link, log, push } = options
  let held: HeldRoom | null = null
  let presence: Presence | null = null
  /** The highest revision that was pushed on this connection: a snapshot below it is too old. */
  let heardOf = -1

  function reset(detail: RoomDetail): void {
    held = holdRoom(detail)
    push({ name: 'room_reset', payload: detail })
  }

  const subscription = createSubscription({
    ask: () => link.request('subscribe_room', { room }),
    arrived(ack) {
      reset(ack.room)
      return ack.room.revision >= heardOf
    },
    refused: (failure) => log('warn', `a room could not be opened: ${failure.message}`),
  })

  return {
    viewers: 0,
    describe: (summary) => (held === null ? null : describeRoom(held, summary)),
    presence: () => (presence === null ? null : { name: 'presence_changed', payload: presence }),
    renew: subscription.renew,
    suspend() {
      heardOf = -1
      subscription.suspend()
    },
    follow(update) {
      heardOf = Math.max(heardOf, update.revision)
      if (held === null) return
      const followed = followRoom(held, update)
      held = followed.held
      if (followed.relation === 'next') push({ name: 'room_changed', payload: update })
      else if (followed.relation === 'gap') subscription.renew()
    },
    see(seen) {
      presence = seen
      push({ name: 'presence_changed', payload: seen })
    },
    checkSid(sid) {
      if (held !== null && held.snapshot.sid !== sid) subscription.renew()
    },
    reset,
    showViewers(operators) {
      if (held !== null) held = { ...held, snapshot: { ...held.snapshot, viewers: [...operators] } }
      push({ name: 'viewers_changed', payload: { room, operators: [...operators] } })
    },
    close() {
      subscription.suspend()
      if (link.isConnected()) void link.request('unsubscribe_room', { room })
    },
  }
}
