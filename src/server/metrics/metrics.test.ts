import { describe, expect, it } from 'vitest'
import { createMemoryRoomStore } from '#server/rooms/memory-room-store.ts'
import { openLiveRooms } from '#server/rooms/live-rooms.ts'
import { createLogLag } from './log-lag.ts'
import { meterStore } from './meter-store.ts'
import { createMetrics } from './metrics.ts'

describe('the metrics', () => {
  it('counts each thing once, in Prometheus’ text form, with Node’s own beside it', async () => {
    const metrics = createMetrics()
    metrics.webhook('participant_joined', 'stored')
    metrics.webhook('participant_joined', 'stored')
    metrics.webhook(null, 'refused')
    metrics.sweep(120, 'ok')
    metrics.drift(3)
    metrics.tokenRequest('rate_limited')
    metrics.slowConsumer('sse')
    metrics.loginFailed()
    const text = await metrics.read()
    for (const line of [
      'usher_webhooks_total{type="participant_joined",result="stored"} 2',
      'usher_webhooks_total{type="other",result="refused"} 1',
      'usher_sweep_seconds_bucket{le="0.1"} 0',
      'usher_sweep_seconds_bucket{le="0.25"} 1',
      'usher_sweeps_total{result="ok"} 1',
      'usher_drift_total 3',
      'usher_token_requests_total{result="rate_limited"} 1',
      'usher_slow_consumers_total{transport="sse"} 1',
      'usher_login_failures_total 1',
      'usher_damaged_entries_total 0',
      'usher_rate_limit_fail_open_total 0',
    ])
      expect(text.split('\n')).toContain(line)
    expect(text).toMatch(/^process_cpu_seconds_total /m)
    expect(text).toMatch(/^nodejs_eventloop_lag_seconds /m)
    expect(metrics.contentType).toMatch(/^text\/plain; version=0\.0\.4/)
  })

  it('lets nobody who signs webhooks add series', async () => {
    const metrics = createMetrics()
    for (const type of ['agent_job_started', '__proto__', 'constructor', 'x"} 1\nusher_fake 1']) metrics.webhook(type, 'ignored')
    const lines = (await metrics.read()).split('\n').filter((line) => line.startsWith('usher_webhooks_total{'))
    // The series that are there from the start, and no other.
    const counts = ['stored"} 0', 'ignored"} 4', 'refused"} 0', 'unavailable"} 0']
    expect(lines).toEqual(counts.map((count) => `usher_webhooks_total{type="other",result="${count}`))
  })

  it('reads what is watched at each scrape, also a counter, and shows nothing that has no source', async () => {
    const metrics = createMetrics()
    let commands = 5
    metrics.watch({ usher_redis_commands_total: () => commands, usher_rooms: () => 7 })
    expect(await metrics.read()).toContain('usher_redis_commands_total 5\n')
    commands = 8
    const text = await metrics.read()
    expect(text).toContain('usher_redis_commands_total 8\n')
    expect(text).toContain('usher_rooms 7\n')
    expect(text).not.toContain('usher_redis_up')
  })

  it('two servers of one process count apart', async () => {
    const [one, other] = [createMetrics(), createMetrics()]
    one.damagedEntry()
    expect(await one.read()).toContain('usher_damaged_entries_total 1\n')
    expect(await other.read()).toContain('usher_damaged_entries_total 0\n')
  })

  it('measures each commit and counts the conflicts', async () => {
    const measured: number[] = []
    let conflicts = 0
    const shared = createMemoryRoomStore('epoch')
    const metered = meterStore(shared, { commit: (ms) => void measured.push(ms), commitConflict: () => (conflicts += 1) })
    const [rooms, others] = [await openLiveRooms(metered), await openLiveRooms(shared)]
    const event = (id: string) =>
      ({
        id,
        at: Date.now(),
        cause: 'webhook',
        type: 'room_started',
        room: { name: 'r', sid: id, facts: { sid: id, startedAt: Number(id), metadata: '', maxParticipants: 0, recording: false } },
      }) as const
    await others.submit(event('1'))
    // This one doesn't know yet what the other has written.
    await rooms.submit(event('2'))
    expect(measured).toHaveLength(2)
    expect(measured.every((ms) => ms >= 0)).toBe(true)
    expect(conflicts).toBe(1)
  })

  it('tells how far behind the log the telling is, and 0 at rest', () => {
    let now = 1_700_000_000_250
    const lag = createLogLag(() => now)
    expect(lag.seconds()).toBe(0)
    lag.told('epoch-1700000000000-0')
    expect(lag.seconds()).toBe(0.25)
    lag.told('epoch-1700000000300-0')
    expect(lag.seconds()).toBe(0)
    lag.told('epoch-1700000000150-3')
    now += 20_000
    expect(lag.seconds()).toBe(0)
    lag.told('epoch-12')
    expect(lag.seconds()).toBe(0)
  })
})
