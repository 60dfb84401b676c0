import {
  DataPacket_Kind,
  ParticipantInfo_State,
  RoomParticipantIdentity,
  UpdateParticipantRequest,
  type ParticipantPermission,
} from '@livekit/protocol'
import { RoomServiceClient } from 'livekit-server-sdk'
import { succeed, type Result } from '#shared/domain/failure.ts'
import type { Permissions } from '#shared/domain/participant.ts'
import type { ParticipantFacts, RoomFacts } from '#server/rooms/room-model.ts'
import { toParticipantFacts, toRoomFacts, withPermissions } from './facts.ts'
import { describeLivekitError, gone, isUnanswered, REQUEST_TIMEOUT_S, type Call } from './livekit-failure.ts'
import { isOwnObserver } from './own-observers.ts'
import { createParticipantCalls } from './participant-calls.ts'

/** `people`: how many LiveKit counts in it, some seconds late; observers and recorders aren't counted. */
export type ListedRoom = { readonly name: string; readonly facts: RoomFacts; readonly people: number }

/** Somebody in a list. Only who is `active` has joined; the others are on their way in, and not missing either. */
export type ListedParticipant = { readonly facts: ParticipantFacts; readonly active: boolean }

/** Somebody as LiveKit has them now. `grant`: their permission as LiveKit keeps it, with all that this program does not know of: a change of permissions is made on it. */
export type ReadParticipant = { readonly facts: ParticipantFacts; readonly grant: ParticipantPermission | undefined }

/** What is to be changed of somebody. An empty `metadata` or `name` is no change: LiveKit can't clear them. */
export type ParticipantUpdate = {
  /** Replaces the whole permission: `to`, on what was read (`grant`). */
  readonly permissions?: { readonly grant: ParticipantPermission | undefined; readonly to: Permissions }
  readonly metadata?: string
  readonly name?: string
}

/**
 * What Usher asks of LiveKit's server API. Failures carry a code, a detail where a person can act on it, and one plain line: `participant_gone`, `track_gone`, `room_gone`,
 * `key_lacks_grant`, `unreachable` (nothing was done), `timeout_unknown` (it may have been done).
 */
export type RoomService = {
  /** All live rooms, or those of `names` that are live. */
  readonly listRooms: (names?: readonly string[]) => Promise<Result<readonly ListedRoom[]>>
  /** Everybody but observers of ours. `not_found` where the room is gone. */
  readonly listParticipants: (room: string) => Promise<Result<readonly ListedParticipant[]>>
  readonly getParticipant: (room: string, identity: string) => Promise<Result<ReadParticipant>>
  /** Answers what LiveKit has then; its `version` stays where nothing was different. */
  readonly updateParticipant: (room: string, identity: string, update: ParticipantUpdate) => Promise<Result<ParticipantFacts>>
  /** `conflict / remote_unmute_disabled` where LiveKit lets nobody unmute others. */
  readonly muteTrack: (room: string, identity: string, trackSid: string, muted: boolean) => Promise<Result<void>>
  readonly removeParticipant: (room: string, identity: string) => Promise<Result<void>>
  /** Reliably, to these people, or with null to everybody there; LiveKit does not say whether somebody was there. */
  readonly sendData: (room: string, identities: readonly string[] | null, data: Uint8Array, topic: string) => Promise<Result<void>>
  readonly deleteRoom: (room: string) => Promise<Result<void>>
  readonly updateRoomMetadata: (room: string, metadata: string) => Promise<Result<RoomFacts>>
}

/** The RoomService of a LiveKit server; `host` as the server reaches it (http, https, ws or wss). */
export function createRoomService(host: string, key: string, secret: string): RoomService {
  const address = host.replace(/^ws/, 'http')
  const client = new RoomServiceClient(address, key, secret, { requestTimeout: REQUEST_TIMEOUT_S, failover: false })
  const participants = createParticipantCalls(address, key, secret)

  async function ask<T>(call: () => Promise<T>, about: Call = {}): Promise<Result<T>> {
    try {
      return succeed(await call())
    } catch (error) {
      return describeLivekitError(error, host, about)
    }
  }

  /** Asks something that LiveKit hands to whom it is about; where nobody answers there it looks whether they are there at all. */
  async function askThere<T>(call: () => Promise<T>, room: string, identity: string | null): Promise<Result<T>> {
    try {
      return succeed(await call())
    } catch (error) {
      const failure = describeLivekitError(error, host, { about: identity === null ? 'room' : 'participant', acts: true })
      if (!isUnanswered(error)) return failure
      return (await isGone(room, identity)) ? gone(identity === null ? 'room' : 'participant') : failure
    }
  }

  async function isGone(room: string, identity: string | null): Promise<boolean> {
    if (identity === null) {
      const listed = await ask(() => client.listRooms([room]))
      return listed.ok && listed.value.length === 0
    }
    const read = await ask(() => client.getParticipant(room, identity))
    return !read.ok && read.code === 'not_found'
  }

  return {
    listRooms: (names) =>
      ask(async () =>
        (await client.listRooms(names ? [...names] : undefined)).map((room) => ({
          name: room.name,
          facts: toRoomFacts(room),
          people: room.numParticipants,
        })),
      ),
    listParticipants: (room) =>
      ask(
        async () =>
          (await client.listParticipants(room))
            .map((info) => ({ facts: toParticipantFacts(info), active: info.state === ParticipantInfo_State.ACTIVE }))
            .filter(({ facts }) => !isOwnObserver(facts)),
        { about: 'room' },
      ),
    getParticipant: (room, identity) =>
      ask(
        async () => {
          const info = await participants.get(new RoomParticipantIdentity({ room, identity }))
          return { facts: toParticipantFacts(info), grant: info.permission }
        },
        { about: 'participant' },
      ),
    updateParticipant: (room, identity, { permissions, metadata, name }) =>
      askThere(
        async () => {
          const request = new UpdateParticipantRequest({ room, identity, metadata: metadata ?? '', name: name ?? '' })
          if (permissions) request.permission = withPermissions(permissions.grant, permissions.to)
          return toParticipantFacts(await participants.update(request))
        },
        room,
        identity,
      ),
    async muteTrack(room, identity, trackSid, muted) {
      const answer = await askThere(() => client.mutePublishedTrack(room, identity, trackSid, muted), room, identity)
      if (!answer.ok) return answer
      return answer.value ? succeed(undefined) : gone('track')
    },
    removeParticipant: (room, identity) => askThere(() => client.removeParticipant(room, identity), room, identity),
    sendData: (room, identities, data, topic) =>
      askThere(
        () =>
          client.sendData(room, data, DataPacket_Kind.RELIABLE, {
            topic,
            ...(identities === null ? {} : { destinationIdentities: [...identities] }),
          }),
        room,
        null,
      ),
    deleteRoom: (room) => askThere(() => client.deleteRoom(room), room, null),
    updateRoomMetadata: (room, metadata) => askThere(async () => toRoomFacts(await client.updateRoomMetadata(room, metadata)), room, null),
  }
}
