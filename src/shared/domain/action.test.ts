import { describe, expect, it } from 'vitest'
import { actionSchema, expectedSid, identitiesOf, isBulk } from './action.ts'

const common = { actionId: '7d2f7f0e-4e5c-4a55-9b0e-1f6a4c1f2a33', room: 'lobby', reason: 'spam' }

describe('an action', () => {
  it.each([
    ['of one person', { type: 'mute', identity: 'ana', sources: ['microphone'] }],
    ['of several', { type: 'mute', identities: ['ana', 'bo'], sources: ['microphone'] }],
    ['of a room', { type: 'set_metadata', metadata: '' }],
    ['of all rooms names none', { room: undefined, type: 'ban', identity: 'ana', scope: 'all', until: null }],
    ['of a measure names no room', { room: undefined, type: 'lift', measureId: 'm1' }],
    ['closes a room, which may be opened again at once', { type: 'close_room' }],
  ])('%s is taken', (_name, more) => {
    expect(actionSchema.safeParse({ ...common, ...more }).error).toBeUndefined()
  })

  it.each([
    ['names nobody', { type: 'remove' }, 'say whom'],
    ['names one and several', { type: 'remove', identity: 'ana', identities: ['bo'] }, 'name one person or several, not both'],
    ['needs a room and names none', { room: undefined, type: 'ban', identity: 'ana', scope: 'room', until: null }, 'say which room'],
    [
      'leaves out more people than anybody can read',
      { type: 'mute_all', except: { identities: Array.from({ length: 5001 }, (_, index) => `${index}`) } },
      'leave out 5000 at the most',
    ],
    ['changes no permission', { type: 'set_permissions', identity: 'ana', permissions: {} }, 'say what is to change'],
    ['needs a reason and has blanks', { type: 'lock', sources: ['microphone'], until: null, reason: '  ' }, 'a reason is needed'],
    ['does not say until when', { type: 'ban', identity: 'ana', scope: 'room' }, undefined],
    ['is of a type that nobody knows', { type: 'shout', identity: 'ana' }, undefined],
  ])('that %s is refused', (_name, more, why) => {
    const { error } = actionSchema.safeParse({ ...common, ...more })
    expect(error).toBeDefined()
    if (why !== undefined) expect(error?.issues.map(({ message }) => message)).toContain(why)
  })

  it('names each person once, in its order', () => {
    const action = actionSchema.parse({ ...common, type: 'remove', identities: ['bo', 'ana', 'bo'] })
    expect(identitiesOf(action)).toEqual(['bo', 'ana'])
    expect(isBulk(action)).toBe(true)
    expect(identitiesOf(actionSchema.parse({ ...common, type: 'mute_all' }))).toEqual([])
  })

  it('says which stay of whom it means', () => {
    const one = actionSchema.parse({ ...common, type: 'remove', identity: 'ana', expect: { participantSid: 'PA_1' } })
    expect(expectedSid(one, 'ana')).toBe('PA_1')
    const many = actionSchema.parse({ ...common, type: 'remove', identities: ['ana', 'bo'], expect: { participantSids: { bo: 'PA_2' } } })
    expect([expectedSid(many, 'ana'), expectedSid(many, 'bo')]).toEqual([undefined, 'PA_2'])
    expect(['constructor', 'toString', '__proto__'].map((identity) => expectedSid(many, identity))).toEqual([
      undefined,
      undefined,
      undefined,
    ])
  })
})
