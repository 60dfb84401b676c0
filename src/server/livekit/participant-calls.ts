import { ParticipantInfo, type RoomParticipantIdentity, type UpdateParticipantRequest } from '@livekit/protocol'
import { AccessToken, ServerError } from 'livekit-server-sdk'
import { z } from 'zod'
import { REQUEST_TIMEOUT_S } from './livekit-failure.ts'

/** The two calls that a permission goes through, in LiveKit's own encoding: it keeps what a newer server says and this program does not know. */
export type ParticipantCalls = {
  readonly get: (request: RoomParticipantIdentity) => Promise<ParticipantInfo>
  readonly update: (request: UpdateParticipantRequest) => Promise<ParticipantInfo>
}

type Request = { readonly room: string; toBinary: () => Uint8Array }

const twirpErrorSchema = z.object({ code: z.string(), msg: z.string() })

/** `host` as `http(s)://`. The calls reject as those of LiveKit's own client do. */
export function createParticipantCalls(host: string, key: string, secret: string): ParticipantCalls {
  async function call(method: string, request: Request): Promise<ParticipantInfo> {
    const token = new AccessToken(key, secret, { ttl: '10m' })
    token.addGrant({ roomAdmin: true, room: request.room })
    const response = await fetch(new URL(`/twirp/livekit.RoomService/${method}`, host), {
      method: 'POST',
      headers: { 'content-type': 'application/protobuf', authorization: `Bearer ${await token.toJwt()}` },
      body: Buffer.from(request.toBinary()),
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_S * 1000),
    })
    if (!response.ok) throw await toServerError(response)
    if (response.headers.get('content-type') !== 'application/protobuf') throw new SyntaxError('not LiveKit’s encoding')
    return ParticipantInfo.fromBinary(new Uint8Array(await response.arrayBuffer()))
  }
  return {
    get: (request) => call('GetParticipant', request),
    update: (request) => call('UpdateParticipant', request),
  }
}

async function toServerError(response: Response): Promise<ServerError> {
  const text = await response.text()
  try {
    const { code, msg } = twirpErrorSchema.parse(JSON.parse(text))
    return new ServerError(response.statusText, msg, response.status, code)
  } catch {
    return new ServerError(response.statusText, text.slice(0, 200), response.status)
  }
}
