import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { ServerError } from 'livekit-server-sdk'
import { describe, expect, it } from 'vitest'
import { describeLivekitError } from './livekit-failure.ts'
import { createRoomService } from './room-service.ts'

const answer = (status: number, code: string, message: string) => new ServerError('', message, status, code)

describe('bad input: what LiveKit says', () => {
  it.each([
    ['somebody gone', answer(404, 'not_found', 'x'), { about: 'participant' }, 'not_found', 'participant_gone'],
    ['a room gone', answer(404, 'not_found', 'x'), { about: 'room' }, 'not_found', 'room_gone'],
    ['a grant', answer(401, 'unauthenticated', 'permissions denied'), {}, 'forbidden', 'key_lacks_grant'],
    ['a wrong key', answer(401, 'unauthenticated', 'invalid token'), {}, 'unauthorized', undefined],
    [
      'no unmuting',
      answer(412, 'failed_precondition', 'twirp error unknown: remote unmute not enabled'),
      {},
      'conflict',
      'remote_unmute_disabled',
    ],
    ['another refusal', answer(412, 'failed_precondition', 'x'), {}, 'conflict', undefined],
    ['its own timeout', answer(408, 'deadline_exceeded', 'x'), { acts: true }, 'unavailable', 'timeout_unknown'],
    ['a proxy’s timeout', answer(504, 'unknown', 'x'), { acts: true }, 'unavailable', 'timeout_unknown'],
    ['an error', answer(500, 'internal', 'x'), { acts: true }, 'unavailable', undefined],
    ['no LiveKit', answer(404, 'bad_route', 'x'), {}, 'unavailable', 'unreachable'],
    ['nonsense', answer(400, 'malformed', 'x'), {}, 'invalid', undefined],
    ['no answer in time', Object.assign(new Error('x'), { name: 'TimeoutError' }), {}, 'unavailable', 'timeout_unknown'],
    ['no connection', Object.assign(new Error('x'), { code: 'ECONNREFUSED' }), { acts: true }, 'unavailable', 'unreachable'],
    ['a broken one, for a question', Object.assign(new Error('x'), { code: 'ECONNRESET' }), {}, 'unavailable', 'unreachable'],
    ['a broken one, for an act', Object.assign(new Error('x'), { code: 'ECONNRESET' }), { acts: true }, 'unavailable', 'timeout_unknown'],
  ] as const)('%s', (_what, error, call, code, detail) => {
    const failure = describeLivekitError(error, 'http://livekit', call)
    expect([failure.code, failure.detail]).toEqual([code, detail])
    expect(failure.message).toMatch(/^[^\n]{10,200}$/)
  })

  it('a connection that breaks when the call has arrived: it may have acted', async () => {
    const server = createServer((socket) => socket.once('data', () => socket.destroy()))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    // A server that listens on TCP has an address with a port.
    const service = createRoomService(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, 'key', 'a secret of the tests')
    const unknown = { ok: false, code: 'unavailable', detail: 'timeout_unknown' }
    expect(await service.removeParticipant('lobby', 'ana')).toMatchObject(unknown)
    expect(await service.updateParticipant('lobby', 'ana', { metadata: 'x' })).toMatchObject(unknown)
    expect(await service.getParticipant('lobby', 'ana')).toMatchObject({ ok: false, detail: 'unreachable' })
    server.close()
  })
})
