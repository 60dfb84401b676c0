import { describe, expect, it } from 'vitest'
import { countChanges, holdOrder } from './held-order.ts'

describe('held order', () => {
  it.each([
    ['the same', 'abcd', 'abcd', 0],
    ['one moved to the front', 'abcd', 'dabc', 1],
    ['two swapped', 'abcd', 'bacd', 1],
    ['one gone', 'abcd', 'abd', 1],
    ['one new', 'abcd', 'abxcd', 1],
    ['one gone, one new, one moved', 'abcd', 'dxab', 3],
    ['all reversed', 'abcd', 'dcba', 3],
    ['all of them gone', 'abcd', '', 4],
  ])('%s: that many changes wait', (_, from, to, waiting) => {
    expect(countChanges([...from], [...to])).toBe(waiting)
  })

  it('stays while it is held and follows when it is let go', () => {
    expect(holdOrder(['a', 'b'], ['b', 'a', 'c'])).toEqual({ order: ['a', 'b'], waiting: 2 })
    expect(holdOrder(null, ['b', 'a', 'c'])).toEqual({ order: ['b', 'a', 'c'], waiting: 0 })
  })
})
