import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { applyRoomEvent } from './apply-room-event.ts'
import { compareRoom, overEvents } from './compare-room.ts'
import { withChange } from './room-change.ts'
import type { RoomEvent } from './room-event.ts'
import { emptyRecord, hasPeople, INVITED_SHOWN, isShown, LEFT_SHOWN, participantRowSchema, type RoomRecord } from './room-model.ts'
import { toDetail, toParticipants, toUpdate } from './room-view.ts'
import { arrivals, newcomer, visibleState } from './testing/room-histories.ts'

const facts = { sid: 'RM_1', startedAt: 1000, metadata: '', maxParticipants: 0, recording: false }
const room = { name: 'lobby', sid: 'RM_1', facts }
const bare = { ...room, facts: null }
const ana = { ...newcomer(0, 'PA_1', 2000), identity: 'ana', name: 'Ana' }
let serial = 0
const by = (at: number) => ({ id: `EV_${(serial += 1)}`, at, cause: 'webhook', room }) as const
const here = (at: number) => ({ ...by(at), room: bare, cause: 'server' }) as const

const started = (): RoomEvent => ({ ...by(1000), type: 'room_started' })
const joined = (participant = ana, at = 2000): RoomEvent => ({ ...by(at), type: 'participant_joined', participant })
const left = (participant = ana, at = 3000): RoomEvent => ({
  ...by(at),
  type: 'participant_left',
  participant: { ...participant, version: 9 },
})
const invited = (identity = 'ana', more = {}): RoomEvent => ({
  ...here(1500),
  type: 'participant_invited',
  identity,
  name: 'Ana the invited',
  role: 'SPEAKER',
  canSpeak: true,
  canVideo: false,
  ...more,
})
const given = (role: string, more: Partial<Extract<RoomEvent, { type: 'role_changed' }>> = {}): RoomEvent => ({
  ...here(2500),
  cause: 'action',
  type: 'role_changed',
  participant: { identity: 'ana' },
  role,
  ...more,
})

function fold(events: readonly RoomEvent[], record: RoomRecord = emptyRecord('lobby')): RoomRecord {
  return events.reduce((held, event) => {
    const applied = applyRoomEvent(held, event)
    return applied ? withChange(held, applied.change, held.revision + 1) : held
  }, record)
}

const shown = (record: RoomRecord, identity = 'ana') => toParticipants(record).find((each) => each.identity === identity)

