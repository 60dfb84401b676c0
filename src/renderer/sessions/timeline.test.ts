import { describe, expect, it } from 'vitest'
import { observedShare } from './observed-share.ts'
import { groupStays, pathOf, percentOf, populationPath, ticksOf, within, type Stay } from './timeline.ts'

const MINUTE = 60_000
const frame = { from: 0, to: 100 }

function stay(identity: string, joinedAt: number, name = identity): Stay {
  const base = {
    sid: `${identity}${joinedAt}`,
    room: 'lobby',
    roomSid: 'RM',
    leftAt: joinedAt + 5,
    reconnects: 0,
    talkMs: null,
    observedMs: 0,
  }
  return { ...base, identity, name, joinedAt, quality: {}, spoke: [] }
}

describe('a timeline', () => {
  it('has a line a person, who came first on top, under the last name they had', () => {
    const lines = groupStays([stay('bo', 30), stay('ada', 20, 'Ada L.'), stay('ada', 10), stay('ada', 40, ' ')])
    expect(lines.map(({ identity, name, stays }) => [identity, name, stays.map(({ joinedAt }) => joinedAt)])).toEqual([
      ['ada', 'Ada L.', [10, 20, 40]],
      ['bo', 'bo', [30]],
    ])
  })

  it('keeps of a span what lies inside', () => {
    const parts = [
      { from: 0, to: 15 },
      { from: 18, to: 19 },
      { from: 30, to: 99 },
      { from: 50, to: 60 },
    ]
    expect(within({ from: 10, to: 40 }, parts)).toEqual([
      { from: 10, to: 15 },
      { from: 18, to: 19 },
      { from: 30, to: 40 },
    ])
  })

  it('draws what is short so that it is seen, and nothing beyond its frame', () => {
    expect(pathOf([{ from: 10, to: 20 }], frame)).toBe('M100 0H200V10H100Z')
    expect(pathOf([{ from: 99.99, to: 200 }], frame)).toBe('M999.9 0H1000V10H999.9Z')
    expect(pathOf([{ from: 10, to: 10 }], frame)).toBe('M100 0H101.2V10H100Z')
    expect(pathOf([{ from: 1, to: 2 }], { from: 5, to: 5 })).toBe('')
  })

  it('climbs the population in steps', () => {
    const points = [
      { at: 0, online: 1 },
      { at: 50, online: 2 },
    ]
    expect(populationPath(points, frame, 2)).toBe('M0 100H0V50H500V0H1000V100Z')
    expect(populationPath([], frame, 2)).toBe('')
  })

  it.each([
    [10 * MINUTE, 2 * MINUTE],
    [2 * 60 * MINUTE, 15 * MINUTE],
    [3 * 24 * 60 * MINUTE, 12 * 60 * MINUTE],
    [90 * 24 * 60 * MINUTE, 12 * 24 * 60 * MINUTE],
  ])('writes round times below %i ms', (length, step) => {
    const from = new Date(2026, 4, 4, 9, 58).getTime()
    const ticks = ticksOf({ from, to: from + length }, 8)
    expect(ticks.length).toBeLessThanOrEqual(9)
    expect(ticks.slice(1).map((at, index) => at - (ticks[index] ?? 0))).toEqual(ticks.slice(1).map(() => step))
    expect(ticks[0]).toBeGreaterThanOrEqual(from)
  })

  it('places a moment in its frame', () => {
    expect([-5, 25, 300].map((at) => percentOf(at, frame))).toEqual([0, 25, 100])
    expect(percentOf(5, { from: 5, to: 5 })).toBe(0)
  })
})

describe('what was observed of a session', () => {
  const session = {
    sid: '',
    room: '',
    startedAt: 0,
    endedAt: 1000,
    peak: 0,
    people: 0,
    joins: 0,
    averageStayMs: null,
    talkMs: 0,
    observedMs: 999,
  }
  it('is all of it only where nothing lacks', () => {
    expect(observedShare(session, 0)).toBe(99)
    expect(observedShare({ ...session, observedMs: 1000 }, 0)).toBe(100)
    expect(observedShare({ ...session, endedAt: null }, 2000)).toBe(49)
    expect(observedShare({ ...session, endedAt: 0 }, 2000)).toBe(0)
  })
})
