import { describe, expect, it } from 'vitest'
import { makeSummary as room } from '../testing/make-facts.ts'
import { compareRooms, filterRooms } from './arrange-rooms.ts'

const rooms = [
  room('standup', { online: 4, startedAt: 5, worstQuality: { quality: 'lost', count: 1 } }),
  room('all hands', { online: 90, startedAt: 1 }),
  room('Support 10', { online: 4, startedAt: 9, worstQuality: { quality: 'poor', count: 2 } }),
  room('support 9', { online: 2, startedAt: 7, attention: [{ rule: 'quality', since: 0, why: 'two poor connections' }] }),
]
const namesOf = (some: typeof rooms) => some.map((one) => one.room)

describe('the order of the wall', () => {
  it.each([
    ['attention', ['support 9', 'standup', 'Support 10', 'all hands']],
    ['size', ['all hands', 'standup', 'Support 10', 'support 9']],
    ['newest', ['Support 10', 'support 9', 'standup', 'all hands']],
    ['name', ['all hands', 'standup', 'support 9', 'Support 10']],
  ] as const)('by %s', (sort, names) => expect(namesOf(rooms.toSorted((a, b) => compareRooms(sort, a, b)))).toEqual(names))

  it('by attention: the most severe mark, then how many, then connections without a mark, then size', () => {
    const mark = (rule: string) => ({ rule, since: 0, why: rule })
    const marked = [
      room('quiet', { online: 500 }),
      room('poor', { worstQuality: { quality: 'poor', count: 9 } }),
      room('lost', { worstQuality: { quality: 'lost', count: 1 } }),
      room('alone', { attention: [mark('alone')] }),
      room('two small marks', { attention: [mark('alone'), mark('join_burst')] }),
      room('bad and lost', { attention: [mark('bad_connections')], worstQuality: { quality: 'lost', count: 1 } }),
      room('bad and poor', { attention: [mark('bad_connections')], worstQuality: { quality: 'poor', count: 5 } }),
      room('two marks', { attention: [mark('bad_connections'), mark('alone')] }),
      room('unknown', { attention: [mark('of a newer server')] }),
      room('banned, small', { attention: [mark('banned_attempt')], online: 2 }),
      room('evaded, large', { attention: [mark('measure_evaded')], online: 9 }),
    ]
    expect(namesOf(marked.toSorted((a, b) => compareRooms('attention', a, b)))).toEqual([
      'evaded, large',
      'banned, small',
      'two marks',
      'bad and lost',
      'bad and poor',
      'unknown',
      'two small marks',
      'alone',
      'lost',
      'poor',
      'quiet',
    ])
  })

  it('a filter is found anywhere in the name, in any case, and may let only rooms with a mark through', () => {
    const filtered = (name: string, attentionOnly = false) => filterRooms(rooms, { name, attentionOnly })
    expect(namesOf([...filtered('  SUPP ')])).toEqual(['Support 10', 'support 9'])
    expect(filtered('nothing')).toEqual([])
    expect(filtered(' ')).toBe(rooms)
    expect(namesOf([...filtered('', true)])).toEqual(['support 9'])
    expect(filtered('standup', true)).toEqual([])
  })
})
