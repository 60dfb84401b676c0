import { describe, expect, it } from 'vitest'
import { formatAge, formatRunning, formatSpan, formatTick, formatUtc, hueOf, initialsOf } from './format.ts'

describe('format', () => {
  it.each([
    [-5, '0:00'],
    [7_000, '0:07'],
    [754_000, '12:34'],
    [11_045_000, '3:04:05'],
    [187_200_000, '2 d 4 h'],
  ])('a running time of %i ms reads %s', (ms, text) => expect(formatRunning(ms)).toBe(text))

  it.each([
    [-5, '0 s'],
    [40_000, '40 s'],
    [754_000, '12 min'],
    [11_045_000, '3 h 04'],
    [187_200_000, '2 d 4 h'],
  ])('a span of %i ms reads %s', (ms, text) => expect(formatSpan(ms)).toBe(text))

  it('an axis names the day at midnight, so that several days can be told apart, and else the time', () => {
    expect(formatTick(new Date(2026, 4, 4, 0, 0).getTime())).toMatch(/4/)
    expect(formatTick(new Date(2026, 4, 4, 0, 0).getTime())).not.toContain(':')
    expect(formatTick(new Date(2026, 4, 4, 18, 30).getTime())).toBe('18:30')
  })

  it.each([
    [-5, 'now'],
    [4_999, 'now'],
    [12_400, '10 s'],
    [250_000, '4 min'],
    [7_300_000, '2 h'],
    [172_800_000, '2 d'],
  ])('an age of %i ms reads %s', (ms, text) => expect(formatAge(ms)).toBe(text))

  it.each([
    ['Ana Lopez', 'AL'],
    ['bo', 'B'],
    ['user-4711', 'U4'],
    ['👩‍🚀 Space', '👩‍🚀S'],
    ['__proto__', 'P'],
    ['سارة علي', 'سع'],
    ['', '?'],
    ['  ', '?'],
  ])('the initials of %j are %s', (name, initials) => expect(initialsOf(name)).toBe(initials))

  it('a person keeps a colour', () => {
    expect(hueOf('ana')).toBe(hueOf('ana'))
    expect(hueOf('ana')).not.toBe(hueOf('bo'))
  })

  it('a time on hover is UTC', () => expect(formatUtc(Date.UTC(2026, 4, 4, 10, 11, 12))).toBe('2026-05-04 10:11:12 UTC'))
})
