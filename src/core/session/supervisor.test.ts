import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createFakeLauncher, type FakeLauncher } from '../testing/fake-launcher.ts'
import { settingsForDirect } from './settings.ts'
import { restartDelay, supervise, type Supervisor } from './supervisor.ts'

const settings = settingsForDirect(
  { kind: 'direct', id: '1', name: 'One', livekitUrl: 'http://lk.example', apiKey: 'key', apiSecret: 'hush', redisUrl: null },
  3001,
  'token',
)

describe('an embedded program', () => {
  let launcher: FakeLauncher
  let supervisor: Supervisor
  const running = vi.fn()
  const failed = vi.fn()
  const crashed = vi.fn()

  beforeEach(() => {
    vi.useFakeTimers()
    vi.clearAllMocks()
    launcher = createFakeLauncher()
    supervisor = supervise({ name: 'program', start: () => launcher.startSyncServer(settings), running, failed, crashed, log: vi.fn() })
  })
  afterEach(() => void vi.useRealTimers())
  const newest = () => launcher.servers.at(-1)
  async function run(): Promise<void> {
    newest()?.run({ url: 'http://127.0.0.1:3001' })
    await vi.advanceTimersByTimeAsync(0)
  }

  it('is started again within a second when it crashed, with the same settings', async () => {
    await run()
    newest()?.crash()
    expect(crashed).toHaveBeenCalledTimes(1)
    await vi.advanceTimersByTimeAsync(999)
    expect(launcher.servers).toHaveLength(2)
    expect(newest()?.settings).toEqual(settings)
    await run()
    expect(running).toHaveBeenCalledTimes(2)
  })

  it('is started slower while it keeps crashing, at the most every 10 s', async () => {
    for (const delay of [0, 500, 1_000, 2_000, 4_000, 8_000, 10_000, 10_000]) {
      await run()
      const before = launcher.servers.length
      newest()?.crash()
      if (delay > 0) await vi.advanceTimersByTimeAsync(delay - 1)
      expect(launcher.servers).toHaveLength(before)
      await vi.advanceTimersByTimeAsync(1)
      expect(launcher.servers).toHaveLength(before + 1)
    }
    await run()
    await vi.advanceTimersByTimeAsync(30_000)
    newest()?.crash()
    await vi.advanceTimersByTimeAsync(restartDelay(1) + 1)
    expect(launcher.servers).toHaveLength(10)
  })

  it('that could not start is left alone, with its line', async () => {
    newest()?.fail('the LiveKit key is wrong')
    await vi.advanceTimersByTimeAsync(60_000)
    expect(failed.mock.calls).toEqual([['the LiveKit key is wrong', false]])
    expect(launcher.servers).toHaveLength(1)
  })

  it('that ended while it started says so', async () => {
    newest()?.crash()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(failed.mock.calls).toEqual([['the program ended while it started', false]])
    expect(launcher.servers).toHaveLength(1)
  })

  it('that ran before is tried again when it can’t start', async () => {
    await run()
    newest()?.crash()
    await vi.advanceTimersByTimeAsync(1)
    newest()?.fail('Redis is away')
    await vi.advanceTimersByTimeAsync(501)
    expect(failed.mock.calls).toEqual([['Redis is away', true]])
    expect(launcher.servers).toHaveLength(3)
  })

  it('is not started again once it was stopped', async () => {
    await run()
    newest()?.crash()
    await supervisor.stop()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(launcher.servers).toHaveLength(1)
    expect(newest()?.isStopped()).toBe(true)
  })
})
