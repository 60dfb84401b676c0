import { describe, expect, it } from 'vitest'
import { createMemoryHistory, type HistoryLimits } from './memory-history.ts'

const limits: HistoryLimits = { intervals: 3, qualities: 2, entries: 6, observed: 2 }

/** A history of rooms that are all live, or of no others than those given. */
function open({ live, ...more }: Partial<HistoryLimits> & { live?: ReadonlySet<string> } = {}) {
  const history = createMemoryHistory(({ sid }) => live?.has(sid) ?? true, { ...limits, ...more })
  const room = { name: 'lobby', sid: 'RM_1' }
  return {
    observed: (from: number, to: number) => history.sink({ kind: 'observed', room, from, to }),
    spoke: (sid: string, from: number, to: number, peak = 0.5) =>
      history.sink({ kind: 'spoke', room, participant: { identity: sid, sid }, from, to, peak }),
    quality: (sid: string, at: number, quality: 'good' | 'poor' | 'unknown') =>
      history.sink({ kind: 'quality_changed', room, participant: { identity: sid, sid }, at, quality }),
    of: (sid: string, from = 0, to = 100) => history.of('RM_1', sid, { from, to }),
    forget: () => history.forget('RM_1'),
  }
}

const nothing = { presentMs: 100, observedMs: 0, speakingMs: 0, observedShare: 0, talkShare: null, intervals: [], quality: [] }

describe('the history in memory', () => {
  it('S2.6 tells how much somebody spoke of what was observed of their stay, and when', () => {
    const history = open()
    history.observed(20, 60)
    history.spoke('ana', 30, 40)
    history.spoke('ben', 30, 60)
    expect(history.of('ana')).toEqual({
      presentMs: 100,
      observedMs: 40,
      speakingMs: 10,
      observedShare: 0.4,
      talkShare: 0.25,
      intervals: [{ from: 30, to: 40, peak: 0.5 }],
      quality: [],
    })
    expect(history.of('cleo')).toMatchObject({ observedMs: 40, speakingMs: 0, talkShare: 0, intervals: [] })
  })

  it('takes what is told again for the same', () => {
    const history = open({ intervals: 1, observed: 1 })
    for (const to of [10, 20, 30]) {
      history.observed(0, to)
      history.spoke('ana', 5, to, to / 100)
    }
    expect(history.of('ana')).toMatchObject({ observedMs: 30, speakingMs: 25, intervals: [{ from: 5, to: 30, peak: 0.3 }] })
  })

  it('X4 keeps the changes of quality, and passes over one that is what it was before the observer came back', () => {
    const history = open({ qualities: 9 })
    history.quality('ana', 1, 'good')
    history.quality('ana', 2, 'good')
    history.quality('ana', 3, 'unknown')
    history.quality('ana', 4, 'poor')
    expect(history.of('ana').quality).toEqual([
      { at: 1, quality: 'good' },
      { at: 3, quality: 'unknown' },
      { at: 4, quality: 'poor' },
    ])
  })

  it('keeps nothing of an audience that never publishes, however large, so that it drives nothing else out', () => {
    const history = open()
    history.observed(0, 100)
    history.spoke('ana', 0, 50)
    history.quality('ana', 10, 'good')
    for (let index = 0; index < 100; index += 1) history.quality(`viewer ${index}`, 60, 'unknown')
    expect(history.of('ana')).toMatchObject({ observedMs: 100, speakingMs: 50, quality: [{ at: 10 }] })
    expect(history.of('viewer 1')).toMatchObject({ observedMs: 100, speakingMs: 0, quality: [] })
  })

  it('drops the oldest of somebody who has too many, and then takes no time before for observed', () => {
    const history = open()
    history.observed(0, 100)
    for (const from of [10, 30, 50, 70]) history.spoke('ana', from, from + 10)
    for (const [at, quality] of [
      [1, 'good'],
      [2, 'poor'],
      [3, 'good'],
    ] as const)
      history.quality('ana', at, quality)
    expect(history.of('ana')).toMatchObject({ observedMs: 80, speakingMs: 30, quality: [{ at: 2 }, { at: 3 }] })
    expect(history.of('ana').intervals.map(({ from }) => from)).toEqual([30, 50, 70])
    // Of another one nothing is forgotten.
    expect(history.of('ben')).toMatchObject({ observedMs: 100, talkShare: 0 })
  })

  it('drops the oldest of a room that has too much, whosever it is, and then takes no time before for observed', () => {
    const history = open()
    history.observed(0, 100)
    history.spoke('ana', 30, 40)
    history.spoke('ben', 10, 20)
    history.spoke('ana', 50, 60)
    for (const who of ['cleo', 'dora', 'emil']) history.quality(who, 50, 'good')
    expect(history.of('ben')).toMatchObject({ observedMs: 100, speakingMs: 10 })
    history.quality('fritz', 60, 'good')
    expect(history.of('ben')).toMatchObject({ observedMs: 80, speakingMs: 0, intervals: [] })
    expect(history.of('ana')).toMatchObject({ observedMs: 80, speakingMs: 20 })
    expect(history.of('cleo').quality).toHaveLength(1)
    // Where only changes of quality go, nothing of the speaking is lost.
    for (const who of ['gina', 'hans']) history.quality(who, 70, 'good')
    expect(history.of('ana')).toMatchObject({ observedMs: 60, speakingMs: 10 })
  })

  it('drops the oldest spans in which the room was observed, and what was spoken in them counts no more', () => {
    const history = open()
    for (const from of [0, 20, 40]) {
      history.observed(from, from + 10)
      history.spoke('ana', from, from + 5)
    }
    expect(history.of('ana')).toMatchObject({ observedMs: 20, speakingMs: 10, talkShare: 0.5 })
  })

  it('holds no more than it may, whatever comes', () => {
    const history = open({ entries: 50 })
    const names = Array.from({ length: 40 }, (_, index) => `p${index}`)
    for (let at = 0; at < 20_000; at += 10) {
      const name = names[((at / 10) * 7) % names.length] ?? ''
      history.observed(at, at + 3)
      history.spoke(name, at, at + 5)
      history.quality(name, at, at % 800 < 400 ? 'good' : 'poor')
    }
    const kept = names.map((name) => history.of(name))
    expect(kept.reduce((sum, { intervals, quality }) => sum + intervals.length + quality.length, 0)).toBeLessThanOrEqual(50)
    expect(Math.max(...kept.map(({ intervals }) => intervals.length))).toBeLessThanOrEqual(3)
    expect(Math.max(...kept.map(({ quality }) => quality.length))).toBeLessThanOrEqual(2)
    expect(history.of('p0', 0, 20_000).observedMs).toBeLessThanOrEqual(6)
  })

  it('forgets a session that ended, and what an observer tells of it after that', () => {
    const live = new Set(['RM_1'])
    const history = open({ live })
    history.observed(0, 50)
    history.spoke('ana', 0, 50)
    live.delete('RM_1')
    history.forget()
    history.observed(0, 60)
    history.spoke('ana', 0, 60)
    expect(history.of('ana')).toEqual(nothing)
  })
})
