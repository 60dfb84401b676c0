import type { Result } from '#shared/domain/failure.ts'
import type { Permissions } from '#shared/domain/participant.ts'
import type { ParticipantFacts } from '#server/rooms/room-model.ts'

/** What somebody's permissions were, and what LiveKit says of them after the change; the same where nothing was to change. */
export type PermissionsChanged = { readonly before: Permissions; readonly after: ParticipantFacts; readonly isChanged: boolean }

/**
 * Changes somebody's permissions at LiveKit: UpdateParticipant replaces them whole and compares nothing, so they are read, changed and written while nobody else does that to the
 * same person, at any instance.
 */
export type PermissionDesk = {
  /**
   * `sid`: which stay is meant; another one is `conflict / changed_meanwhile`. `decide` gets what LiveKit says now; null: nothing is to change. It may fail, and then nothing is written.
   * `not_found / participant_gone` where they have left. Whoever calls tells the rooms what came of it.
   */
  readonly change: (
    room: string,
    identity: string,
    sid: string | null,
    decide: (now: Permissions, facts: ParticipantFacts) => Promise<Result<Permissions | null>> | Result<Permissions | null>,
  ) => Promise<Result<PermissionsChanged>>
}
