import { describe, expect, it } from 'vitest'
import { createServiceHealth } from './service-health.ts'

describe('the health of the service', () => {
  it('tells the worst trouble, and is ready where what the store knows is only being compared with LiveKit', () => {
    const health = createServiceHealth(() => 5)
    expect(health.notReady()).toBeNull()
    health.raise('checking', 'reads the rooms')
    expect(health.status()).toEqual({ state: 'degraded', since: 5, why: 'reads the rooms' })
    expect(health.notReady()).toBeNull()
    for (const trouble of ['reading', 'livekit', 'store'] as const) {
      health.raise(trouble, trouble)
      expect(health.notReady()).toBe(trouble)
    }
    for (const trouble of ['store', 'livekit', 'reading'] as const) health.clear(trouble)
    expect(health.notReady()).toBeNull()
    health.clear('checking')
    expect(health.status().state).toBe('ok')
  })
})
