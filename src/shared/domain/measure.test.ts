import { describe, expect, it } from 'vitest'
import { concerns, deniedSources, isInForce, type Measure } from './measure.ts'

const ban: Measure = {
  id: 'm1',
  kind: 'ban',
  scope: 'room',
  room: 'lobby',
  identity: 'eve',
  until: null,
  reason: 'spam',
  by: 'mo',
  at: 1000,
  revision: 1,
}
const lock: Measure = { ...ban, id: 'm2', kind: 'lock', identity: undefined, sources: ['microphone'] }

describe('X1 a measure is in force', () => {
  it.each([
    ['until it is lifted', { until: null }, true],
    ['until its time', { until: 2001 }, true],
    ['not at its time any more', { until: 2000 }, false],
    ['not once it was lifted', { until: null, liftedAt: 1500 }, false],
  ])('%s', (_name, more, expected) => {
    expect(isInForce({ ...ban, ...more }, 2000)).toBe(expected)
  })
})

type Case = readonly [name: string, measure: Measure, identity: string, room: string, role: string, expected: boolean]

describe('X1 a measure concerns', () => {
  it.each<Case>([
    ['its person in its room', ban, 'eve', 'lobby', 'VIEWER', true],
    ['nobody else', ban, 'ana', 'lobby', 'VIEWER', false],
    ['them in no other room', ban, 'eve', 'hall', 'VIEWER', false],
    ['them everywhere where it is for all rooms', { ...ban, scope: 'all', room: undefined }, 'eve', 'hall', 'VIEWER', true],
    ['everybody in a locked room', lock, 'ana', 'lobby', 'VIEWER', true],
    ['nobody of another room', lock, 'ana', 'hall', 'VIEWER', false],
    ['not whom it leaves out by name', { ...lock, except: { identities: ['ana'] } }, 'ana', 'lobby', 'VIEWER', false],
    ['not whom it leaves out by role', { ...lock, except: { roles: ['SPEAKER'] } }, 'ana', 'lobby', 'SPEAKER', false],
    ['those of other roles all the same', { ...lock, except: { roles: ['SPEAKER'] } }, 'ana', 'lobby', 'VIEWER', true],
  ])('%s', (_name, measure, identity, room, role, expected) => {
    expect(concerns(measure, { identity, room, role })).toBe(expected)
  })
})

describe('X6 denied sources', () => {
  it('are those of all measures together, each once', () => {
    const denied: Measure = { ...ban, kind: 'deny_sources', sources: ['camera', 'microphone'] }
    expect(deniedSources([lock, denied, ban])).toEqual(['microphone', 'camera'])
  })
})
