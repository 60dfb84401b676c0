import { ParticipantInfo_State } from '@livekit/protocol'
import { RoomServiceClient, ServerError } from 'livekit-server-sdk'
import { fail, succeed, type Failure, type Result } from '#shared/domain/failure.ts'
import type { ParticipantFacts, RoomFacts } from '#server/rooms/room-model.ts'
import { toParticipantFacts, toRoomFacts } from './facts.ts'
import { isOwnObserver } from './own-observers.ts'

/** How long a call may take, seconds. */
const REQUEST_TIMEOUT_S = 5

/** `people`: how many LiveKit counts in it, some seconds late; observers and recorders aren't counted. */
export type ListedRoom = { readonly name: string; readonly facts: RoomFacts; readonly people: number }

/** Somebody in a list. Only who is `active` has joined; the others are on their way in, and not missing either. */
export type ListedParticipant = { readonly facts: ParticipantFacts; readonly active: boolean }

/** What Usher asks of LiveKit's server API. Failures carry a code, a detail where a person can act on it, and one plain line. */
export type RoomService = {
  /** All live rooms, or those of `names` that are live. */
  readonly listRooms: (names?: readonly string[]) => Promise<Result<readonly ListedRoom[]>>
  /** Everybody but observers of ours. `not_found` where the room is gone. */
  readonly listParticipants: (room: string) => Promise<Result<readonly ListedParticipant[]>>
  readonly muteTrack: (room: string, identity: string, trackSid: string) => Promise<Result<void>>
  readonly removeParticipant: (room: string, identity: string) => Promise<Result<void>>
}

/** The RoomService of a LiveKit server; `host` as the server reaches it (http, https, ws or wss). */
export function createRoomService(host: string, key: string, secret: string): RoomService {
  const client = new RoomServiceClient(host.replace(/^ws/, 'http'), key, secret, { requestTimeout: REQUEST_TIMEOUT_S, failover: false })

  async function ask<T>(call: () => Promise<T>): Promise<Result<T>> {
    try {
      return succeed(await call())
    } catch (error) {
      return describeLivekitError(error, host)
    }
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
      ask(async () =>
        (await client.listParticipants(room))
          .map((info) => ({ facts: toParticipantFacts(info), active: info.state === ParticipantInfo_State.ACTIVE }))
          .filter(({ facts }) => !isOwnObserver(facts)),
      ),
    muteTrack: (room, identity, trackSid) => ask(async () => void (await client.mutePublishedTrack(room, identity, trackSid, true))),
    removeParticipant: (room, identity) => ask(() => client.removeParticipant(room, identity)),
  }
}

/** What went wrong with a call to LiveKit, in the contract's codes and one plain line. */
function describeLivekitError(error: unknown, host: string): Failure {
  if (error instanceof ServerError) return describeAnswer(error, host)
  if (error instanceof Error && (error.name === 'TimeoutError' || error.name === 'AbortError')) {
    return fail(
      'unavailable',
      `LiveKit at ${host} did not answer within ${REQUEST_TIMEOUT_S} s: whether it acted is unknown`,
      'timeout_unknown',
    )
  }
  if (error instanceof SyntaxError) return notLivekit(host)
  const why = causeOf(error)
  return fail(
    'unavailable',
    `can't reach LiveKit at ${host} (${why}): check the address (LIVEKIT_HOST), and that the server runs`,
    'unreachable',
  )
}

function describeAnswer(error: ServerError, host: string): Failure {
  // A missing grant is a 401 too; only the text tells it from a wrong key or secret.
  if (error.status === 403 || error.message.includes('permissions denied')) {
    return fail('forbidden', `LiveKit at ${host} does not let this API key do that: it lacks a grant`, 'key_lacks_grant')
  }
  if (error.status === 401) {
    return fail('unauthorized', `LiveKit at ${host} refuses the API key or secret: check both (LIVEKIT_API_KEY, LIVEKIT_API_SECRET)`)
  }
  if (error.code === 'not_found') return fail('not_found', 'LiveKit does not know it: it has gone')
  if (error.status === 404) return notLivekit(host)
  if (error.code === 'failed_precondition') return fail('conflict', 'LiveKit refuses that in the present state')
  if (error.status >= 500) return fail('unavailable', `LiveKit at ${host} answers with an error (${error.status})`)
  return fail('invalid', `LiveKit at ${host} refuses the request (${error.code ?? error.status})`)
}

function notLivekit(host: string): Failure {
  return fail('unavailable', `what answers at ${host} is not a LiveKit server: check the address (LIVEKIT_HOST)`, 'unreachable')
}

/** The innermost reason of a failed fetch: a system error code such as ECONNREFUSED where there is one. */
function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if ('code' in error && typeof error.code === 'string') return error.code
  return error.cause === undefined ? error.message : causeOf(error.cause)
}
