import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { ActionResult } from '#shared/domain/action.ts'
import { fail } from '#shared/domain/failure.ts'
import { action, openLab, operator } from './testing/lab.ts'

const remove = (more: object = {}) => action('remove', { reason: 'spam', ...more })
const mute = (more: object = {}) => action('mute', { sources: ['microphone'], ...more })

describe('D6 an action is in the audit', () => {
  it('before it is done, and then what came of it', async () => {
    const { act, audit, livekit } = await openLab()
    livekit.pause = () => {
      audit.lines.push('LiveKit')
      return Promise.resolve()
    }
    await act(remove())
    expect(audit.lines).toEqual(['begin remove', 'LiveKit', 'end remove done'])
    expect(audit.intents).toMatchObject([
      { operator: operator('admin'), type: 'remove', room: 'lobby', identities: ['ana'], reason: 'spam' },
    ])
  })

  it('also where it was refused, in the way of something, or failed', async () => {
    const { act, audit, block, livekit } = await openLab()
    expect(await act(remove(), 'support')).toMatchObject({ ok: false, code: 'forbidden' })
    block(fail('unavailable', 'Redis is away'))
    expect(await act(remove())).toMatchObject({ ok: false, code: 'unavailable' })
    block(null)
    livekit.failing.set('removeParticipant', { failure: fail('forbidden', 'no', 'key_lacks_grant') })
    expect(await act(remove())).toMatchObject({ ok: true, targets: [{ ok: false, detail: 'key_lacks_grant' }] })
    expect(await act(remove({ room: 'other' }))).toMatchObject({ ok: false, detail: 'room_gone' })
    expect(audit.lines).toEqual([
      'note remove forbidden',
      'note remove unavailable',
      'begin remove',
      'end remove failed',
      'begin remove',
      'end remove room_gone',
    ])
    expect(livekit.asked).toEqual(['remove ana'])
  })

  it('or is not done: while that cannot be written nothing is', async () => {
    const { act, audit, livekit, row } = await openLab()
    audit.setAway(true)
    expect(await act(remove())).toMatchObject({ ok: false, code: 'unavailable' })
    expect(livekit.asked).toEqual([])
    expect(row()?.online).toBe(true)
  })

  it('also where the server itself fails at it', async () => {
    const { act, audit, livekit } = await openLab()
    livekit.pause = () => Promise.reject(new Error('a bug'))
    await expect(act(remove())).rejects.toThrow('a bug')
    expect(audit.lines).toEqual(['begin remove', 'end remove internal'])
  })

  it('with what it says beside whom and why', async () => {
    const { act, audit } = await openLab(['ana', 'bo'])
    await act(action('send_message', { text: 'please be kind' }))
    await act(action('set_permissions', { permissions: { canSubscribe: false } }))
    await act(action('mute_all', { identity: undefined, except: { identities: ['bo'], roles: ['HOST'] } }))
    await act(action('ban', { scope: 'all', until: 0, reason: 'x' }))
    expect(audit.intents.map(({ text }) => text)).toEqual([
      'please be kind',
      '{"canSubscribe":false}',
      'microphone; but for bo; but for the roles HOST',
      'in all rooms; until 1970-01-01T00:00:00.000Z',
    ])
  })
})

