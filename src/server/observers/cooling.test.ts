import { describe, expect, it } from 'vitest'
import { createCooling } from './cooling.ts'
import type { ObserverEndKind } from './room-observer.ts'

/** `random` from 0 to 1. */
function start(random = 0) {
  let now = 1000
  const cooling = createCooling(
    () => now,
    () => random,
  )
  /** For how long, ms, a room is left alone from now on. */
  function pauseOf(is: () => boolean): number {
    const from = now
    while (is() && now - from < 3_600_000) now += 250
    return now - from
  }
  return { cooling, pass: (ms: number) => void (now += ms), pauseOf }
}

/** How long each pause is, s, when it ends in the same way again and again. */
function pauses(kind: ObserverEndKind, count: number, random = 0): number[] {
  const { cooling, pauseOf } = start(random)
  return Array.from({ length: count }, () => {
    cooling.ended('a', kind, 0)
    return pauseOf(() => cooling.isCooling('a')) / 1000
  })
}

describe('X2 a room whose observer is out', () => {
  it('is left alone for longer each time, up to a limit', () => {
    expect(pauses('lost', 8)).toEqual([0.5, 1, 2, 4, 8, 16, 30, 30])
    expect(pauses('removed', 6)).toEqual([60, 120, 240, 480, 900, 900])
    expect(pauses('not_live', 6)).toEqual([5, 10, 20, 40, 60, 60])
    expect(pauses('other_session', 6)).toEqual([2, 4, 8, 16, 30, 30])
  })

  it('for never less than that, and up to half as long again, so that those that ended together do not come back together', () => {
    expect(pauses('lost', 3, 0.999)).toEqual([0.75, 1.5, 3])
    expect(pauses('removed', 1, 0.999)).toEqual([90])
    expect(pauses('lost', 2000, 0.999).at(-1)).toBe(45)
  })

  it('because it ended is not left alone at all, and what was before is forgotten', () => {
    const { cooling, pauseOf } = start()
    for (let time = 0; time < 5; time += 1) cooling.ended('a', 'lost', 0)
    cooling.ended('a', 'over', 0)
    expect(cooling.isCooling('a')).toBe(false)
    cooling.ended('a', 'lost', 0)
    expect(pauseOf(() => cooling.isCooling('a'))).toBe(500)
  })

  it('begins anew after a visit that lasted', () => {
    const { cooling, pauseOf } = start()
    for (let time = 0; time < 5; time += 1) cooling.ended('a', 'lost', 29_999)
    expect(pauseOf(() => cooling.isCooling('a'))).toBe(8000)
    cooling.ended('a', 'lost', 30_000)
    expect(pauseOf(() => cooling.isCooling('a'))).toBe(500)
  })

  it('concerns that room alone, and is let go of when it is long over', () => {
    const { cooling, pass, pauseOf } = start()
    expect(cooling.ended('a', 'removed', 0)).toBe(false)
    expect([cooling.isCooling('b'), cooling.isShut()]).toEqual([false, false])
    pass(61_000)
    cooling.forget()
    cooling.ended('a', 'removed', 0)
    expect(pauseOf(() => cooling.isCooling('a'))).toBe(120_000)
    pass(31 * 60_000)
    cooling.forget()
    cooling.ended('a', 'removed', 0)
    expect(pauseOf(() => cooling.isCooling('a'))).toBe(60_000)
  })
})

describe('X2 where LiveKit lets nobody in', () => {
  it.each([
    ['refused', [60, 120, 240, 480, 600, 600]],
    ['busy', [5, 10, 20, 40, 60, 60]],
  ] as const)('%s: all rooms are left alone, for longer each time', (kind, expected) => {
    const { cooling, pauseOf } = start()
    const found = expected.map(() => {
      expect(cooling.ended('a', kind, 0)).toBe(true)
      expect(cooling.isCooling('a')).toBe(false)
      return pauseOf(() => cooling.isShut()) / 1000
    })
    expect(found).toEqual(expected)
  })

  it('those that were on their way and are told the same make it no longer', () => {
    const { cooling, pass, pauseOf } = start()
    cooling.ended('a', 'refused', 0)
    pass(1000)
    for (let time = 0; time < 20; time += 1) expect(cooling.ended(`b${time}`, 'refused', 0)).toBe(true)
    expect(pauseOf(() => cooling.isShut())).toBe(59_000)
    cooling.ended('a', 'refused', 0)
    expect(pauseOf(() => cooling.isShut())).toBe(120_000)
  })

  it('is over as soon as one is let in', () => {
    const { cooling, pauseOf } = start()
    cooling.ended('a', 'refused', 0)
    cooling.joined()
    expect(cooling.isShut()).toBe(false)
    cooling.ended('a', 'refused', 0)
    expect(pauseOf(() => cooling.isShut())).toBe(60_000)
  })
})
