import { describe, expect, it } from 'vitest'
import { moveInGrid } from './move-in-grid.ts'

describe('arrow keys on the wall', () => {
  it.each([
    ['ArrowRight', 0, 1],
    ['ArrowRight', 9, null],
    ['ArrowLeft', 0, null],
    ['ArrowDown', 1, 5],
    ['ArrowDown', 7, 9],
    ['ArrowDown', 8, null],
    ['ArrowUp', 5, 1],
    ['ArrowUp', 2, null],
    ['Home', 5, 0],
    ['End', 5, 9],
    ['a', 5, null],
  ])('%s from %i leads to %j, with 10 tiles in 4 columns', (key, from, to) => expect(moveInGrid(key, from, 4, 10)).toBe(to))

  it('an empty wall leads nowhere', () => expect(moveInGrid('Home', 0, 4, 0)).toBeNull())
})
