import { describe, expect, it } from 'vitest'
import { makePerson, makeSummary } from '../testing/make-facts.ts'
import { arrangeByName, compareNames, orderParticipants } from './arrange-participants.ts'
import { noSignals, type Signals } from './observe/signals.ts'
import { observableSid, roomLife } from './room-life.ts'

const people = [
  makePerson('u1', { name: 'Zoe', role: 'HOST', joinedAt: 10 }),
  makePerson('u2', { name: 'ana', joinedAt: 30 }),
  makePerson('u3', { name: '', joinedAt: 20, tracks: [] }),
  makePerson('u4', { name: 'Bo', isOnline: false }),
].toSorted(compareNames)
const signals: Signals = {
  ...noSignals,
  speaking: new Map([['u1', 0.5]]),
  quality: new Map([
    ['u1', 'good'],
    ['u2', 'lost'],
  ]),
}

describe('the order of the people', () => {
  it.each([
    ['speaking', ['u1', 'u2', 'u3']],
    ['name', ['u2', 'u3', 'u1']],
    ['role', ['u1', 'u2', 'u3']],
    ['joined', ['u2', 'u3', 'u1']],
    ['quality', ['u2', 'u1', 'u3']],
  ] as const)('by %s; who is not online is apart', (sort, order) => {
    const arranged = arrangeByName(people, '')
    expect(orderParticipants(arranged.online, sort, signals)).toEqual(order)
    expect(arranged.away.map((one) => one.identity)).toEqual(['u4'])
  })

  it('the filter looks at name, identity and role', () => {
    expect(arrangeByName(people, 'U2').online).toHaveLength(1)
    expect(arrangeByName(people, 'host').online).toHaveLength(1)
    expect(arrangeByName(people, 'nobody').online).toHaveLength(0)
  })
})

describe('whether a room lives', () => {
  const facts = makeSummary('lobby', { sid: 'RM_1' })
  const room = { ...facts, measures: [], viewers: [] }
  const wall = new Map([['lobby', facts]])
  it.each([
    ['live', wall, room],
    ['ended', new Map(), room],
    ['not_live', new Map(), { ...room, sid: '' }],
    ['unknown', null, null],
    ['live', null, room],
  ] as const)('%s', (life, rooms, held) => expect(roomLife(rooms, 'lobby', held)).toBe(life))

  it('only a live session that wall and room agree on is observed', () => {
    expect(observableSid(wall, 'lobby', room)).toBe('RM_1')
    expect(observableSid(wall, 'lobby', { ...room, sid: 'RM_0' })).toBeNull()
    expect(observableSid(new Map(), 'lobby', room)).toBeNull()
    expect(observableSid(new Map([['lobby', { ...facts, online: 0 }]]), 'lobby', room)).toBeNull()
    expect(observableSid(null, 'lobby', null)).toBeNull()
  })
})
