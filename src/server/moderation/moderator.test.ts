import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { Action } from '#shared/domain/action.ts'
import { fail, succeed, type Failure, type Result } from '#shared/domain/failure.ts'
import type { Operator, Role } from '#shared/domain/operator.ts'
import type { RoomService } from '#server/livekit/room-service.ts'
import { openLiveRooms } from '#server/rooms/live-rooms.ts'
import { createMemoryRoomStore } from '#server/rooms/memory-room-store.ts'
import { createModerator } from './moderator.ts'

const room = { name: 'lobby', sid: 'RM_1', facts: { sid: 'RM_1', startedAt: 1, metadata: '', maxParticipants: 0, recording: false } }
const permissions = { canSubscribe: true, canPublish: true, canPublishData: true, canPublishSources: [], canUpdateMetadata: false }
const tracks = [
  { sid: 'TR_mic', source: 'microphone', muted: false },
  { sid: 'TR_cam', source: 'camera', muted: true },
] as const
const ana = {
  identity: 'ana',
  sid: 'PA_1',
  name: 'Ana',
  kind: 'standard',
  hidden: false,
  joinedAt: 2,
  version: 1,
  permissions,
  metadata: '',
  attributes: {},
} as const
const operator = (role: Role): Operator => ({ name: 'kim', role })

/** A room with Ana in it, and a LiveKit that answers as told and keeps what it was asked. */
async function lab(answer: () => Promise<Result<void>> = () => Promise.resolve(succeed(undefined))) {
  const asked: string[] = []
  const livekit: RoomService = {
    listRooms: () => Promise.resolve(succeed([])),
    listParticipants: () => Promise.resolve(succeed([])),
    muteTrack(_room, identity, sid) {
      asked.push(`mute ${identity} ${sid}`)
      return answer()
    },
    removeParticipant(_room, identity) {
      asked.push(`remove ${identity}`)
      return answer()
    },
  }
  let obstacle: Failure | null = null
  const rooms = await openLiveRooms(createMemoryRoomStore('life'))
  await rooms.submit({
    id: 'EV_1',
    at: 10,
    cause: 'webhook',
    room,
    type: 'participant_joined',
    participant: { ...ana, tracks: [...tracks] },
  })
  const moderator = createModerator({ rooms, livekit, acting: { begin: () => () => undefined }, obstacle: () => obstacle })
  return {
    asked,
    rooms,
    moderator,
    block: (failure: Failure) => (obstacle = failure),
    row: () => rooms.newest('lobby').room?.participants.get('ana'),
  }
}

const base = () => ({ actionId: randomUUID(), room: 'lobby', identity: 'ana' })
const remove = (more: Partial<Action> = {}): Action => ({ ...base(), type: 'remove', reason: 'spam', ...more }) as Action
const mute = (more: Partial<Action> = {}): Action => ({ ...base(), type: 'mute', sources: ['microphone'], ...more }) as Action

describe('D3 an action', () => {
  it('is done once, however often it is sent', async () => {
    const { moderator, asked } = await lab()
    const action = remove()
    const [first, second] = await Promise.all([moderator.act(operator('admin'), action), moderator.act(operator('admin'), action)])
    expect(first).toMatchObject({ ok: true, targets: [{ identity: 'ana', ok: true }] })
    expect(second).toEqual(first)
    expect(asked).toEqual(['remove ana'])
  })

  it.each([
    ['viewer', 'forbidden', 'forbidden'],
    ['support', undefined, 'forbidden'],
    ['moderator', undefined, undefined],
    ['admin', undefined, undefined],
  ] as const)('D7 %s: mute %s, remove %s', async (role, muteCode, removeCode) => {
    const { moderator } = await lab()
    const codeOf = async (action: Action) => {
      const result = await moderator.act(operator(role), action)
      return result.ok ? undefined : result.code
    }
    expect(await codeOf(mute())).toBe(muteCode)
    expect(await codeOf(remove())).toBe(removeCode)
  })

  it('D7 tells its result to nobody who may not do it, and remembers no refusal of theirs against who may', async () => {
    const { moderator, asked } = await lab()
    const [done, tried] = [remove(), mute()]
    await moderator.act(operator('admin'), done)
    expect(await moderator.act(operator('viewer'), done)).toMatchObject({ ok: false, code: 'forbidden' })
    expect(await moderator.act(operator('viewer'), tried)).toMatchObject({ ok: false, code: 'forbidden' })
    expect(await moderator.act(operator('admin'), tried)).not.toMatchObject({ code: 'forbidden' })
    expect(asked).toContain('remove ana')
  })

  it('mutes every track of the sources it names, also one that it takes for muted: the person may have unmuted it', async () => {
    const { moderator, asked, row } = await lab()
    await moderator.act(operator('support'), mute({ sources: ['microphone', 'camera'] }))
    expect(asked.toSorted()).toEqual(['mute ana TR_cam', 'mute ana TR_mic'])
    expect(row()?.tracks.map(({ muted }) => muted)).toEqual([true, true])
    const again = await moderator.act(operator('support'), mute())
    expect(again).toMatchObject({ ok: true, targets: [{ ok: true }] })
    expect(asked).toHaveLength(3)
  })

  it('does nothing to somebody it did not mean', async () => {
    const { moderator, asked } = await lab()
    for (const expected of [{ participantSid: 'PA_2' }, { roomSid: 'RM_2' }]) {
      expect(await moderator.act(operator('admin'), remove({ expect: expected }))).toMatchObject({
        ok: false,
        code: 'conflict',
        detail: 'changed_meanwhile',
      })
    }
    expect(await moderator.act(operator('admin'), remove({ identity: 'bo' }))).toMatchObject({
      ok: false,
      code: 'not_found',
      detail: 'participant_gone',
    })
    expect(await moderator.act(operator('admin'), remove({ room: 'other' }))).toMatchObject({
      ok: false,
      code: 'not_found',
      detail: 'room_gone',
    })
    expect(asked).toEqual([])
  })

  it('says why when LiveKit refuses, and writes nothing as done', async () => {
    const { moderator, row } = await lab(() => Promise.resolve(fail('forbidden', 'the key lacks a grant', 'key_lacks_grant')))
    expect(await moderator.act(operator('admin'), mute())).toMatchObject({
      ok: true,
      targets: [{ ok: false, code: 'forbidden', detail: 'key_lacks_grant' }],
    })
    expect(row()?.tracks.find(({ sid }) => sid === 'TR_mic')?.muted).toBe(false)
    const gone = await lab(() => Promise.resolve(fail('not_found', 'gone')))
    expect(await gone.moderator.act(operator('admin'), remove())).toMatchObject({ targets: [{ ok: false, detail: 'participant_gone' }] })
    expect(gone.row()?.online).toBe(true)
    expect(await gone.moderator.act(operator('admin'), mute())).toMatchObject({ targets: [{ ok: false, detail: 'track_gone' }] })
  })

  it('is not begun while it could not be told to the others', async () => {
    const { moderator, asked, block } = await lab()
    block(fail('unavailable', 'Redis is away'))
    expect(await moderator.act(operator('admin'), remove())).toMatchObject({ ok: false, code: 'unavailable' })
    expect(asked).toEqual([])
  })
})
