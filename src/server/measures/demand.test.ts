import { describe, expect, it } from 'vitest'
import type { Measure } from '#shared/domain/measure.ts'
import type { ParticipantRow } from '#server/rooms/room-model.ts'
import { demandOf } from './demand.ts'
import { mayAll } from './testing/scripted-livekit.ts'

const measure = (change: Partial<Measure> & Pick<Measure, 'kind'>): Measure => ({
  id: change.kind,
  scope: 'room',
  room: 'lobby',
  until: null,
  reason: 'spam',
  by: 'kim',
  at: 1,
  revision: 1,
  ...change,
})
const ban = measure({ kind: 'ban', identity: 'ana' })
const deny = measure({ kind: 'deny_sources', identity: 'ana', sources: ['microphone'] })
const lock = measure({ kind: 'lock', sources: ['microphone', 'camera'], except: { identities: ['bo'], roles: ['HOST'] } })
const close = measure({ kind: 'close' })
const stay = {
  sid: 'PA_1',
  name: '',
  kind: 'standard',
  hidden: false,
  joinedAt: 1,
  version: 1,
  metadata: '',
  attributes: {},
} as const
const ana: ParticipantRow = {
  tracks: [],
  ...stay,
  identity: 'ana',
  permissions: mayAll,
  online: true,
  leftAt: null,
  changedAt: 1,
  role: 'VIEWER',
  invited: false,
}
const listening = { ...mayAll, canPublishSources: ['screen_share' as const] }
const microphone = { sid: 'TR_1', source: 'microphone', muted: false, version: 1, told: true } as const

describe('X1 X6 what somebody’s presence calls for', () => {
  it.each<[string, readonly Measure[], Partial<ParticipantRow>, string]>([
    ['nothing where nothing is in force', [], {}, 'none'],
    ['to be removed, when banned', [ban], {}, 'remove'],
    ['to be removed, when banned in all rooms', [{ ...ban, scope: 'all' }], {}, 'remove'],
    ['nothing, when banned in another room', [{ ...ban, room: 'other' }], {}, 'none'],
    ['nothing, when another one is banned', [ban], { identity: 'bo' }, 'none'],
    ['nothing of who has left', [ban], { online: false }, 'none'],
    ['nothing of who is hidden', [ban, close, lock], { hidden: true }, 'none'],
    ['nothing of a recorder', [ban, close, lock], { kind: 'egress' }, 'none'],
    ['to be removed, also an agent', [ban], { kind: 'agent' }, 'remove'],
    ['the end of a closed room, whoever it is', [ban, close], { identity: 'bo' }, 'close'],
    ['the denied source to be taken', [deny], {}, 'take microphone'],
    ['nothing where it was taken', [deny], { permissions: listening }, 'none'],
    ['nothing more of who may not publish', [deny, lock], { permissions: { ...mayAll, canPublish: false } }, 'none'],
    ['all that several measures deny', [deny, lock], {}, 'take microphone camera'],
    ['to be removed before anything is taken', [deny, lock, ban], {}, 'remove'],
    ['nothing of whom a lock leaves out by name', [lock], { identity: 'bo' }, 'none'],
    ['nothing of whom a lock leaves out by role', [lock], { role: 'HOST' }, 'none'],
    ['what is denied to just them, though a lock leaves them out', [lock, deny], { role: 'HOST' }, 'take microphone'],
  ])('%s', (_what, measures, change, expected) => {
    const demand = demandOf(measures, { ...ana, ...change }, 'lobby')
    expect(demand.kind === 'take' ? `take ${demand.sources.join(' ')}` : demand.kind).toBe(expected)
  })

  it('a sweep also counts a track that is published of a source that may not be', () => {
    const row = { ...ana, permissions: listening, tracks: [microphone] }
    expect([demandOf([deny], row, 'lobby').kind, demandOf([deny], row, 'lobby', { isThorough: true }).kind]).toEqual(['none', 'take'])
  })

  it('names the measure that asks for it', () => {
    expect(demandOf([lock, deny], { ...ana, permissions: { ...mayAll, canPublishSources: ['camera'] } }, 'lobby')).toMatchObject({
      measure: lock,
    })
  })
})
