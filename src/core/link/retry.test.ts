import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createRetry, retryDelay } from './retry.ts'

describe('trying again', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('waits longer each time, with jitter, and never over 2 s', () => {
    expect([0, 1, 2, 3].map((attempt) => retryDelay(attempt, 0.5))).toEqual([250, 500, 1000, 2000])
    expect(retryDelay(0, 0)).toBe(125)
    expect(retryDelay(0, 1)).toBe(375)
    expect(retryDelay(99, 1)).toBe(2000)
  })

  it('tries once per schedule, and not after it was stopped', () => {
    const attempt = vi.fn()
    const retry = createRetry(attempt)
    retry.schedule()
    retry.schedule()
    vi.advanceTimersByTime(2_000)
    expect(attempt).toHaveBeenCalledTimes(1)
    retry.schedule()
    retry.stop()
    vi.advanceTimersByTime(2_000)
    expect(attempt).toHaveBeenCalledTimes(1)
  })
})
