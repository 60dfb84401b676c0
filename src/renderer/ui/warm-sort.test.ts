import { describe, expect, it } from 'vitest'
import { createWarmSort } from './warm-sort.ts'

const letters = (text: string) => new Map([...text].map((letter) => [letter, letter]))

describe('a warm sort', () => {
  it('gives the same as a cold one, whatever came before', () => {
    const sort = createWarmSort<string>((a, b) => a.localeCompare(b))
    const words = createWarmSort<{ readonly word: string; readonly at: number }>((a, b) => a.at - b.at || a.word.localeCompare(b.word))
    const [ana, bo, cy] = [
      { word: 'ana', at: 3 },
      { word: 'bo', at: 2 },
      { word: 'cy', at: 1 },
    ]
    const told = (...some: (typeof ana)[]) => words(new Map(some.map((one) => [one.word, one]))).map((one) => one.word + one.at)
    expect(told(ana, bo, cy)).toEqual(['cy1', 'bo2', 'ana3'])
    expect(told(ana, { word: 'bo', at: 9 }, cy)).toEqual(['cy1', 'ana3', 'bo9'])
    expect(told({ word: 'ana', at: 0 }, { word: 'bo', at: 1 })).toEqual(['ana0', 'bo1'])
    for (const text of ['dacb', 'dacbe', 'eb', '', 'zyx', 'xyzab']) expect(sort(letters(text)).join('')).toBe([...text].toSorted().join(''))
  })

  it('hardly compares when little has changed', () => {
    let compared = 0
    const sort = createWarmSort<number>((a, b) => {
      compared += 1
      return a - b
    })
    const numbers = new Map(Array.from({ length: 1_000 }, (_, index) => [`${index}`, (index * 7_919) % 1_000]))
    sort(numbers)
    compared = 0
    sort(new Map(numbers).set('5', 500.5))
    expect(compared).toBeLessThan(12)
  })
})
