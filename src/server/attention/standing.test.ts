import { describe, expect, it } from 'vitest'
import { settle, type Finding, type Standing } from './standing.ts'

const mark = { rule: 'alone', since: 1000, why: 'alone' }
const holds: Finding = { kind: 'holds', since: 1000, why: 'alone', next: null }
const gone = (at: number, next: number | null = null): Finding => ({ kind: 'gone', at, next })
const on = (more: Partial<Standing> = {}): Standing => ({ mark, turnedAt: 20_000, goneSince: null, ...more })
const off = (turnedAt: number): Standing => ({ mark: null, turnedAt, goneSince: null })

describe('a mark that lasts', () => {
  it.each<readonly [string, Standing | undefined, Finding, number, Standing | undefined, number | null]>([
    ['comes with its cause', undefined, holds, 20_000, on(), null],
    ['does not come with what lingers', undefined, { kind: 'lingers', why: 'alone', next: 7 }, 20_000, undefined, 7],
    [
      'stays with what lingers, which may say it anew',
      on(),
      { kind: 'lingers', why: 'b', next: 7 },
      30_000,
      on({ mark: { ...mark, why: 'b' } }),
      7,
    ],
    ['keeps the since it came with', on(), { ...holds, since: 9000 }, 30_000, on(), null],
    ['stays for 10 s after its cause is gone', on(), gone(30_000), 39_999, on({ goneSince: 30_000 }), 40_000],
    ['stays since the first moment without cause', on({ goneSince: 30_000 }), gone(35_000), 39_999, on({ goneSince: 30_000 }), 40_000],
    ['is looked at before that where a cause may come', on(), gone(30_000, 33_000), 31_000, on({ goneSince: 30_000 }), 33_000],
    ['goes then', on({ goneSince: 30_000 }), gone(35_000), 40_000, off(40_000), null],
    [
      'stays for 10 s at the least, though its cause was gone before it came',
      on(),
      gone(15_000),
      29_999,
      on({ goneSince: 15_000 }),
      30_000,
    ],
    ['is as before when its cause is back', on({ goneSince: 30_000 }), holds, 35_000, on(), null],
    ['does not come back for 10 s', off(40_000), holds, 49_999, off(40_000), 50_000],
    ['is looked at before that where its cause may go', off(40_000), { ...holds, next: 45_000 }, 41_000, off(40_000), 45_000],
    ['comes back after that', off(40_000), holds, 50_000, on({ turnedAt: 50_000 }), null],
    ['is forgotten after that', off(40_000), gone(30_000), 50_000, undefined, null],
  ])('%s', (_says, standing, finding, now, expected, due) => {
    for (const rule of ['alone', 'bad_connections', 'unconfirmed'] as const) {
      const of = (each: Standing | undefined) => each && { ...each, mark: each.mark && { ...each.mark, rule } }
      expect(settle(rule, of(standing), finding, now)).toEqual({ standing: of(expected), due })
    }
  })
})

describe('a mark of what happens', () => {
  it('of attempts goes when their time is over and comes at once; that of a burst stays for 10 s', () => {
    for (const rule of ['banned_attempt', 'measure_evaded'] as const) {
      expect(settle(rule, on(), gone(30_000), 30_000).standing?.mark).toBeNull()
      expect(settle(rule, off(30_000), holds, 30_000).standing?.mark).toMatchObject({ rule })
    }
    expect(settle('join_burst', on(), gone(30_000), 39_999).standing?.mark).not.toBeNull()
    expect(settle('join_burst', off(30_000), holds, 30_000).standing?.mark).toMatchObject({ rule: 'join_burst' })
  })
})
