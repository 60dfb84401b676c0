import { describe, expect, it } from 'vitest'
import { sampleDetail, sampleEvent, sampleParticipant, sampleSummary, sampleUpdate } from '../testing/samples.ts'
import { appendEvent, FEED_LIMIT, type Feed } from './feed.ts'
import { describeRoom, followRoom, holdRoom } from './held-room.ts'
import { applyRoomsUpdate, indexRooms } from './rooms.ts'

const ada = sampleParticipant('ada')
const bob = sampleParticipant('bob')

describe('the rooms', () => {
  const rooms = indexRooms([sampleSummary('a'), sampleSummary('b'), sampleSummary('c')])
  const table = [
    ['changes one in its place', { changed: [sampleSummary('b', { online: 3 })], removed: [] }, ['a:0', 'b:3', 'c:0']],
    ['adds one at the end', { changed: [sampleSummary('d')], removed: [] }, ['a:0', 'b:0', 'c:0', 'd:0']],
    ['takes one away', { changed: [], removed: ['a'] }, ['b:0', 'c:0']],
    ['ignores the end of one it does not know', { changed: [], removed: ['x'] }, ['a:0', 'b:0', 'c:0']],
  ] as const
  it.each(table)('%s', (_name, update, expected) => {
    const next = applyRoomsUpdate(rooms, { changed: [...update.changed], removed: [...update.removed] })
    expect([...next.values()].map(({ room, online }) => `${room}:${online}`)).toEqual(expected)
    expect(rooms.size).toBe(3)
  })
})

describe('an open room', () => {
  const held = holdRoom(sampleDetail('lobby', { revision: 5, participants: [ada] }))

  it('takes in the next revision', () => {
    const followed = followRoom(held, sampleUpdate('lobby', 6, { changed: [bob], online: 2, total: 2 }))
    expect(followed.relation).toBe('next')
    expect(describeRoom(followed.held, undefined)).toEqual(
      sampleDetail('lobby', { revision: 6, online: 2, total: 2, participants: [ada, bob] }),
    )
    expect(held.participants.size).toBe(1)
  })

  it.each([
    ['old', 5],
    ['old', 4],
    ['gap', 7],
  ] as const)('is left as it was by what is %s (revision %i)', (relation, revision) => {
    const followed = followRoom(held, sampleUpdate('lobby', revision, { removed: ['ada'] }))
    expect(followed).toEqual({ relation, held })
  })

  it('is told with the newer signals of the wall, but its own people and whole metadata', () => {
    const whole = holdRoom(sampleDetail('lobby', { revision: 5, metadata: 'a long text', participants: [ada] }))
    const summary = sampleSummary('lobby', { revision: 4, online: 9, metadata: 'a lo', confirmedAt: 9_000 })
    expect(describeRoom(whole, summary)).toMatchObject({ revision: 5, online: 1, metadata: 'a long text', confirmedAt: 9_000 })
    expect(describeRoom(whole, { ...summary, sid: 'RM_next' })).toMatchObject({ confirmedAt: 1_000 })
  })
})

describe('the feed', () => {
  it('holds an event once', () => {
    const feed = appendEvent([], sampleEvent('1'))
    expect(appendEvent(feed, sampleEvent('1'))).toBe(feed)
  })

  it('keeps the newest', () => {
    let feed: Feed = []
    for (let number = 0; number < FEED_LIMIT + 3; number += 1) feed = appendEvent(feed, sampleEvent(String(number)))
    expect(feed).toHaveLength(FEED_LIMIT)
    expect(feed[0]?.data.id).toBe('3')
    expect(feed.at(-1)?.data.id).toBe(String(FEED_LIMIT + 2))
  })
})
