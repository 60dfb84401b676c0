import { fail, succeed, type Result } from '#shared/domain/failure.ts'
import type { RoomLists } from '#server/livekit/bounded-lists.ts'
import type { ListedParticipant, ListedRoom } from '#server/livekit/room-service.ts'
import type { ParticipantFacts } from '#server/rooms/room-model.ts'

/** Somebody active in a list. */
export function person(identity: string, more: Partial<ParticipantFacts> = {}): ListedParticipant {
  const permissions = { canSubscribe: true, canPublish: true, canPublishData: true, canPublishSources: [], canUpdateMetadata: false }
  const facts = {
    identity,
    sid: `PA_${identity}`,
    name: identity,
    kind: 'standard',
    hidden: false,
    joinedAt: 5,
    version: 1,
    tracks: [],
    permissions,
    metadata: '',
    attributes: {},
  } satisfies ParticipantFacts
  return { facts: { ...facts, ...more }, active: true }
}

/** A LiveKit whose lists a test writes, and that counts how often it is asked. */
export function listing() {
  const rooms = new Map<string, ListedParticipant[]>()
  const livekit = {
    rooms,
    calls: 0,
    /** How many sessions each room has had before. */
    session: 0,
    failure: null as ReturnType<typeof fail> | null,
    meanwhile: () => Promise.resolve(),
    listRooms(names?: readonly string[]): Promise<Result<readonly ListedRoom[]>> {
      livekit.calls += 1
      const facts = (name: string) => ({
        sid: `RM_${name}_${livekit.session}`,
        startedAt: 1 + livekit.session,
        metadata: '',
        maxParticipants: 0,
        recording: false,
      })
      return Promise.resolve(
        livekit.failure ??
          succeed(
            [...rooms.keys()]
              .filter((name) => names?.includes(name) ?? true)
              .map((name) => ({ name, facts: facts(name), people: rooms.get(name)?.length ?? 0 })),
          ),
      )
    },
    async listParticipants(room: string): Promise<Result<readonly ListedParticipant[]>> {
      livekit.calls += 1
      const people = rooms.get(room)
      await livekit.meanwhile()
      return people ? succeed(people) : fail('not_found', 'gone')
    },
  } satisfies RoomLists & Record<string, unknown>
  return livekit
}
