import type { Participant } from '#shared/domain/participant.ts'
import { invitedRow } from '#server/rooms/role-rules.ts'
import { toParticipant } from '#server/rooms/room-view.ts'
import type { Standing } from './invite-store.ts'

/** Somebody who is to come, as a room shows them. */
export function toInvited({ changedAt, ...invited }: Standing): Participant {
  return toParticipant(invitedRow(invited, changedAt))
}
