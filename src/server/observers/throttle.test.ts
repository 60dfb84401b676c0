import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createThrottle } from './throttle.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

function start() {
  const runs: number[] = []
  const begun = performance.now()
  const throttle = createThrottle(500, () => runs.push(performance.now() - begun))
  return { runs, ...throttle }
}

it('what is touched once is done at once', () => {
  const { touch, runs } = start()
  touch()
  expect(runs).toEqual([0])
  vi.advanceTimersByTime(5000)
  touch()
  expect(runs).toEqual([0, 5000])
})

it('what is touched again and again is done no more often than it may, and the last touch is not forgotten', () => {
  const { touch, runs } = start()
  for (let tick = 0; tick < 12; tick += 1) {
    touch()
    vi.advanceTimersByTime(100)
  }
  vi.advanceTimersByTime(5000)
  expect(runs).toEqual([0, 500, 1000, 1500])
})

it('the pace is kept also when the clock was set back by an hour', () => {
  const { touch, runs } = start()
  touch()
  vi.setSystemTime(Date.now() - 3_600_000)
  touch()
  vi.advanceTimersByTime(500)
  expect(runs).toHaveLength(2)
})

it('nothing is done after the end', () => {
  const { touch, stop, runs } = start()
  touch()
  touch()
  stop()
  vi.advanceTimersByTime(5000)
  expect(runs).toEqual([0])
  expect(vi.getTimerCount()).toBe(0)
})
