import { describe, expect, it } from 'vitest'
import type { Push } from '#shared/contract/ipc.ts'
import type { SessionSnapshot } from '#shared/contract/ipc-session.ts'
import type { PendingAction } from '#shared/domain/action.ts'
import type { FeedEvent } from '#shared/domain/feed-event.ts'
import type { RoomUpdate } from '#shared/domain/room.ts'
import { makeDetail, makePerson, makeSummary } from '../testing/make-facts.ts'
import { applyPush, applyPushes } from './apply-push.ts'
import { FEED_LIMIT, initialSession, newOpenRoom, type SessionState } from './session-state.ts'

const empty: SessionState = { ...initialSession(0), start: { phase: 'started' }, rooms: new Map() }
const ana = makePerson('ana')
const bo = makePerson('bo')

const observers = { slots: 2, observed: 2, rooms: 3, turnMs: 36_000, withoutMedia: 0, trouble: null }

function update(revision: number, change: Partial<RoomUpdate> = {}): Push {
  return { name: 'room_changed', payload: { room: 'lobby', revision, changed: [], removed: [], online: 1, total: 1, ...change } }
}
function event(id: string): FeedEvent {
  return { type: 'room_started', timestamp: 0, data: { id, cursor: id, cause: 'webhook' } }
}
function snapshot(change: Partial<SessionSnapshot> = {}): SessionSnapshot {
  return {
    version: '1',
    profile: null,
    operator: null,
    connection: { state: 'live', since: 1, why: null },
    rooms: [],
    feed: [],
    pending: [],
    sync: null,
    observers: null,
    ...change,
  }
}
function pending(state: PendingAction['outcome']['state'], actionId = 'a1'): PendingAction {
  const outcome: PendingAction['outcome'] =
    state === 'failed' ? { state, at: 1, code: 'internal', message: 'no' } : state === 'done' ? { state, at: 1 } : { state }
  return { action: { type: 'mute', actionId, room: 'lobby', identity: 'bo', sources: ['microphone'] }, startedAt: 0, outcome }
}
const opened = applyPush(
  { ...empty, open: { ...newOpenRoom('lobby'), ask: 'asked' } },
  { name: 'room_reset', payload: makeDetail('lobby', 5, [ana]) },
)

describe('rooms', () => {
  it('are replaced by a reset and changed one by one', () => {
    const state = applyPushes(empty, [
      { name: 'rooms_reset', payload: [makeSummary('a'), makeSummary('b')] },
      { name: 'rooms_changed', payload: { changed: [makeSummary('b', { online: 9 }), makeSummary('__proto__')], removed: ['a'] } },
    ])
    expect([...(state.rooms?.keys() ?? [])]).toEqual(['b', '__proto__'])
    expect(state.rooms?.get('b')?.online).toBe(9)
  })

  it('that are not known as a whole are not known in part', () => {
    const unknown = { ...empty, rooms: null }
    expect(applyPush(unknown, { name: 'rooms_changed', payload: { changed: [makeSummary('a')], removed: [] } })).toBe(unknown)
  })
})

