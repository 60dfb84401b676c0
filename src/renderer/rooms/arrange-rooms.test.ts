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

  it('a filter is found anywhere in the name, in any case', () => {
    expect(namesOf([...filterRooms(rooms, '  SUPP ')])).toEqual(['Support 10', 'support 9'])
    expect(filterRooms(rooms, 'nothing')).toEqual([])
    expect(filterRooms(rooms, ' ')).toBe(rooms)
  })
})