describe('S2.2 who is invited', () => {
  it('shows as INVITED with what they will be, then as JOINED and LEFT with the same role', () => {
    const record = fold([started(), invited()])
    expect(shown(record)).toMatchObject({
      ...{ sid: '', name: 'Ana the invited', isOnline: false, joinedAt: null, leftAt: null },
      ...{ status: 'INVITED', role: 'SPEAKER', canSpeak: true, canVideo: false },
    })
    const there = fold([joined()], record)
    expect(shown(there)).toMatchObject({ name: 'Ana', status: 'JOINED', isOnline: true, role: 'SPEAKER', sid: 'PA_1' })
    expect(shown(fold([left()], there))).toMatchObject({ status: 'LEFT', isOnline: false, role: 'SPEAKER', leftAt: 3000 })
    expect(shown(fold([left()], record))).toMatchObject({ status: 'LEFT', role: 'SPEAKER' })
    expect([...there.memory.ended].map(([key]) => key)).not.toContain('p:')
  })

  it('counts in the total and not as online, and keeps no room open', () => {
    const record = fold([started(), invited(), joined({ ...ana, identity: 'observer', hidden: true })])
    expect(toDetail(record, { presence: null, attention: [] })).toMatchObject({ online: 0, total: 1 })
    expect(record.room && isShown(record.room)).toBe(false)
    expect(record.room && hasPeople(record.room)).toBe(false)
  })

  it('is told to who follows the room, a revision further, and by no feed', () => {
    const before = fold([started()])
    const applied = applyRoomEvent(before, invited())
    expect(applied?.feed).toEqual([])
    if (!applied) throw new Error('the invitation does nothing')
    const after = withChange(before, applied.change, before.revision + 1)
    expect(toUpdate(before, after, applied.change, 0)).toMatchObject({
      ...{ revision: before.revision + 1, online: 0, total: 1, removed: [] },
      changed: [{ identity: 'ana', status: 'INVITED' }],
    })
  })

  it('changes nobody who is there or was there, nor an invitation by an older one, and no other session', () => {
    for (const record of [fold([joined()]), fold([joined(), left()])])
      expect(applyRoomEvent(record, invited('ana', { role: 'HOST', at: 9000 }))).toBeNull()
    const twice = fold([started(), invited()])
    expect(applyRoomEvent(twice, invited('ana', { role: 'HOST' }))).toBeNull()
    expect(shown(fold([invited('ana', { role: 'HOST', canVideo: true, at: 1501 })], twice))).toMatchObject({ role: 'HOST', canVideo: true })
    const given_ = fold([given('HOST'), invited('ana', { at: 2400 })], twice)
    expect(shown(given_)?.role).toBe('HOST')
    expect(applyRoomEvent(emptyRecord('lobby'), invited())).toBeNull()
    expect(applyRoomEvent(fold([started()]), { ...invited(), room: { ...bare, sid: 'RM_2' } })).toBeNull()
  })

  it('is never declared gone by a list, an observer or the end of the room, and joins though the list is older than the invitation', () => {
    const record = fold([started(), invited()])
    for (const [cause, asOf] of [
      ['sweep', 1400],
      ['sweep', 9000],
      ['observer', null],
    ] as const) {
      const look = { cause, at: 9000, asOf, newId: () => `N${(serial += 1)}` }
      expect(compareRoom(record, { name: 'lobby', facts }, [], look)).toEqual({ events: [], missing: [] })
      const { events } = compareRoom(record, { name: 'lobby', facts }, [{ facts: ana, active: true }], look)
      expect(shown(fold(events, record))).toMatchObject({ status: 'JOINED', role: 'SPEAKER' })
      expect(overEvents(record, look).map(({ type }) => type)).toEqual(['room_finished'])
    }
    expect(shown(fold([{ ...left(), cause: 'sweep', asOf: 9000 }], record))).toMatchObject({ status: 'INVITED' })
  })

  it('stays in the list before who has left, up to a bound of their own', () => {
    const stays = Array.from({ length: LEFT_SHOWN + 2 }, (_, index) => newcomer(0, `PA_${index}`, 2000)).map((stay, index) => ({
      ...stay,
      identity: `p${index}`,
    }))
    const people = Array.from({ length: INVITED_SHOWN + 2 }, (_, index) => invited(`i${index}`))
    const record = fold([started(), ...people, ...stays.flatMap((stay, index) => [joined(stay), left(stay, 3000 + index)])])
    const statuses = toParticipants(record).map(({ status }) => status)
    expect(statuses.filter((status) => status === 'LEFT')).toHaveLength(LEFT_SHOWN)
    expect(statuses.filter((status) => status === 'INVITED')).toHaveLength(INVITED_SHOWN)
  })
})

