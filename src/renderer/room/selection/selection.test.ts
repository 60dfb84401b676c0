import { describe, expect, it } from 'vitest'
import { choose, chooseAll, meantBy, moveCursor, noSelection } from './selection.ts'

const order = ['a', 'b', 'c', 'd', 'e']
const chosen = (selection: typeof noSelection) => [...selection.chosen]

describe('whom the moderator has chosen', () => {
  it('a click is for one, Ctrl adds and takes away, Shift goes from the anchor', () => {
    const one = choose(noSelection, 'b', 'only', order)
    expect(chosen(one)).toEqual(['b'])
    const two = choose(one, 'd', 'toggle', order)
    expect(chosen(two)).toEqual(['b', 'd'])
    expect(chosen(choose(two, 'b', 'toggle', order))).toEqual(['d'])
    expect(chosen(choose(two, 'a', 'range', order))).toEqual(['a', 'b', 'c', 'd'])
    expect(chosen(choose(choose(one, 'd', 'range', order), 'c', 'range', order))).toEqual(['b', 'c'])
  })

  it('survives that people leave: an anchor that is gone makes a range of one', () => {
    const one = choose(noSelection, 'b', 'only', order)
    expect(chosen(choose(one, 'd', 'range', ['a', 'c', 'd']))).toEqual(['d'])
    expect(chosen(chooseAll(noSelection, order))).toEqual(order)
  })

  it('keys mean everybody chosen, or the row they are on', () => {
    const one = choose(noSelection, 'b', 'only', order)
    expect(meantBy(noSelection)).toEqual([])
    expect(meantBy(one)).toEqual(['b'])
    expect(meantBy(moveCursor(one, 'c'))).toEqual(['b'])
    expect(meantBy(choose(one, 'c', 'toggle', order))).toEqual(['b', 'c'])
    expect(meantBy(choose(one, 'b', 'toggle', order))).toEqual(['b'])
  })
})
