import { describe, expect, it } from 'vitest'
import { noSignals, type Signals } from '../observe/signals.ts'
import { KEPT, see, stripOf, talkedFor, type SeenHistory } from './seen-history.ts'

const signals = (quality: readonly (readonly [string, 'excellent' | 'poor' | 'lost'])[], speaking: readonly string[] = []): Signals => ({
  ...noSignals,
  quality: new Map(quality),
  speaking: new Map(speaking.map((identity) => [identity, 0.5])),
})
const nobody: SeenHistory = new Map()

describe('X4 what this window has seen of somebody', () => {
  it('a quality is a span until another one; the same again changes nothing', () => {
    const first = see(nobody, signals([['bo', 'excellent']]), 1_000)
    expect(see(first, signals([['bo', 'excellent']]), 2_000)).toBe(first)
    const second = see(first, signals([['bo', 'lost']]), 4_000)
    expect(stripOf(second.get('bo') ?? { quality: [] }, 0, 5_000)).toEqual([
      { start: 0, share: 0.2, quality: null },
      { start: 0.2, share: 0.6, quality: 'excellent' },
      { start: 0.8, share: 0.2, quality: 'lost' },
    ])
  })

  it('speaking adds up, also while it goes on', () => {
    const spoke = see(see(nobody, signals([], ['bo']), 1_000), signals([]), 3_000)
    const speaks = see(spoke, signals([], ['bo']), 10_000).get('bo')
    expect(speaks === undefined ? 0 : talkedFor(speaks, 10_500)).toBe(2_500)
  })

  it('old signals are no news, and end what was heard', () => {
    const heard = see(nobody, signals([], ['bo']), 1_000)
    const later = see(heard, { ...signals([['bo', 'lost']], ['bo']), seenAt: 500 }, 2_000)
    expect(later.get('bo')).toEqual({ quality: [], talkMs: 1_000, speaksSince: null })
  })

  it('what is older than ten minutes goes', () => {
    let history = nobody
    for (let minute = 0; minute < 60; minute += 1)
      history = see(history, signals([['bo', minute % 2 ? 'poor' : 'excellent']]), minute * 60_000)
    const quality = history.get('bo')?.quality ?? []
    expect(quality.length).toBeLessThanOrEqual(KEPT / 60_000 + 2)
    const strip = stripOf({ quality }, 0, 60 * 60_000)
    expect(strip.reduce((sum, part) => sum + part.share, 0)).toBeCloseTo(1)
  })
})
