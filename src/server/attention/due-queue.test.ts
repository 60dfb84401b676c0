import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createDueQueue } from './due-queue.ts'

const step = fc.oneof(
  fc.record({ name: fc.constantFrom(...'abcdefghij'.split('')), at: fc.option(fc.nat(20)) }),
  fc.record({ now: fc.nat(20) }),
)

describe('the queue of what is due', () => {
  it('holds each name once and gives the earliest first, as a plain table would', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
        const queue = createDueQueue()
        const table = new Map<string, number>()
        for (const taken of steps) {
          if ('name' in taken) {
            queue.set(taken.name, taken.at)
            if (taken.at === null) table.delete(taken.name)
            else table.set(taken.name, taken.at)
          } else {
            const name = queue.take(taken.now)
            const first = Math.min(...table.values())
            expect(name === null ? null : table.get(name)).toBe(first <= taken.now ? first : null)
            if (name !== null) table.delete(name)
          }
          expect(queue.next()).toBe(table.size === 0 ? null : Math.min(...table.values()))
        }
        const rest = Array.from(table, () => queue.take(Infinity))
        expect(new Set(rest)).toEqual(new Set(table.keys()))
        expect(queue.take(Infinity)).toBeNull()
      }),
      { seed: 1, numRuns: 1000 },
    )
  })
})
