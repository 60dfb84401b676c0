import { describe, expect, it } from 'vitest'
import { createWarmSort } from './warm-sort.ts'

const letters = (text: string) => new Map([...text].map((letter) => [letter, letter]))

describe('a warm sort', () => {
  it('gives the same as a cold one, whatever came before', () => {
    const sort = createWarmSort<string>((a, b) => a.localeCompare(b))
    for (const text of ['dacb', 'dacbe', 'eb', '', 'zyx', 'xyzab']) expect(sort(letters(text)).join('')).toBe([...text].toSorted().join(''))
  })

  it('compares each entry about once when little has changed', () => {
    let compared = 0
    const sort = createWarmSort<number>((a, b) => {
      compared += 1
      return a - b
    })
    const numbers = new Map(Array.from({ length: 1_000 }, (_, index) => [`${index}`, (index * 7_919) % 1_000]))
    sort(numbers)
    compared = 0
    sort(new Map(numbers).set('5', 500.5))
    expect(compared).toBeLessThan(1_100)
  })
})
