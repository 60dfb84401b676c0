import { fail, succeed, type Failure, type Result } from '#shared/domain/failure.ts'
import { mayPublish, type Permissions, type PublishSource, type Track } from '#shared/domain/participant.ts'
import type { RoomService } from '#server/livekit/room-service.ts'
import type { ParticipantFacts, RoomFacts } from '#server/rooms/room-model.ts'

export const mayAll: Permissions = {
  canSubscribe: true,
  canPublish: true,
  canPublishData: true,
  canPublishSources: [],
  canUpdateMetadata: false,
}

type Held = { readonly facts: RoomFacts; readonly people: Map<string, ParticipantFacts> }

/** A LiveKit in memory: who is where with which permissions and tracks, as the real one keeps it. */
export type ScriptedLivekit = {
  readonly service: Pick<RoomService, 'removeParticipant' | 'deleteRoom' | 'muteTrack' | 'getParticipant' | 'updateParticipant'>
  readonly rooms: ReadonlyMap<string, Held>
  readonly find: (room: string, identity: string) => ParticipantFacts | undefined
  /** Somebody comes with a token of these permissions; the room is made where there is none. */
  readonly join: (room: string, identity: string, permissions?: Permissions, kind?: ParticipantFacts['kind']) => ParticipantFacts
  readonly leave: (room: string, identity: string) => void
  readonly publish: (room: string, identity: string, source: PublishSource) => void
  /** Somebody else with LiveKit's key lets them publish this. */
  readonly permit: (room: string, identity: string, permissions: Permissions) => void
  /** What it was asked, as text. */
  readonly asked: string[]
  /** Answers a call instead; null: it is done. */
  answer: (call: string) => Failure | null | Promise<Failure | null>
}

export function createScriptedLivekit(): ScriptedLivekit {
  const rooms = new Map<string, Held>()
  let count = 0

  const find = (room: string, identity: string) => rooms.get(room)?.people.get(identity)

  function keep(room: string, facts: ParticipantFacts): ParticipantFacts {
    rooms.get(room)?.people.set(facts.identity, facts)
    return facts
  }

  function withPermissions(facts: ParticipantFacts, permissions: Permissions): ParticipantFacts {
    const isAllowed = ({ source }: Track) => source === 'unknown' || mayPublish(permissions, source)
    return { ...facts, permissions, version: facts.version + 1, tracks: facts.tracks.filter(isAllowed) }
  }

  async function ask<T>(call: string, there: boolean, act: () => T): Promise<Result<T>> {
    livekit.asked.push(call)
    const failure = await livekit.answer(call)
    if (failure) return failure
    return there ? succeed(act()) : fail('not_found', 'LiveKit does not know it: it has gone')
  }

  const livekit: ScriptedLivekit = {
    rooms,
    find,
    join(room, identity, permissions = mayAll, kind = 'standard') {
      count += 1
      const held = rooms.get(room) ?? {
        facts: { sid: `RM_${count}`, startedAt: count, metadata: '', maxParticipants: 0, recording: false },
        people: new Map<string, ParticipantFacts>(),
      }
      rooms.set(room, held)
      const stay = {
        sid: `PA_${String(count).padStart(6, '0')}`,
        name: identity,
        joinedAt: count,
        version: 1,
        metadata: '',
        attributes: {},
        hidden: false,
      }
      return keep(room, { ...stay, identity, kind, permissions, tracks: [] })
    },
    leave: (room, identity) => void rooms.get(room)?.people.delete(identity),
    publish(room, identity, source) {
      const facts = find(room, identity)
      if (!facts || !mayPublish(facts.permissions, source)) return
      count += 1
      keep(room, { ...facts, version: facts.version + 1, tracks: [...facts.tracks, { sid: `TR_${count}`, source, muted: false }] })
    },
    permit(room, identity, permissions) {
      const facts = find(room, identity)
      if (facts) keep(room, withPermissions(facts, permissions))
    },
    asked: [],
    answer: () => null,
    service: {
      removeParticipant: (room, identity) =>
        ask(`remove ${identity} from ${room}`, find(room, identity) !== undefined, () => void rooms.get(room)?.people.delete(identity)),
      deleteRoom: (room) => ask(`close ${room}`, rooms.has(room), () => void rooms.delete(room)),
      muteTrack: (room, identity, sid) => ask(`mute ${sid}`, find(room, identity) !== undefined, () => undefined),
      getParticipant: (room, identity) => {
        const facts = find(room, identity)
        return Promise.resolve(
          facts ? succeed({ facts, grant: undefined }) : fail('not_found', 'LiveKit does not know it', 'participant_gone'),
        )
      },
      updateParticipant: (room, identity, { permissions }) => {
        const facts = find(room, identity)
        const to = permissions?.to ?? mayAll
        const call = `let ${identity} publish ${to.canPublish ? to.canPublishSources.join(' ') || 'all' : 'nothing'} in ${room}`
        // Only who is there is changed.
        return ask(call, facts !== undefined, () => keep(room, withPermissions(facts ?? livekit.join(room, identity), to)))
      },
    },
  }
  return livekit
}
