import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { joinSpans, overlapSpans, totalMs, type Span } from './spans.ts'

function spans(...pairs: readonly (readonly [number, number])[]): Span[] {
  return pairs.map(([from, to]) => ({ from, to }))
}

/** Some that are empty, touch, lie in each other and are the same. */
const anySpans = fc.array(fc.record({ from: fc.integer({ min: 0, max: 40 }), to: fc.integer({ min: 0, max: 40 }) }), { maxLength: 12 })

/** The moments in these, the plain way. */
function moments(all: readonly Span[]): Set<number> {
  return new Set(all.flatMap(({ from, to }) => Array.from({ length: Math.max(0, to - from) }, (_, index) => from + index)))
}

describe('spans', () => {
  it.each([
    { what: 'none', given: spans(), joined: spans() },
    { what: 'an empty and a turned one', given: spans([5, 5], [9, 3]), joined: spans() },
    { what: 'apart, in any order', given: spans([7, 9], [1, 3]), joined: spans([1, 3], [7, 9]) },
    { what: 'touching', given: spans([1, 3], [3, 5]), joined: spans([1, 5]) },
    { what: 'one in the other', given: spans([1, 9], [2, 3], [4, 5]), joined: spans([1, 9]) },
    { what: 'the same one told longer', given: spans([1, 3], [1, 6]), joined: spans([1, 6]) },
  ])('are joined: $what', ({ given, joined }) => {
    expect(joinSpans(given)).toEqual(joined)
  })

  it.each([
    { what: 'nothing', a: spans([1, 3]), b: spans([3, 5]), both: spans() },
    { what: 'a part', a: spans([1, 4]), b: spans([3, 5]), both: spans([3, 4]) },
    { what: 'several of one in one of the other', a: spans([0, 10]), b: spans([1, 2], [4, 12]), both: spans([1, 2], [4, 10]) },
    { what: 'across a gap', a: spans([0, 3], [5, 9]), b: spans([2, 6]), both: spans([2, 3], [5, 6]) },
  ])('have in common: $what', ({ a, b, both }) => {
    expect(overlapSpans(a, b)).toEqual(both)
    expect(overlapSpans(b, a)).toEqual(both)
  })

  it('hold the moments that they hold one by one', () => {
    fc.assert(
      fc.property(anySpans, anySpans, (a, b) => {
        const [inA, inB] = [moments(a), moments(b)]
        const common = overlapSpans(a, b)
        expect(moments(joinSpans(a))).toEqual(inA)
        expect(totalMs(a)).toBe(inA.size)
        expect(moments(common)).toEqual(new Set([...inA].filter((moment) => inB.has(moment))))
        // Joined once more they stay as they are.
        expect(joinSpans(common)).toEqual(common)
      }),
      { seed: 6, numRuns: 1000 },
    )
  })
})
