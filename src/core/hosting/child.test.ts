import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { superviseChild, type ChildProcessPort } from './child.ts'

const nobody = (): void => undefined

function createFakeProcess() {
  const did: unknown[] = []
  let onMessage: (message: unknown) => void = nobody
  let onExit: (code: number | null) => void = nobody
  const port: ChildProcessPort = {
    send: (message) => void did.push(message),
    onMessage: (listener) => void (onMessage = listener),
    onExit: (listener) => void (onExit = listener),
    kill: (signal) => void did.push(signal),
    lastErrorLine: () => null,
  }
  return { port, did, say: (message: unknown) => onMessage(message), exit: (code: number | null) => onExit(code) }
}

const running = z.object({ url: z.string() })

describe('a supervised child', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('is told to stop, terminated after 5 s, killed after 8 s', async () => {
    const process = createFakeProcess()
    const child = superviseChild(process.port, { port: 1 }, running, 'the sync server')
    const stopped = child.stop()
    void child.stop()
    expect(process.did).toEqual([{ type: 'start', settings: { port: 1 } }, { type: 'stop' }])
    vi.advanceTimersByTime(4_999)
    expect(process.did).toHaveLength(2)
    vi.advanceTimersByTime(1)
    expect(process.did.slice(2)).toEqual(['SIGTERM'])
    vi.advanceTimersByTime(3_000)
    expect(process.did.slice(2)).toEqual(['SIGTERM', 'SIGKILL'])
    process.exit(null)
    await stopped
    expect(vi.getTimerCount()).toBe(0)
  })

  it('that is gone in time is left alone', async () => {
    const process = createFakeProcess()
    const child = superviseChild(process.port, {}, running, 'the sync server')
    const stopped = child.stop()
    process.exit(0)
    await stopped
    vi.advanceTimersByTime(60_000)
    expect(process.did).toHaveLength(2)
  })

  it('that says nothing for a minute has failed, and is stopped', async () => {
    const process = createFakeProcess()
    const child = superviseChild(process.port, {}, running, 'the demo')
    vi.advanceTimersByTime(60_000)
    expect(await child.ready).toMatchObject({ ok: false, code: 'unavailable', message: 'the demo did not start within 60 s' })
    expect(process.did).toContainEqual({ type: 'stop' })
  })

  it('tells its end once, and not to who unsubscribed', () => {
    const process = createFakeProcess()
    const child = superviseChild(process.port, {}, running, 'the sync server')
    const [kept, dropped] = [vi.fn<() => void>(), vi.fn<() => void>()]
    child.onExit(kept)
    child.onExit(dropped)()
    process.exit(1)
    process.exit(1)
    expect(kept).toHaveBeenCalledTimes(1)
    expect(dropped).not.toHaveBeenCalled()
  })
})