describe('D3 the same action id', () => {
  it('is done once, however often it is sent at once, and answers with the first result later', async () => {
    const { act, livekit } = await openLab()
    const same = remove()
    const [first, second] = await Promise.all([act(same), act(same)])
    expect(first).toMatchObject({ ok: true, targets: [{ identity: 'ana', ok: true }] })
    expect(second).toEqual(first)
    expect(await act(same)).toEqual(first)
    expect(livekit.asked).toEqual(['remove ana'])
  })

  it('whose outcome nobody knows is never done again', async () => {
    const { act, audit, livekit } = await openLab()
    const same = remove()
    audit.known.set(same.actionId, { kind: 'unknown' })
    expect(await act(same)).toMatchObject({ ok: false, code: 'unavailable', detail: 'timeout_unknown' })
    expect(livekit.asked).toEqual([])
  })

  it('that another server is at is waited for', async () => {
    const { act, audit, livekit } = await openLab()
    const same = remove()
    audit.known.set(same.actionId, { kind: 'running' })
    expect(await act(same)).toMatchObject({ ok: false, detail: 'timeout_unknown' })
    const answered = act(same)
    const result: ActionResult = { ok: true, actionId: same.actionId, at: 5, targets: [] }
    audit.known.set(same.actionId, { kind: 'known', result })
    expect(await answered).toEqual(result)
    expect(livekit.asked).toEqual([])
  })

  it('tells its result to nobody who may not do it, nor to another operator while it is under way', async () => {
    const { moderator, livekit } = await openLab()
    const same = remove()
    const first = moderator.act(operator('admin'), same)
    expect(await moderator.act(operator('admin', 'lee'), same)).toMatchObject({ ok: false, code: 'conflict' })
    await first
    expect(await moderator.act(operator('viewer'), same)).toMatchObject({ ok: false, code: 'forbidden' })
    expect(livekit.asked).toEqual(['remove ana'])
  })

  it('that was refused is no action yet: who may do it can', async () => {
    const { act, livekit } = await openLab()
    const tried = mute()
    expect(await act(tried, 'viewer')).toMatchObject({ code: 'forbidden' })
    expect(await act(tried, 'admin')).toMatchObject({ ok: true })
    expect(livekit.asked).toEqual(['mute ana TR_ana_mic'])
  })
})

describe('D7 who may', () => {
  it.each([
    ['viewer', 'forbidden', 'forbidden', 'forbidden'],
    ['support', undefined, 'forbidden', 'forbidden'],
    ['moderator', undefined, undefined, 'forbidden'],
    ['admin', undefined, undefined, undefined],
  ] as const)('%s: mute %s, remove %s, a ban without end %s', async (role, muteCode, removeCode, banCode) => {
    const { act } = await openLab()
    const codeOf = async (asked: Parameters<typeof act>[0]) => {
      const result = await act(asked, role)
      return result.ok ? undefined : result.code
    }
    expect(await codeOf(mute())).toBe(muteCode)
    expect(await codeOf(action('ban', { scope: 'room', until: null, reason: 'x' }))).toBe(banCode)
    expect(await codeOf(remove())).toBe(removeCode)
  })
})

describe('D3 whom it meant', () => {
  it('nothing is done to somebody else, nor to who is not there', async () => {
    const { act, livekit } = await openLab()
    for (const expected of [{ participantSid: 'PA_2' }, { participantSids: { ana: 'PA_2' } }, { roomSid: 'RM_2' }]) {
      expect(await act(remove({ expect: expected }))).toMatchObject({ ok: false, code: 'conflict', detail: 'changed_meanwhile' })
    }
    expect(await act(remove({ identity: 'bo' }))).toMatchObject({ ok: false, code: 'not_found', detail: 'participant_gone' })
    expect(await act(remove({ room: 'other' }))).toMatchObject({ ok: false, code: 'not_found', detail: 'room_gone' })
    expect(livekit.asked).toEqual([])
    expect(await act(remove({ expect: { participantSid: 'PA_ana', roomSid: 'RM_1' } }))).toMatchObject({ ok: true })
  })

  it('what stays in force is about who is meant, also where they have left', async () => {
    const { act, measures } = await openLab()
    const ban = (more: object) => action('ban', { scope: 'room', until: null, reason: 'x', ...more })
    expect(await act(ban({ expect: { participantSid: 'PA_2' } }))).toMatchObject({ ok: false, detail: 'changed_meanwhile' })
    expect(await act(ban({ expect: { roomSid: 'RM_2' } }))).toMatchObject({ ok: false, detail: 'changed_meanwhile' })
    expect(measures.asked).toEqual([])
    expect(await act(ban({ identity: 'bo', expect: { participantSid: 'PA_bo' } }))).toMatchObject({ ok: true })
    expect(await act(ban({ room: 'other' }))).toMatchObject({ ok: true })
  })
})

