import { expectedSid, type Action } from '#shared/domain/action.ts'
import { fail, succeed, type Failure, type Result } from '#shared/domain/failure.ts'
import { isCounted, type ParticipantRow, type Room } from '#server/rooms/room-model.ts'
import type { Means } from './undertaking.ts'

/** A live room under its name. */
export type LiveRoom = { readonly name: string; readonly room: Room }
/** Somebody who is there, as people see it. */
export type Person = LiveRoom & { readonly row: ParticipantRow }

/** The room that an action is about, if it is live and the one that was meant. */
export function findRoom({ rooms }: Pick<Means, 'rooms'>, { room: name, expect }: Action): Result<LiveRoom> {
  if (name === undefined) return fail('invalid', 'room: say which room')
  const { room } = rooms.newest(name)
  if (!room) return fail('not_found', `the room ${name} is not live`, 'room_gone')
  return expect?.roomSid !== undefined && expect.roomSid !== room.facts.sid ? anotherSession() : succeed({ name, room })
}

/** Somebody in that room, if they are there and it is the stay that was meant. */
export function findPerson({ name, room }: LiveRoom, action: Action, identity: string): Result<Person> {
  const row = room.participants.get(identity)
  if (!row || !isCounted(row)) return left(identity)
  const sid = expectedSid(action, identity)
  return sid !== undefined && sid !== row.sid ? anotherStay(identity) : succeed({ name, room, row })
}

/**
 * Why what is to stay in force would be about somebody else than was meant, or null. Whoever is not there, and a room that is not live, can't be mistaken: what stays in force is
 * for when they come.
 */
export function mistaken({ rooms }: Pick<Means, 'rooms'>, action: Action, identity: string | null): Failure | null {
  if (action.room === undefined) return null
  const { room } = rooms.newest(action.room)
  if (!room) return null
  const { expect } = action
  if (expect?.roomSid !== undefined && expect.roomSid !== room.facts.sid) return anotherSession()
  const row = identity === null ? undefined : room.participants.get(identity)
  if (identity === null || !row?.online) return null
  const sid = expectedSid(action, identity)
  return sid !== undefined && sid !== row.sid ? anotherStay(identity) : null
}

/** Everybody there, as people see it. */
export function peopleIn({ participants }: Room): ParticipantRow[] {
  return [...participants.values()].filter(isCounted)
}

export function left(identity: string): Failure {
  return fail('not_found', `${identity} is not in the room any more`, 'participant_gone')
}

/** Not the stay that was meant. */
export function anotherStay(identity: string): Failure {
  return fail('conflict', `${identity} has left, and somebody joined under that identity: nothing was done`, 'changed_meanwhile')
}

function anotherSession(): Failure {
  return fail('conflict', 'the room has ended and begun again meanwhile: nothing was done', 'changed_meanwhile')
}
