import { describe, expect, it } from 'vitest'
import { briefMark, marksAloud, marksOnHover, wholeMark } from './describe-marks.ts'

const NOW = Date.UTC(2026, 4, 4, 10, 11, 12)
const bad = { rule: 'bad_connections', since: NOW - 61_000, why: '2 people have a poor or lost connection.' }
const banned = { rule: 'banned_attempt', since: NOW - 2_000, why: 'a banned person tried to come in' }
const newer = { rule: 'new_rule', since: NOW - 7_200_000, why: 'something else' }

describe('what is told of a mark', () => {
  it('few words on a tile: of a known rule its name, else the reason itself', () => {
    expect([bad, banned, newer].map(briefMark)).toEqual(['Bad connections', 'Banned attempt', 'something else'])
  })

  it('in full why and since when', () => {
    expect([bad, banned, newer].map((mark) => wholeMark(mark, NOW))).toEqual([
      '2 people have a poor or lost connection, since 1 min ago',
      'a banned person tried to come in, just now',
      'something else, since 2 h ago',
    ])
  })

  it('all of them with the most severe first, aloud in one sentence, on the hover with the time in UTC', () => {
    expect(marksAloud([newer, bad, banned], NOW)).toBe(
      'Wants attention: a banned person tried to come in, just now; 2 people have a poor or lost connection, since 1 min ago; something else, since 2 h ago',
    )
    expect(marksOnHover([bad, banned], NOW)).toBe(
      [
        'a banned person tried to come in, just now (2026-05-04 10:11:10 UTC)',
        '2 people have a poor or lost connection, since 1 min ago (2026-05-04 10:10:11 UTC)',
      ].join('\n'),
    )
  })
})
