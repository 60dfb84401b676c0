import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sumUpTalk } from './talk.ts'

const whole = { wholeSince: -Infinity }
const stay = { from: 0, to: 100 }

const time = fc.integer({ min: 0, max: 200 })
const span = fc.record({ from: time, to: time })
const spans = fc.array(span, { maxLength: 15 })

describe('how much somebody spoke', () => {
  it.each([
    {
      what: 'S2.6 is so much of what was observed, not of the stay',
      known: { stay, observed: [{ from: 20, to: 60 }], spoke: [{ from: 30, to: 40 }], ...whole },
      talk: { presentMs: 100, observedMs: 40, speakingMs: 10, observedShare: 0.4, talkShare: 0.25 },
    },
    {
      what: 'is not known of who was never observed',
      known: { stay, observed: [{ from: 200, to: 300 }], spoke: [{ from: 30, to: 40 }], ...whole },
      talk: { presentMs: 100, observedMs: 0, speakingMs: 0, observedShare: 0, talkShare: null },
    },
    {
      what: 'is nothing for who was observed and silent',
      known: { stay, observed: [stay], spoke: [], ...whole },
      talk: { presentMs: 100, observedMs: 100, speakingMs: 0, observedShare: 1, talkShare: 0 },
    },
    {
      what: 'has no shares for who has only just come',
      known: { stay: { from: 50, to: 50 }, observed: [stay], spoke: [], ...whole },
      talk: { presentMs: 0, observedMs: 0, speakingMs: 0, observedShare: null, talkShare: null },
    },
    {
      what: 'counts what two observers saw at a handover once',
      known: {
        stay,
        observed: [
          { from: 0, to: 60 },
          { from: 50, to: 100 },
        ],
        spoke: [
          { from: 40, to: 60 },
          { from: 50, to: 70 },
        ],
        ...whole,
      },
      talk: { presentMs: 100, observedMs: 100, speakingMs: 30, observedShare: 1, talkShare: 0.3 },
    },
    {
      what: 'leaves out, on both sides, what is forgotten in part',
      known: { stay, observed: [stay], spoke: [{ from: 60, to: 80 }], wholeSince: 60 },
      talk: { presentMs: 100, observedMs: 40, speakingMs: 20, observedShare: 0.4, talkShare: 0.5 },
    },
    {
      what: 'ends where the stay ended',
      known: { stay, observed: [{ from: -50, to: 150 }], spoke: [{ from: 90, to: 120 }], ...whole },
      talk: { presentMs: 100, observedMs: 100, speakingMs: 10, observedShare: 1, talkShare: 0.1 },
    },
  ])('$what', ({ known, talk }) => {
    expect(sumUpTalk(known)).toEqual(talk)
  })

  it('has shares between 0 and 1, speaking within what was observed within the stay, and the same in any order', () => {
    fc.assert(
      fc.property(span, spans, spans, fc.oneof(fc.constant(-Infinity), time), (someStay, observed, spoke, wholeSince) => {
        const known = { stay: someStay, observed, spoke, wholeSince }
        const talk = sumUpTalk(known)
        const { presentMs, observedMs, speakingMs, observedShare, talkShare } = talk
        expect(0 <= speakingMs && speakingMs <= observedMs && observedMs <= presentMs).toBe(true)
        for (const share of [observedShare, talkShare]) expect(share === null || (share >= 0 && share <= 1)).toBe(true)
        expect(talkShare === null).toBe(observedMs === 0)
        expect(sumUpTalk({ ...known, observed: observed.toReversed(), spoke: spoke.toReversed() })).toEqual(talk)
        // Telling something twice changes nothing.
        expect(sumUpTalk({ ...known, observed: [...observed, ...observed], spoke: [...spoke, ...spoke] })).toEqual(talk)
      }),
      { seed: 6, numRuns: 1000 },
    )
  })
})
