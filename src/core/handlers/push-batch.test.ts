import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Push } from '#shared/contract/ipc.ts'
import { createPushBatch } from './push-batch.ts'

describe('pushes to a window', () => {
  let batches: number[][]
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'setImmediate', 'performance'] })
    batches = []
  })
  afterEach(() => void vi.useRealTimers())
  const push = (at: number): Push => ({ name: 'presence_changed', payload: { room: 'lobby', at, speaking: [], quality: [] } })
  const deliver = (pushes: readonly Push[]) =>
    void batches.push(pushes.map(({ name, payload }) => (name === 'presence_changed' ? payload.at : Number.NaN)))

  it('go out at once, then together once a frame, in order', () => {
    const batch = createPushBatch(deliver)
    batch.add(push(1))
    batch.add(push(2))
    expect(batches).toEqual([])
    vi.advanceTimersByTime(0)
    expect(batches).toEqual([[1, 2]])
    batch.add(push(3))
    vi.advanceTimersByTime(10)
    batch.add(push(4))
    vi.advanceTimersByTime(5)
    expect(batches).toHaveLength(1)
    vi.advanceTimersByTime(1)
    expect(batches).toEqual([
      [1, 2],
      [3, 4],
    ])
    vi.advanceTimersByTime(16)
    batch.add(push(5))
    vi.advanceTimersByTime(0)
    expect(batches.at(-1)).toEqual([5])
  })

  it('are withdrawn where something newer says the same', () => {
    const batch = createPushBatch(deliver)
    batch.add(push(1))
    batch.add(push(2))
    batch.withdraw((waiting) => waiting.name === 'presence_changed' && waiting.payload.at === 1)
    vi.advanceTimersByTime(0)
    expect(batches).toEqual([[2]])
  })

  it('stop with the window', () => {
    const batch = createPushBatch(deliver)
    batch.add(push(1))
    batch.close()
    batch.add(push(2))
    vi.advanceTimersByTime(100)
    expect(batches).toEqual([])
  })
})
