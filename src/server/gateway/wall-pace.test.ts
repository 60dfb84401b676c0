import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createWallPace, type WallPace } from './wall-pace.ts'

let pace: WallPace
let sent: number[]

beforeEach(() => {
  vi.useFakeTimers()
  sent = []
  pace = createWallPace(() => {
    sent.push(performance.now())
    pace.sent()
  })
})
afterEach(() => {
  pace.stop()
  vi.useRealTimers()
})

/** Runs for so many ms, with something that changes every so often. */
function run(ms: number, everyMs: number, urgency: 'now' | 'along'): void {
  for (let at = 0; at < ms; at += everyMs) {
    pace.touch(urgency)
    vi.advanceTimersByTime(everyMs)
  }
}

describe('the pace of the wall', () => {
  it('tells at once what is urgent, also while what is not goes on all the time', () => {
    run(5000, 10, 'along')
    sent = []
    const at = performance.now()
    pace.touch('now')
    vi.advanceTimersByTime(1)
    expect(sent).toHaveLength(1)
    expect((sent[0] ?? 0) - at).toBeLessThanOrEqual(1)
  })

  it('tells what is not urgent within half a second, and sooner along with what is', () => {
    run(2000, 10, 'along')
    expect(sent.length).toBeGreaterThanOrEqual(4)
    sent = []
    pace.touch('along')
    pace.touch('now')
    vi.advanceTimersByTime(1)
    expect(sent).toHaveLength(1)
    vi.advanceTimersByTime(5000)
    expect(sent).toHaveLength(1)
  })

  it('tells four times a second where there is always something urgent', () => {
    run(10_000, 10, 'now')
    expect(sent.length).toBeGreaterThanOrEqual(39)
  })

  it('tells at most 4 times in any second, whatever comes when, and leaves nothing untold', () => {
    const touches = fc.array(fc.tuple(fc.integer({ min: 0, max: 400 }), fc.constantFrom('now' as const, 'along' as const)), {
      maxLength: 100,
    })
    fc.assert(
      fc.property(touches, (list) => {
        sent = []
        let last = 0
        for (const [wait, urgency] of list) {
          vi.advanceTimersByTime(wait)
          pace.touch(urgency)
          last = performance.now()
        }
        vi.advanceTimersByTime(1000)
        for (const at of sent) expect(sent.filter((other) => other >= at && other < at + 1000).length).toBeLessThanOrEqual(4)
        if (list.length > 0) expect(sent.at(-1)).toBeGreaterThanOrEqual(last)
      }),
      { numRuns: 300 },
    )
  })
})
