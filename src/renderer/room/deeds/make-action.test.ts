import { describe, expect, it } from 'vitest'
import { actionSchema } from '#shared/domain/action.ts'
import type { Operator } from '#shared/domain/operator.ts'
import { makePerson } from '../../testing/make-facts.ts'
import { blocksFor, reachable } from './deed-blocks.ts'
import { needsCount, type Deed } from './deed.ts'
import { choicesFor, untilOf } from './lasting.ts'
import { affected, checkDraft, makeAction, newDraft, type Draft, type Target } from './make-action.ts'

const actionId = '3b1f8c0e-8a55-4b1e-9f0c-0d6d0f6f2a11'
const NOW = 1_000_000
const HOUR = 3_600_000
const bo = makePerson('bo')
const one: Target = { room: 'lobby', roomSid: 'RM_1', people: [bo] }
const crowd = Array.from({ length: 12 }, (_, index) => makePerson(`u${index}`, { role: index < 2 ? 'HOST' : 'VIEWER' }))
const many: Target = { ...one, people: crowd }
const draftOf = (deed: Deed, change: Partial<Draft> = {}): Draft => ({
  ...newDraft(deed),
  reason: 'spam',
  text: 'Calm down',
  role: 'HOST',
  ...change,
})
const onBo = { identity: 'bo', expect: { participantSid: 'PA_bo', roomSid: 'RM_1' } }
const onRoom = { expect: { roomSid: 'RM_1' } }

describe('D3 the action for a deed', () => {
  it.each<[Deed, Partial<Draft>, object]>([
    ['mute', { reason: '' }, { ...onBo, type: 'mute', sources: ['microphone'] }],
    ['mute', { reason: ' spam ' }, { ...onBo, type: 'mute', sources: ['microphone'], reason: 'spam' }],
    ['stop_video', { reason: '' }, { ...onBo, type: 'mute', sources: ['camera'] }],
    ['stop_screen', { reason: '' }, { ...onBo, type: 'mute', sources: ['screen_share', 'screen_share_audio'] }],
    ['message', {}, { ...onBo, type: 'send_message', text: 'Calm down' }],
    ['role', { reason: '' }, { ...onBo, type: 'set_role', role: 'HOST' }],
    ['grant', {}, { ...onBo, type: 'grant_sources', sources: ['microphone'], reason: 'spam' }],
    ['remove', {}, { ...onBo, type: 'remove', reason: 'spam' }],
    ['ban', {}, { ...onBo, type: 'ban', reason: 'spam', scope: 'room', until: NOW + HOUR }],
    ['ban', { scope: 'all', lasting: { choice: 'lifted', at: '' } }, { ...onBo, type: 'ban', reason: 'spam', scope: 'all', until: null }],
    [
      'deny',
      { sources: ['camera'] },
      { ...onBo, type: 'deny_sources', reason: 'spam', scope: 'room', sources: ['camera'], until: NOW + HOUR },
    ],
    ['message_all', {}, { ...onRoom, type: 'send_message', text: 'Calm down' }],
    ['mute_all', { reason: '' }, { ...onRoom, type: 'mute_all', sources: ['microphone'] }],
    [
      'lock',
      { except: { identities: ['ana'], roles: ['HOST'] } },
      {
        ...onRoom,
        type: 'lock',
        reason: 'spam',
        sources: ['microphone'],
        until: NOW + HOUR,
        except: { identities: ['ana'], roles: ['HOST'] },
      },
    ],
    ['close', {}, { ...onRoom, type: 'close_room', reason: 'spam' }],
    ['close', { lasting: { choice: '24h', at: '' } }, { ...onRoom, type: 'close_room', reason: 'spam', until: NOW + 24 * HOUR }],
  ])('%s with %j', (deed, change, action) => {
    const made = makeAction(deed, one, draftOf(deed, change), actionId, NOW)
    expect(made).toEqual({ ...action, actionId, room: 'lobby' })
    expect(actionSchema.safeParse(made).success).toBe(true)
  })

  it('for several names each and the stay of each; those left out are not named', () => {
    const draft = draftOf('remove', { except: { identities: ['u5'], roles: ['HOST'] } })
    const made = makeAction('remove', many, draft, actionId, NOW)
    const identities = ['u2', 'u3', 'u4', 'u6', 'u7', 'u8', 'u9', 'u10', 'u11']
    expect(made).toMatchObject({ type: 'remove', identities, expect: { roomSid: 'RM_1' } })
    expect(Object.keys(made.expect?.participantSids ?? {})).toEqual(identities)
    expect(affected(many, draft)).toHaveLength(9)
  })

  it('of who is not here only the identity is meant', () => {
    const made = makeAction('ban', { ...one, people: [{ ...bo, isOnline: false }] }, draftOf('ban'), actionId, NOW)
    expect(made.expect).toEqual({ roomSid: 'RM_1' })
    const both = makeAction('ban', { ...one, people: [bo, makePerson('gone', { isOnline: false })] }, draftOf('ban'), actionId, NOW)
    expect(both.expect?.participantSids).toEqual({ bo: 'PA_bo' })
  })
})

