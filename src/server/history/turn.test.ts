import { describe, expect, it } from 'vitest'
import { fallSilent, isOver, PAUSE_MS, speakOn, spokenIn, type Turn } from './turn.ts'

const heard: Turn = { from: 1000, silentSince: null, peak: 0.5 }
const paused: Turn = { from: 1000, silentSince: 3000, peak: 0.5 }

describe('a turn', () => {
  it.each([
    { what: 'begins', turn: null, level: 0.3, next: { from: 4000, silentSince: null, peak: 0.3 } },
    { what: 'goes on softer', turn: heard, level: 0.3, next: heard },
    { what: 'goes on louder', turn: heard, level: 0.8, next: { ...heard, peak: 0.8 } },
    { what: 'goes on after a pause', turn: paused, level: 0.3, next: heard },
  ])('$what', ({ turn, level, next }) => {
    expect(speakOn(turn, 4000, level)).toEqual(next)
  })

  it('falls silent once: that is told again when somebody mutes in a pause', () => {
    expect(fallSilent(heard, 3000)).toEqual(paused)
    expect(fallSilent(paused, 3400)).toEqual(paused)
  })

  it('is over when the silence has been more than a pause', () => {
    expect(isOver(paused, 3000 + PAUSE_MS - 1)).toBe(false)
    expect(isOver(paused, 3000 + PAUSE_MS)).toBe(true)
    expect(isOver(heard, 1_000_000)).toBe(false)
  })

  it.each([
    { what: 'lasts until now while they are heard', turn: heard, at: 5000, earliest: 0, span: { from: 1000, to: 5000 } },
    { what: 'ended when they fell silent', turn: paused, at: 5000, earliest: 0, span: { from: 1000, to: 3000 } },
    { what: 'is a tick long at least', turn: heard, at: 1100, earliest: 0, span: { from: 700, to: 1100 } },
    { what: 'does not begin before they were seen', turn: heard, at: 1100, earliest: 900, span: { from: 900, to: 1100 } },
  ])('$what', ({ turn, at, earliest, span }) => {
    expect(spokenIn(turn, at, earliest)).toEqual(span)
  })
})
