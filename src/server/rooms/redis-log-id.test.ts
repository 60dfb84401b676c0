import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isBefore } from './redis-log-id.ts'

describe('the order of log ids', () => {
  it('is that of their numbers, the time first', () => {
    const number = fc.oneof(fc.nat(), fc.nat(12), fc.integer({ min: 9, max: 11 }))
    fc.assert(
      fc.property(number, number, number, number, (ms, sequence, otherMs, otherSequence) => {
        const before = ms === otherMs ? sequence < otherSequence : ms < otherMs
        expect(isBefore(`${ms}-${sequence}`, `${otherMs}-${otherSequence}`)).toBe(before)
      }),
      { numRuns: 2000, seed: 20_267 },
    )
  })
})
