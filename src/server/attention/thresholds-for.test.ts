import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { defaultAttention } from '#shared/domain/attention.ts'
import { thresholdsFor } from './thresholds-for.ts'

const { thresholds } = defaultAttention

function fits(pattern: string, room: string): boolean {
  const patterns = [{ rooms: pattern, thresholds: { alone: { on: true, seconds: 7 } } }]
  return thresholdsFor({ thresholds, patterns })(room).thresholds.alone.seconds === 7
}

describe('a pattern of rooms', () => {
  it.each([
    ['lobby', 'lobby', true],
    ['lobby', 'lobby 2', false],
    ['lobby', 'Lobby', false],
    ['*', '', true],
    ['*', 'anything at all', true],
    ['class-*', 'class-', true],
    ['class-*', 'class-7', true],
    ['class-*', 'my class-7', false],
    ['*-vip', 'gold-vip', true],
    ['*-vip', 'gold-vip-2', false],
    ['a*b', 'ab', true],
    ['ab*ba', 'aba', false],
    ['ab*ba', 'abba', true],
    ['a*b*c', 'a c b c', true],
    ['a*b*c', 'a c b', false],
    ['*b*b*', 'abb', true],
    ['*b*b*', 'ab', false],
    ['a**b', 'a-b', true],
    ['a.c', 'abc', false],
    ['[a-z]+', '[a-z]+', true],
    ['(x|y)*$', '(x|y) and $', true],
    ['ümlaut-*', 'ümlaut-é👩‍🚀', true],
  ])('%j fits %j: %j', (pattern, room, expected) => {
    expect(fits(pattern, room)).toBe(expected)
  })

  it('fits what a regular expression of the same meaning fits', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '.'), maxLength: 8 })
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 4 }), text, (parts, room) => {
        const pattern = parts.join('*')
        if (pattern === '') return
        const expression = new RegExp(`^${parts.map((part) => part.replaceAll('.', '\\.')).join('.*')}$`, 'su')
        expect(fits(pattern, room)).toBe(expression.test(room))
      }),
      { seed: 1, numRuns: 2000 },
    )
  })

  it('is looked up in a moment, however it is made', () => {
    const look = thresholdsFor({ thresholds, patterns: Array.from({ length: 100 }, () => ({ rooms: '*a'.repeat(128), thresholds: {} })) })
    const began = performance.now()
    look(`${'a'.repeat(127)}${'b'.repeat(385)}`)
    expect(performance.now() - began).toBeLessThan(100)
  })
})

describe('the rules of a room', () => {
  const patterns = [
    { rooms: 'class-*', thresholds: { bad_connections: { on: true, quality: 'lost', people: 3, seconds: 5 } } },
    { rooms: 'class-7', thresholds: { alone: { on: true, seconds: 60 } } },
    { rooms: 'quiet-*', thresholds: { bad_connections: { ...thresholds.bad_connections, on: false } } },
  ] as const
  const rulesOf = thresholdsFor({ thresholds, patterns: [...patterns] })

  it('are those of the first pattern that fits, and for what it leaves out those of all rooms', () => {
    expect(rulesOf('class-7').thresholds).toEqual({ ...thresholds, ...patterns[0].thresholds })
    expect(rulesOf('lobby').thresholds).toEqual(thresholds)
  })

  it('ask for an observer where a pattern asks for quality, and not for every room', () => {
    expect(['class-7', 'quiet-1', 'lobby'].map((room) => rulesOf(room).asksForQuality)).toEqual([true, false, false])
  })
})