describe('bad input', () => {
  it.each([
    ['the key lacks a grant', fail('forbidden', 'no grant', 'key_lacks_grant'), 'key_lacks_grant', false],
    ['no network', fail('unavailable', 'away', 'unreachable'), 'unreachable', false],
    ['they have left', fail('not_found', 'gone', 'participant_gone'), 'participant_gone', true],
  ] as const)(
    '%s: it says so, nothing is shown as done, and the room is read again where it may differ',
    async (_name, failure, detail, isReread) => {
      const { act, livekit, row, fed, reread } = await openLab()
      for (const method of ['muteTrack', 'removeParticipant', 'updateParticipant', 'sendData'] as const)
        livekit.failing.set(method, { failure })
      const all = [
        mute(),
        remove(),
        action('set_permissions', { permissions: { canSubscribe: false } }),
        action('set_metadata', { metadata: 'x' }),
        action('send_message', { text: 'x' }),
      ]
      for (const each of all) {
        const result = await act(each)
        expect(result).toMatchObject({ ok: true, targets: [{ ok: false, code: failure.code, detail, message: expect.any(String) }] })
      }
      expect(row()).toMatchObject({
        online: true,
        metadata: '',
        permissions: { canSubscribe: true },
        tracks: [{ muted: true }, { muted: false }],
      })
      expect(fed).toEqual([])
      expect(reread).toEqual(isReread ? all.map(() => 'lobby') : [])
    },
  )

  it('a track gone: by the record, and by LiveKit', async () => {
    const { act, livekit, reread } = await openLab()
    expect(await act(action('mute_track', { trackSid: 'TR_none' }))).toMatchObject({ targets: [{ ok: false, detail: 'track_gone' }] })
    expect(await act(mute({ sources: ['screen_share'] }))).toMatchObject({ targets: [{ ok: false, detail: 'track_gone' }] })
    expect(livekit.asked).toEqual([])
    livekit.failing.set('muteTrack', { failure: fail('not_found', 'x', 'track_gone') })
    expect(await act(mute())).toMatchObject({ targets: [{ ok: false, detail: 'track_gone', message: expect.stringContaining('ana') }] })
    expect(reread).toHaveLength(3)
  })

  it('a room closed: what is about the room fails whole', async () => {
    const { act, livekit, reread, fed } = await openLab()
    for (const method of ['deleteRoom', 'updateRoomMetadata', 'sendData'] as const)
      livekit.failing.set(method, { failure: fail('not_found', 'gone', 'room_gone') })
    for (const each of [
      action('close_room', { reason: 'x' }),
      action('set_metadata', { identity: undefined, metadata: 'x' }),
      action('send_message', { identity: undefined, text: 'x' }),
    ])
      expect(await act(each)).toMatchObject({ ok: false, code: 'not_found', detail: 'room_gone' })
    expect(reread).toEqual(['lobby', 'lobby', 'lobby'])
    expect(fed).toEqual([])
  })

  it('unmuting where LiveKit lets nobody', async () => {
    const { act, livekit, fed } = await openLab()
    livekit.failing.set('muteTrack', { failure: fail('conflict', 'not enabled', 'remote_unmute_disabled') })
    expect(await act(action('unmute', { sources: ['camera'] }))).toMatchObject({
      targets: [{ ok: false, code: 'conflict', detail: 'remote_unmute_disabled' }],
    })
    expect(fed).toEqual([])
  })

  it('a timeout after LiveKit may have acted: where it did it is done, else unknown, and the room is read again', async () => {
    const { act, livekit, reread, row } = await openLab()
    const failure = fail('unavailable', 'no answer', 'timeout_unknown')
    livekit.failing.set('muteTrack', { failure, after: true })
    livekit.failing.set('updateParticipant', { failure, after: true })
    expect(await act(mute())).toMatchObject({ ok: true, targets: [{ ok: true }] })
    expect(row()?.tracks.find(({ source }) => source === 'microphone')?.muted).toBe(true)
    const permissions = { canPublishData: false }
    expect(await act(action('set_permissions', { permissions }))).toMatchObject({ targets: [{ ok: true }] })
    expect(row()?.permissions).toMatchObject(permissions)
    expect(reread).toEqual([])
    livekit.failing.set('muteTrack', { failure })
    livekit.failing.set('updateParticipant', { failure })
    expect(await act(action('unmute', { sources: ['microphone'] }))).toMatchObject({ targets: [{ ok: false, detail: 'timeout_unknown' }] })
    expect(await act(action('set_permissions', { permissions: { canSubscribe: false } }))).toMatchObject({
      targets: [{ ok: false, detail: 'timeout_unknown' }],
    })
    expect(row()).toMatchObject({ permissions: { canSubscribe: true } })
    expect(reread).toEqual(['lobby', 'lobby'])
  })

  it('cancelling what nobody is at', async () => {
    const { moderator } = await openLab()
    expect(moderator.cancel(operator('admin'), randomUUID())).toMatchObject({ ok: false, code: 'not_found' })
  })
})