describe('the open room', () => {
  it('follows the next revision: changed people, gone people, counts', () => {
    const state = applyPush(opened, update(6, { changed: [bo], removed: ['ana'], online: 3, total: 8 }))
    expect([...(state.open?.participants.keys() ?? [])]).toEqual(['bo'])
    expect(state.open?.facts).toMatchObject({ revision: 6, online: 3, total: 8 })
  })

  it('ignores an old revision and another room', () => {
    expect(applyPush(opened, update(5, { removed: ['ana'] }))).toBe(opened)
    expect(applyPush(opened, update(6, { room: 'other' }))).toBe(opened)
  })

  it('is to be asked for again after a gap, and shows what it held meanwhile', () => {
    const state = applyPush(opened, update(8, { removed: ['ana'] }))
    expect(state.open).toMatchObject({ ask: 'needed', facts: { revision: 5 } })
    expect(state.open?.participants.has('ana')).toBe(true)
  })

  it('follows the updates that overtook the answer', () => {
    const gap = applyPushes(opened, [update(8, { changed: [bo] }), update(9, { removed: ['ana'], online: 1, total: 1 })])
    const state = applyPush(gap, { name: 'room_reset', payload: makeDetail('lobby', 7, [ana]) })
    expect(state.open).toMatchObject({ ask: 'held', facts: { revision: 9 } })
    expect([...(state.open?.participants.keys() ?? [])]).toEqual(['bo'])
  })

  it('is asked for again when the wall says that it started anew', () => {
    const same = applyPush(opened, { name: 'rooms_changed', payload: { changed: [makeSummary('lobby')], removed: [] } })
    expect(same.open?.ask).toBe('held')
    const anew = applyPush(opened, { name: 'rooms_changed', payload: { changed: [makeSummary('lobby', { sid: 'RM_new' })], removed: [] } })
    expect(anew.open?.ask).toBe('needed')
  })

  it('keeps the newest presence of its own', () => {
    const at = (time: number, room = 'lobby'): Push => ({
      name: 'presence_changed',
      payload: { room, at: time, speaking: [], quality: [] },
    })
    const state = applyPushes(opened, [at(10), at(5), at(20, 'other')])
    expect(state.open?.presence?.at).toBe(10)
  })
})

describe('session_reset', () => {
  it('replaces everything and asks for the open room again', () => {
    const state = applyPush(opened, {
      name: 'session_reset',
      payload: snapshot({ rooms: [makeSummary('x')], pending: [pending('done'), pending('pending', 'a2')], observers }),
    })
    expect(state.observers).toEqual(observers)
    expect([...(state.rooms?.keys() ?? [])]).toEqual(['x'])
    expect(state.open).toMatchObject({ room: 'lobby', ask: 'needed', facts: { revision: 5 } })
    expect([...state.pending.keys()]).toEqual(['a2'])
  })

  it('of another profile forgets what the open room held', () => {
    const profile = { id: 'p2', kind: 'direct', name: 'Other', address: null, selected: true } as const
    expect(applyPush(opened, { name: 'session_reset', payload: snapshot({ profile }) }).open).toEqual(newOpenRoom('lobby'))
  })
})

describe('the feed', () => {
  it('keeps the newest, oldest first, each once', () => {
    const many = Array.from({ length: FEED_LIMIT }, (_, index) => event(`e${index}`))
    const state = applyPushes(empty, [
      { name: 'feed_appended', payload: many },
      { name: 'feed_appended', payload: [event('e499'), event('new')] },
    ])
    expect(state.feed).toHaveLength(FEED_LIMIT)
    expect([state.feed[0]?.data.id, state.feed.at(-1)?.data.id]).toEqual(['e1', 'new'])
  })
})

describe('pending actions', () => {
  it.each([
    ['pending', 'done', 'done'],
    ['pending', 'failed', 'failed'],
    ['done', 'pending', 'done'],
    ['failed', 'pending', 'failed'],
    ['failed', 'done', 'failed'],
  ] as const)('%s, then %s: it is %s', (first, second, last) => {
    const state = applyPushes(empty, [
      { name: 'pending_changed', payload: pending(first) },
      { name: 'pending_changed', payload: pending(second) },
    ])
    expect(state.pending.get('a1')?.outcome.state).toBe(last)
  })

  it('never touch the facts', () => {
    const state = applyPush(opened, { name: 'pending_changed', payload: pending('pending') })
    expect(state.open).toBe(opened.open)
  })
})

describe('the rest', () => {
  it.each<[Push, Partial<SessionState>]>([
    [
      { name: 'connection_changed', payload: { state: 'offline', since: 4, why: 'refused' } },
      { connection: { state: 'offline', since: 4, why: 'refused' } },
    ],
    [{ name: 'operator_changed', payload: { name: 'ana', role: 'admin' } }, { operator: { name: 'ana', role: 'admin' } }],
    [{ name: 'profiles_changed', payload: [] }, { profiles: [] }],
    [{ name: 'observers_changed', payload: observers }, { observers }],
  ])('%j is taken over', (push, change) => expect(applyPush(empty, push)).toEqual({ ...empty, ...change }))
})
