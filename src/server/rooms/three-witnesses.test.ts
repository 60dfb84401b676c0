import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { endOf, falseMutes, falseTellings, flaps, hiddenTold, leftOpen, presenceOf, untold } from './testing/judge.ts'
import { trueHistory, trueSteps } from './testing/true-history.ts'
import { testify, type Cast } from './testing/witnesses.ts'

/** Printed by fast-check with the path to what fails. */
const SEED = 20_263

const chance = fc.array(fc.nat(999), { minLength: 0, maxLength: 600, size: 'max' })

/** What is left to chance, from a list that shrinks; when it is used up, it goes on by itself. */
function drawing(numbers: readonly number[]): () => number {
  let at = 0
  return () => numbers[at++] ?? 0
}

function histories(cast: fc.Arbitrary<Cast>, runs: number, check: (seen: Awaited<ReturnType<typeof stage>>) => void): Promise<void> {
  return fc.assert(
    fc.asyncProperty(trueSteps, chance, cast, async (steps, numbers, who) => {
      check(await stage(steps, numbers, who))
    }),
    { numRuns: runs, seed: SEED },
  )
}

async function stage(steps: Parameters<typeof trueHistory>[1], numbers: readonly number[], cast: Cast) {
  const draw = drawing(numbers)
  const history = trueHistory('lobby', steps, draw)
  const testimony = await testify(history, cast, draw)
  return { history, testimony, ...endOf(history, testimony) }
}

const anybody: fc.Arbitrary<Cast> = fc.record({
  lost: fc.constantFrom(0, 3, 10),
  late: fc.constantFrom(0, 0, 6000, 25_000),
  observers: fc.constantFrom('always', 'visits', 'none'),
  sweeps: fc.constantFrom('often', 'seldom', 'none'),
})

describe('webhooks, observers and sweeps of the same room', () => {
  it('X3 tell each fact once, only what happened, all that was heard, and nothing flaps', async () => {
    await histories(anybody, 1000, ({ history, testimony }) => {
      const wrong = [falseTellings, falseMutes, hiddenTold, flaps, untold].flatMap((find) => find(history, testimony))
      expect([...wrong, ...leftOpen(testimony)]).toEqual([])
    })
  }, 60_000)

  it('X3 end as it happened where all webhooks arrive, whoever else is there', async () => {
    const cast = anybody.map((who): Cast => ({ ...who, lost: 0 }))
    await histories(cast, 500, ({ recorded, truth }) => {
      expect(presenceOf(recorded)).toEqual(presenceOf(truth))
    })
  }, 60_000)

  it('X3 end as it happened, to the last mute and name, while somebody observes, whatever webhooks arrive', async () => {
    const cast = anybody.map((who): Cast => ({ ...who, observers: 'always' }))
    await histories(cast, 500, ({ recorded, truth }) => {
      expect(recorded).toEqual(truth)
    })
  }, 60_000)
})
