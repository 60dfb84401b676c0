import { ParticipantInfo, type ParticipantPermission } from '@livekit/protocol'
import { fail, succeed, type Failure, type Result } from '#shared/domain/failure.ts'
import { toParticipantFacts, withPermissions } from '#server/livekit/facts.ts'
import type { ReadParticipant, RoomService } from '#server/livekit/room-service.ts'
import type { ParticipantFacts, RoomFacts } from '#server/rooms/room-model.ts'

type Method = keyof RoomService

/** A LiveKit that does what it is asked, unless it is told to fail, and keeps what it was asked. */
export type ScriptedLivekit = {
  readonly service: RoomService
  /** Each call that changes something, in order, as one line. */
  readonly asked: string[]
  readonly people: Map<string, ParticipantFacts>
  /** What somebody's permission at LiveKit says besides what facts tell. */
  readonly grants: Map<string, ParticipantPermission>
  readonly data: { readonly identities: readonly string[] | null; readonly text: string; readonly topic: string }[]
  /** These calls fail; `after`: LiveKit did it all the same. */
  readonly failing: Map<Method, { readonly failure: Failure; readonly after?: boolean }>
  /** Every call waits for this. */
  pause: () => Promise<void>
}

export function scriptLivekit(roomName: string, room: RoomFacts): ScriptedLivekit {
  const asked: string[] = []
  const people = new Map<string, ParticipantFacts>()
  const grants = new Map<string, ParticipantPermission>()
  const data: ScriptedLivekit['data'] = []
  const failing: ScriptedLivekit['failing'] = new Map()
  const gone = fail('not_found', 'LiveKit does not know the participant: it has gone', 'participant_gone')
  const script: ScriptedLivekit = { service: { ...make() }, asked, people, grants, data, failing, pause: () => Promise.resolve() }

  async function call<T>(method: Method, line: string | null, run: () => Result<T>): Promise<Result<T>> {
    if (line !== null) asked.push(line)
    await script.pause()
    const scripted = failing.get(method)
    if (scripted && !scripted.after) return scripted.failure
    const result = run()
    return scripted ? scripted.failure : result
  }

  function change(identity: string, next: Partial<ParticipantFacts>): Result<ParticipantFacts> {
    const facts = people.get(identity)
    if (!facts) return gone
    const changed = { ...facts, ...next, version: facts.version + 1 }
    people.set(identity, changed)
    return succeed(changed)
  }

  function read(identity: string): Result<ReadParticipant> {
    const facts = people.get(identity)
    const grant = grants.get(identity) ?? withPermissions(undefined, facts?.permissions ?? noPermissions)
    return facts ? succeed({ facts, grant }) : gone
  }

  function make(): RoomService {
    return {
      listRooms: () => call('listRooms', null, () => succeed([{ name: roomName, facts: room, people: people.size }])),
      listParticipants: () => call('listParticipants', null, () => succeed([...people.values()].map((facts) => ({ facts, active: true })))),
      getParticipant: (_room, identity) => call('getParticipant', null, () => read(identity)),
      updateParticipant: (_room, identity, { permissions, metadata }) =>
        call('updateParticipant', `update ${identity}${metadata ? ` ${metadata}` : ''}`, () => {
          if (!permissions) return change(identity, metadata ? { metadata } : {})
          const permission = withPermissions(permissions.grant, permissions.to)
          grants.set(identity, permission)
          return change(identity, { permissions: toParticipantFacts(new ParticipantInfo({ permission })).permissions })
        }),
      muteTrack: (_room, identity, trackSid, muted) =>
        call('muteTrack', `${muted ? 'mute' : 'unmute'} ${identity} ${trackSid}`, () => {
          const tracks = people.get(identity)?.tracks
          if (!tracks) return gone
          if (!tracks.some(({ sid }) => sid === trackSid)) return fail('not_found', 'gone', 'track_gone')
          change(identity, { tracks: tracks.map((track) => (track.sid === trackSid ? { ...track, muted } : track)) })
          return succeed(undefined)
        }),
      removeParticipant: (_room, identity) =>
        call('removeParticipant', `remove ${identity}`, () => (people.delete(identity) ? succeed(undefined) : gone)),
      sendData: (_room, identities, bytes, topic) =>
        call('sendData', `send ${identities?.join() ?? 'all'}`, () => {
          data.push({ identities, text: new TextDecoder().decode(bytes), topic })
          return succeed(undefined)
        }),
      deleteRoom: (name) => call('deleteRoom', `delete ${name}`, () => succeed(undefined)),
      updateRoomMetadata: (name, metadata) =>
        call('updateRoomMetadata', `metadata ${name} ${metadata}`, () => succeed({ ...room, metadata })),
    }
  }
  return script
}

const noPermissions = { canSubscribe: false, canPublish: false, canPublishData: false, canPublishSources: [], canUpdateMetadata: false }