describe('D7 a role in a room', () => {
  it('is read as VIEWER from a row that an older server wrote', () => {
    const { role: _role, invited: _invited, ...older } = fold([joined()]).room?.participants.get('ana') ?? { role: '', invited: false }
    expect(participantRowSchema.parse(older)).toMatchObject({ role: 'VIEWER', invited: false })
  })

  it('is VIEWER until it is given, and stays over a rejoin', () => {
    const again = { ...ana, sid: 'PA_2', joinedAt: 4000 }
    expect(shown(fold([joined()]))?.role).toBe('VIEWER')
    const record = fold([joined(), given('SPEAKER')])
    expect(shown(record)?.role).toBe('SPEAKER')
    expect(shown(fold([left()], record))?.role).toBe('SPEAKER')
    expect(shown(fold([left(), joined(again, 4000)], record))).toMatchObject({ sid: 'PA_2', role: 'SPEAKER' })
    expect(shown(fold([joined(again, 4000), left()], record))).toMatchObject({ sid: 'PA_2', role: 'SPEAKER' })
    expect(shown(fold([{ ...by(4000), type: 'participant_removed', participant: ana }], record))?.role).toBe('SPEAKER')
    expect(shown(fold([{ ...by(4000), type: 'name_changed', participant: { ...ana, version: 3 } }], record))?.role).toBe('SPEAKER')
  })

  it('is given to who is there, has left or is invited, and told with who gave it', () => {
    const attribution = { operator: 'moderator', actionId: 'a1' }
    for (const record of [fold([joined()]), fold([joined(), left()]), fold([started(), invited('ana', { role: 'VIEWER' })])]) {
      const applied = applyRoomEvent(record, given('HOST', { by: attribution }))
      expect(applied?.feed).toMatchObject([
        { type: 'role_changed', data: { participant: { identity: 'ana' }, detail: 'HOST', cause: 'action', ...attribution } },
      ])
      expect(shown(fold([given('HOST')], record))?.role).toBe('HOST')
    }
  })

  it('is no news where it is the same, where another stay is meant, or of another session', () => {
    const record = fold([joined(), given('HOST')])
    expect(applyRoomEvent(record, given('HOST'))).toBeNull()
    expect(applyRoomEvent(record, given('SPEAKER', { participant: { identity: 'ana', sid: 'PA_0' } }))).toBeNull()
    expect(applyRoomEvent(record, given('SPEAKER', { room: { ...bare, sid: 'RM_2' } }))).toBeNull()
  })

  it('of who is not in the list is told, so that every instance knows, and shown nowhere', () => {
    const record = fold([started()])
    const applied = applyRoomEvent(record, given('HOST'))
    expect(applied?.feed).toMatchObject([
      { type: 'role_changed', data: { participant: { identity: 'ana', sid: '', name: '' }, detail: 'HOST' } },
    ])
    expect(applied?.change).toMatchObject({ participants: [], removed: [] })
    expect(applyRoomEvent(record, given('HOST', { quiet: true }))).toBeNull()
  })

  it('says nothing of how fresh a room is, and nothing of hidden people', () => {
    expect(fold([joined(), given('HOST'), invited('bo')]).room?.confirmed).toEqual({ at: 2000, by: 'webhook' })
    expect(applyRoomEvent(fold([joined({ ...ana, hidden: true })]), given('HOST'))?.feed).toEqual([])
  })

  it('and invitations leave presence what it is, in whatever order a history arrives', () => {
    fc.assert(
      fc.property(arrivals('lobby'), fc.nat(40), ({ arrived }, place) => {
        const { name, sid } = arrived[0]?.room ?? bare
        const own = { room: { name, sid, facts: null } }
        const inserted = ['person-0', 'person-9'].flatMap((identity) => [
          { ...invited(identity), ...own },
          given('HOST', { ...own, participant: { identity } }),
        ])
        const mixed = [...arrived.slice(0, place), ...inserted, ...arrived.slice(place)]
        const presence = (record: RoomRecord) => {
          const state = visibleState(record)
          const rows = state?.rows.filter((row) => !row.invited).map(({ role: _role, ...row }) => row)
          return state && { ...state, rows }
        }
        expect(presence(fold(mixed))).toEqual(presence(fold(arrived)))
      }),
      { numRuns: 300, seed: 20_264 },
    )
  })
})

describe('what is noted', () => {
  const noted = (more: Partial<Extract<RoomEvent, { type: 'noted' }>> = {}): RoomEvent => ({
    ...here(2500),
    type: 'noted',
    note: 'measure_enforced',
    measureId: 'm1',
    detail: '3',
    participant: { identity: 'ana', sid: 'PA_1' },
    ...more,
  })

  it('is told once with whom and what it is about, and changes no row', () => {
    const record = fold([joined()])
    const event = noted({ by: { operator: 'mo', actionId: 'a1', reason: 'spam' } })
    const applied = applyRoomEvent(record, event)
    expect(applied?.feed).toMatchObject([
      {
        type: 'measure_enforced',
        data: {
          ...{ participant: { identity: 'ana', sid: 'PA_1', name: 'Ana' }, measureId: 'm1', detail: '3' },
          ...{ operator: 'mo', actionId: 'a1', reason: 'spam' },
        },
      },
    ])
    expect(applied?.change.participants).toEqual([])
    expect(applied?.change.confirmed).toBeUndefined()
    expect(applyRoomEvent(fold([event], record), event)).toBeNull()
  })

  it('is told of who is not there, and not of who is hidden', () => {
    expect(applyRoomEvent(fold([started()]), noted())?.feed).toHaveLength(1)
    expect(applyRoomEvent(fold([joined({ ...ana, hidden: true })]), noted())?.feed).toEqual([])
  })
})
