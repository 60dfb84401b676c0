import {
  CreateRoomRequest,
  DeleteRoomRequest,
  DeleteRoomResponse,
  DisconnectReason,
  ListParticipantsRequest,
  ListParticipantsResponse,
  ListRoomsRequest,
  ListRoomsResponse,
  MuteRoomTrackRequest,
  MuteRoomTrackResponse,
  RemoveParticipantResponse,
  RoomParticipantIdentity,
  SendDataRequest,
  SendDataResponse,
  UpdateParticipantRequest,
  UpdateRoomMetadataRequest,
} from '@livekit/protocol'
import { isGranted, type Grants, type NeededGrant } from './authorize.ts'
import type { World } from './world.ts'

/** A refusal in Twirp's form; the codes and texts are those of livekit-server 1.13.5. */
export type TwirpError = { readonly status: number; readonly code: string; readonly msg: string }

type Encodable = { toJsonString(): string; toBinary(): Uint8Array }
export type Outcome = { readonly ok: true; readonly message: Encodable } | { readonly ok: false; readonly error: TwirpError }

type Message = { fromBinary(bytes: Uint8Array): unknown; fromJsonString(text: string, options: { ignoreUnknownFields: boolean }): unknown }
export type Encoding = 'json' | 'protobuf'

const malformed = { status: 400, code: 'malformed', msg: 'the json request could not be decoded' } as const
const denied = { status: 401, code: 'unauthenticated', msg: 'permissions denied' } as const
const noParticipant = { status: 404, code: 'not_found', msg: 'twirp error unknown: participant does not exist' } as const
const noRoom = { status: 404, code: 'not_found', msg: 'twirp error unknown: requested room does not exist' } as const
const nobodyAnswers = { status: 503, code: 'unavailable', msg: 'twirp error unknown: no response from servers' } as const
const noUnmute = { status: 412, code: 'failed_precondition', msg: 'twirp error unknown: remote unmute not enabled' } as const

function done(message: Encodable): Outcome {
  return { ok: true, message }
}
function refuse(error: TwirpError): Outcome {
  return { ok: false, error }
}
function doneOr(message: Encodable | null, error: TwirpError): Outcome {
  return message ? done(message) : refuse(error)
}

type Method = (body: Uint8Array, encoding: Encoding, grants: Grants) => Outcome

/** One method: decodes, checks the grant for the room that is asked for, and runs. */
function method<M extends Message>(
  type: M,
  needed: NeededGrant,
  roomOf: (request: ReturnType<M['fromBinary']>) => string,
  run: (request: ReturnType<M['fromBinary']>) => Outcome,
): Method {
  return (body, encoding, grants) => {
    let request: ReturnType<M['fromBinary']>
    try {
      const text = () => new TextDecoder().decode(body)
      // Both decoders of one message class return that message.
      request = (encoding === 'json' ? type.fromJsonString(text(), { ignoreUnknownFields: true }) : type.fromBinary(body)) as typeof request
    } catch {
      return refuse(malformed)
    }
    return isGranted(grants, needed, roomOf(request)) ? run(request) : refuse(denied)
  }
}

/** LiveKit's RoomService over a simulated world: the calls a sync server makes, by method name. */
export function createRoomService(world: World): ReadonlyMap<string, Method> {
  return new Map<string, Method>([
    [
      'ListRooms',
      method(
        ListRoomsRequest,
        'roomList',
        () => '',
        ({ names }) =>
          done(new ListRoomsResponse({ rooms: world.rooms().filter(({ name }) => names.length === 0 || names.includes(name)) })),
      ),
    ],
    [
      'ListParticipants',
      method(
        ListParticipantsRequest,
        'roomAdmin',
        ({ room }) => room,
        ({ room }) => done(new ListParticipantsResponse({ participants: [...world.participants(room)] })),
      ),
    ],
    [
      'GetParticipant',
      method(
        RoomParticipantIdentity,
        'roomAdmin',
        ({ room }) => room,
        ({ room, identity }) => doneOr(world.participant(room, identity), noParticipant),
      ),
    ],
    [
      'MutePublishedTrack',
      method(
        MuteRoomTrackRequest,
        'roomAdmin',
        ({ room }) => room,
        ({ room, identity, trackSid, muted }) => {
          if (!world.participant(room, identity)) return refuse(nobodyAnswers)
          if (!muted) return refuse(noUnmute)
          const track = world.setMuted(room, identity, trackSid, true)
          if (track) world.interventions.emit({ type: 'muted', room, identity, source: track.source })
          return done(new MuteRoomTrackResponse(track ? { track } : {}))
        },
      ),
    ],
    [
      'RemoveParticipant',
      method(
        RoomParticipantIdentity,
        'roomAdmin',
        ({ room }) => room,
        ({ room, identity }) => {
          if (!world.leave(room, identity, DisconnectReason.PARTICIPANT_REMOVED)) return refuse(noParticipant)
          world.interventions.emit({ type: 'removed', room, identity })
          return done(new RemoveParticipantResponse())
        },
      ),
    ],
    [
      'UpdateParticipant',
      method(
        UpdateParticipantRequest,
        'roomAdmin',
        ({ room }) => room,
        ({ room, identity, name, metadata, permission, attributes }) =>
          doneOr(world.update(room, identity, { name, metadata, attributes, ...(permission ? { permission } : {}) }), noParticipant),
      ),
    ],
    [
      'UpdateRoomMetadata',
      method(
        UpdateRoomMetadataRequest,
        'roomAdmin',
        ({ room }) => room,
        ({ room, metadata }) => doneOr(world.setRoomMetadata(room, metadata), noRoom),
      ),
    ],
    [
      'CreateRoom',
      method(
        CreateRoomRequest,
        'roomCreate',
        () => '',
        (request) => done(world.createRoom(request)),
      ),
    ],
    [
      'DeleteRoom',
      method(
        DeleteRoomRequest,
        'roomCreate',
        () => '',
        ({ room }) => (world.deleteRoom(room) ? done(new DeleteRoomResponse()) : refuse(noRoom)),
      ),
    ],
    [
      'SendData',
      method(
        SendDataRequest,
        'roomAdmin',
        ({ room }) => room,
        ({ room, data, topic, destinationIdentities }) => {
          if (!world.room(room)) return refuse(nobodyAnswers)
          world.messages.emit({ room, identities: destinationIdentities, topic: topic ?? '', data })
          return done(new SendDataResponse())
        },
      ),
    ],
  ])
}
