import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Action } from '#shared/domain/action.ts'
import { createLink, type Link } from '../link/link.ts'
import { eventually, startScriptedServer, type ScriptedServer } from '../testing/scripted-server.ts'
import { sampleAction } from '../testing/samples.ts'
import { BULK_SILENCE_MS, sendBulk } from './send-bulk.ts'

const { actionId } = sampleAction(1)
const bulk: Action = { actionId, type: 'remove', room: 'lobby', identities: ['ada', 'bo'], reason: 'shouting' }
const done = { ok: true, actionId, at: 5, targets: [{ identity: 'ada', ok: true }] }
/** Waiting for the server's push moves the clock on a little, too. */
const ALMOST_MS = BULK_SILENCE_MS - 1_000

describe('an action for many', () => {
  let server: ScriptedServer
  let link: Link
  let steps: number
  beforeEach(async () => {
    server = await startScriptedServer()
    link = createLink(vi.fn())
    steps = 0
    link.subscribe((event) => {
      if (event.type === 'pushed' && event.push.name === 'action_progress') steps += 1
    })
    link.open({ url: server.url, token: 't' })
    await eventually(() => expect(link.isConnected()).toBe(true))
    server.answer('act', () => undefined)
  })
  afterEach(async () => {
    vi.useRealTimers()
    link.close()
    await server.close()
  })
  async function step(of: string): Promise<void> {
    const before = steps
    server.push('action_progress', { actionId: of, done: 1, of: 2, failed: 0 })
    await eventually(() => expect(steps).toBe(before + 1))
  }

  it('is waited for as long as it says how far it is, and no longer', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    let settled: unknown = null
    void sendBulk(link, bulk).then((result) => (settled = result))
    await eventually(() => expect(server.count('act')).toBe(1))
    for (let round = 0; round < 3; round += 1) {
      await vi.advanceTimersByTimeAsync(ALMOST_MS)
      expect(settled).toBe(null)
      await step(actionId)
    }
    await vi.advanceTimersByTimeAsync(ALMOST_MS)
    await step('another')
    await vi.advanceTimersByTimeAsync(BULK_SILENCE_MS - ALMOST_MS)
    expect(settled).toMatchObject({ ok: false, code: 'unavailable', detail: 'timeout_unknown' })
  })

  it('is settled by its answer', async () => {
    server.answer('act', () => done)
    expect(await sendBulk(link, bulk)).toEqual({ ok: true, value: done })
  })

  it('fails at once when the connection breaks', async () => {
    const sent = sendBulk(link, bulk)
    await eventually(() => expect(server.count('act')).toBe(1))
    server.breakConnections()
    expect(await sent).toMatchObject({ ok: false, detail: 'timeout_unknown' })
  })
})
