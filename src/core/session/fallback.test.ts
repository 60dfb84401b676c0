import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createFallback, REREAD_MS } from './fallback.ts'

describe('S4.7 while nothing is pushed', () => {
  const read = vi.fn(async () => undefined)
  beforeEach(() => {
    vi.useFakeTimers()
    read.mockClear()
  })
  afterEach(() => void vi.useRealTimers())

  it('the rooms are read after a moment, then every 60 s, however often the link fails', async () => {
    const fallback = createFallback(read)
    fallback.begin()
    fallback.begin()
    await vi.advanceTimersByTimeAsync(5_000)
    expect(read).toHaveBeenCalledTimes(1)
    fallback.begin()
    await vi.advanceTimersByTimeAsync(REREAD_MS)
    expect(read).toHaveBeenCalledTimes(2)
  })

  it('nothing is read once the link is back, also when a reading was under way', async () => {
    const answer = Promise.withResolvers<undefined>()
    read.mockImplementationOnce(() => answer.promise)
    const fallback = createFallback(read)
    fallback.begin()
    await vi.advanceTimersByTimeAsync(5_000)
    fallback.end()
    answer.resolve(undefined)
    await vi.advanceTimersByTimeAsync(10 * REREAD_MS)
    expect(read).toHaveBeenCalledTimes(1)
    expect(vi.getTimerCount()).toBe(0)
  })
})
