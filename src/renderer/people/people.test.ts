import { describe, expect, it } from 'vitest'
import { nextIndex } from './next-index.ts'
import { describeQuality, describeTalk, stayLength } from './stay-view.ts'

describe('a stay in words', () => {
  it('S2.6 nobody observed is not the same as silence', () => {
    expect(describeTalk(null)).toBe('not observed')
    expect(describeTalk(0)).toBe('0 s')
  })

  it('tells the worst quality with its share of what was seen', () => {
    expect(describeQuality({ quality: { excellent: 90, poor: 10, unknown: 900 } })).toBe('10 % poor')
    expect(describeQuality({ quality: { excellent: 9_990, lost: 10 } })).toBe('100 % excellent')
    expect(describeQuality({ quality: { unknown: 5 } })).toBe('not known')
  })

  it('who is still there stays until now', () => {
    expect(stayLength({ joinedAt: 5, leftAt: null }, 20)).toBe(15)
    expect(stayLength({ joinedAt: 5, leftAt: 7 }, 20)).toBe(2)
    expect(stayLength({ joinedAt: 50, leftAt: null }, 20)).toBe(0)
  })
})

describe('what was found', () => {
  it.each([
    ['ArrowDown', -1, 3, 0],
    ['ArrowDown', 2, 3, 2],
    ['ArrowUp', 0, 3, 0],
    ['ArrowDown', -1, 0, null],
    ['a', 1, 3, null],
  ])('%s from %i of %i', (key, from, count, to) => {
    expect(nextIndex(key, from, count)).toBe(to)
  })
})