describe('what a draft lacks', () => {
  it.each<[Deed, Target, Partial<Draft>, readonly string[]]>([
    ['remove', one, { reason: ' ' }, ['reason']],
    ['remove', one, {}, []],
    ['mute', one, { reason: '' }, []],
    ['message', one, { text: '' }, ['text']],
    ['role', one, { role: ' ' }, ['role']],
    ['deny', one, { sources: [] }, ['sources']],
    ['ban', one, { lasting: { choice: 'at', at: '' } }, ['until']],
    ['ban', one, { lasting: { choice: 'at', at: '1970-01-01T00:00:01Z' } }, ['until']],
    ['remove', many, {}, ['count']],
    ['remove', many, { count: '12' }, []],
    ['remove', many, { count: '11' }, ['count']],
    ['remove', many, { except: { identities: ['u0', 'u1'], roles: [] } }, []],
    ['remove', many, { except: { identities: [], roles: ['HOST', 'VIEWER'] } }, ['nobody']],
    ['close', one, { count: '' }, ['count']],
    ['close', { ...one, people: [] }, { count: '0' }, []],
    ['lock', many, { count: '12' }, []],
  ])('%s: %#', (deed, target, change, lacking) => {
    expect([...checkDraft(deed, target, draftOf(deed, change), NOW)]).toEqual(lacking)
  })

  it('over ten people, and closing, want the count; a message to all does not', () => {
    expect([needsCount('mute', 10), needsCount('mute', 11), needsCount('close', 1), needsCount('message_all', 99)]).toEqual([
      false,
      true,
      true,
      false,
    ])
  })
})

describe('D7 how long a role may impose something for', () => {
  const choices = (role: Operator['role'], kind: 'ban' | 'deny_sources' | 'close') => choicesFor({ name: 'x', role }, kind)
  it('support denies for an hour, a moderator bans for 30 days, an admin until it is lifted', () => {
    expect(choices('support', 'deny_sources')).toEqual(['15m', '1h', 'at'])
    expect(choices('moderator', 'ban')).toEqual(['15m', '1h', '24h', '7d', '30d', 'at'])
    expect(choices('admin', 'ban')).toContain('lifted')
    expect(choices('moderator', 'close')).toContain('none')
  })

  it.each([
    ['15m', '', NOW + 900_000],
    ['lifted', '', null],
    ['none', '', undefined],
    ['at', '2040-01-01T00:00:00Z', Date.parse('2040-01-01T00:00:00Z')],
    ['at', 'soon', 'invalid'],
  ] as const)('%s %s', (choice, at, until) => expect(untilOf({ choice, at }, NOW)).toBe(until))
})

describe('what is blocked says why', () => {
  const seen = { audio: 'on', video: 'off', screen: 'off' } as const
  it('what is not on needs no muting; who is away can only be banned, denied and given a role', () => {
    expect(blocksFor(null, { isOnline: true }, seen)).toMatchObject({
      mute: null,
      stop_video: 'The camera is not on.',
      remove: null,
      ban: null,
    })
    const away = blocksFor(null, { isOnline: false }, seen)
    expect(
      Object.entries(away)
        .filter(([, why]) => why === null)
        .map(([deed]) => deed),
    ).toEqual(['role', 'deny', 'ban'])
    expect(blocksFor('Offline.', { isOnline: true }, seen).ban).toBe('Offline.')
  })

  it('muting several leaves out who is silent', () => {
    const quiet = makePerson('quiet')
    const gone = makePerson('gone', { isOnline: false })
    const audio = (person: { readonly identity: string }) => ({
      ...seen,
      audio: person.identity === 'quiet' ? ('muted' as const) : ('on' as const),
    })
    expect(reachable('mute', [bo, quiet, gone], audio)).toEqual([bo])
    expect(reachable('remove', [bo, quiet, gone], audio)).toEqual([bo, quiet])
  })
})
