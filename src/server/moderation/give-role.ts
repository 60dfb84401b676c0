import { fail, succeed } from '#shared/domain/failure.ts'
import type { InviteStore } from '#server/people/invite-store.ts'
import type { LiveRooms } from '#server/rooms/live-rooms.ts'
import type { SetRole } from './undertaking.ts'

type Options = {
  readonly invites: Pick<InviteStore, 'setRole'>
  readonly rooms: Pick<LiveRooms, 'newest'>
  /** What the database threw, as one line. */
  readonly describe: (error: unknown) => string
  readonly now?: () => number
}

/** Writes down a role; who has no record in the room yet is there, or is to come. */
export function createSetRole({ invites, rooms, describe, now = Date.now }: Options): SetRole {
  return async (room, identity, role) => {
    const row = rooms.newest(room).room?.participants.get(identity)
    try {
      await invites.setRole({ room, identity, name: row?.name ?? '', role, isThere: row?.online ?? false, at: now() })
      return succeed(undefined)
    } catch (error) {
      return fail('unavailable', `nothing was done: ${describe(error)}`)
    }
  }
}
