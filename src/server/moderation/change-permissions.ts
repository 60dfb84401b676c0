import { isDeepStrictEqual } from 'node:util'
import { fail, succeed, type Result } from '#shared/domain/failure.ts'
import type { Permissions } from '#shared/domain/participant.ts'
import type { ReadParticipant, RoomService } from '#server/livekit/room-service.ts'
import type { ParticipantFacts } from '#server/rooms/room-model.ts'
import { createTurns } from './in-turn.ts'
import type { PermissionDesk, PermissionsChanged } from './permission-desk.ts'
import type { PersonLease } from './person-lease.ts'
import { anotherStay } from './targets.ts'

type Decide = Parameters<PermissionDesk['change']>[3]

/** The desk over a LiveKit. `lease` keeps other instances away from the same person meanwhile. */
export function createPermissionDesk(
  livekit: Pick<RoomService, 'getParticipant' | 'updateParticipant'>,
  lease: PersonLease,
): PermissionDesk {
  const inTurn = createTurns()

  async function changeNow(room: string, identity: string, sid: string | null, decide: Decide): Promise<Result<PermissionsChanged>> {
    const read = await livekit.getParticipant(room, identity)
    if (!read.ok) return read
    const { facts } = read.value
    if (sid !== null && facts.sid !== sid) return anotherStay(identity)
    const decided = await decide(facts.permissions, facts)
    if (!decided.ok) return decided
    if (decided.value === null || isSame(decided.value, facts.permissions)) {
      return succeed({ before: facts.permissions, after: facts, isChanged: false })
    }
    return write(room, read.value, decided.value)
  }

  async function write(room: string, { facts, grant }: ReadParticipant, to: Permissions): Promise<Result<PermissionsChanged>> {
    const { identity, sid, permissions: before } = facts
    const written = await livekit.updateParticipant(room, identity, { permissions: { grant, to } })
    if (!written.ok) {
      // It may have been done all the same.
      const now = written.detail === 'timeout_unknown' ? await livekit.getParticipant(room, identity) : written
      const isDone = now.ok && now.value.facts.sid === sid && isSame(now.value.facts.permissions, to)
      return isDone ? succeed({ before, after: now.value.facts, isChanged: true }) : written
    }
    // They may have joined anew between reading and writing: then LiveKit has changed that stay.
    if (written.value.sid !== sid) return changedAnother(identity)
    return succeed({ before, after: written.value, isChanged: true })
  }

  return {
    change: (room, identity, sid, decide) =>
      inTurn(JSON.stringify([room, identity]), async () => {
        const letGo = await lease(room, identity)
        if (!letGo) return fail('conflict', `another server changes what ${identity} may do, and was not done in time: nothing was done`)
        try {
          return await changeNow(room, identity, sid, decide)
        } finally {
          await letGo()
        }
      }),
  }
}

function changedAnother(identity: string): Result<never> {
  return fail('conflict', `${identity} joined anew just then, and LiveKit has changed that stay: look what it may do`, 'changed_meanwhile')
}

/** The order of sources says nothing. */
function isSame(one: Permissions, other: Permissions): boolean {
  const plain = ({ canPublishSources, ...flags }: ParticipantFacts['permissions']) => ({ ...flags, sources: new Set(canPublishSources) })
  return isDeepStrictEqual(plain(one), plain(other))
}
