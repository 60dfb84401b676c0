import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Push } from '#shared/contract/ipc.ts'
import { createLink, type Link } from '../link/link.ts'
import { eventually, startScriptedServer, type ScriptedServer } from '../testing/scripted-server.ts'
import { sampleAction, sampleEvent } from '../testing/samples.ts'
import { createActions, type Actions } from './actions.ts'
import { ACT_TIMEOUT_MS } from './post-action.ts'

const action = sampleAction(1)
const { actionId } = action
const done = { ok: true, actionId, at: 5, targets: [{ identity: 'ada', ok: true }] }

describe('acting', () => {
  let server: ScriptedServer
  let link: Link
  let actions: Actions
  let pushed: Push[]

  beforeEach(async () => {
    server = await startScriptedServer()
    link = createLink(vi.fn())
    pushed = []
    actions = createActions({ send: (sent) => link.request('act', sent, ACT_TIMEOUT_MS), push: (push) => void pushed.push(push) })
    link.subscribe((event) => {
      if (event.type === 'pushed' && event.push.name === 'room:event') actions.observe(event.push.payload)
    })
  })
  afterEach(async () => {
    vi.useRealTimers()
    link.close()
    await server.close()
  })
  async function connect(): Promise<void> {
    link.open({ url: server.url, token: 't' })
    await eventually(() => expect(link.isConnected()).toBe(true))
  }
  const states = () => pushed.map((push) => (push.name === 'pending_changed' ? push.payload.outcome.state : push.name))
  const last = () => pushed.at(-1)?.payload

  it('shows the action at once and settles it by the answer', async () => {
    await connect()
    server.answer('act', () => done)
    const result = actions.act(action)
    expect(states()).toEqual(['pending'])
    expect(await result).toEqual(done)
    expect(states()).toEqual(['pending', 'done'])
    expect(server.asked.at(-1)).toEqual({ name: 'act', payload: action })
    expect(actions.unsettled()).toEqual([])
  })

  it('settles it by the feed when that is first', async () => {
    await connect()
    server.answer('act', () => undefined)
    void actions.act(action)
    server.push('room:event', sampleEvent('1', { actionId, cause: 'action', operator: 'mo' }))
    await eventually(() => expect(states()).toEqual(['pending', 'done']))
  })

  it('tells a refusal with its code, and a failed target with its reason', async () => {
    await connect()
    server.answer('act', () => ({ ok: false, actionId, code: 'forbidden', message: 'viewers may not' }))
    expect(await actions.act(action)).toMatchObject({ ok: false, actionId, code: 'forbidden' })
    expect(last()).toMatchObject({ outcome: { state: 'failed', code: 'forbidden', message: 'viewers may not' } })
    const gone = { identity: 'ada', ok: false, code: 'not_found', detail: 'participant_gone', message: 'Ada has left' }
    server.answer('act', () => ({ ...done, targets: [gone] }))
    expect(await actions.act(action)).toMatchObject({ ok: true, targets: [gone] })
    expect(last()).toMatchObject({ outcome: { state: 'failed', code: 'not_found', detail: 'participant_gone', message: 'Ada has left' } })
    expect(actions.unsettled()).toHaveLength(1)
  })

  it('a refusal without the action’s id is told with it', async () => {
    await connect()
    server.answer('act', () => ({ ok: false, code: 'rate_limited', message: 'slower' }))
    expect(await actions.act(action)).toEqual({ ok: false, actionId, code: 'rate_limited', message: 'slower' })
  })

  it('fails at once without a connection, and says that nothing was sent', async () => {
    expect(await actions.act(action)).toMatchObject({
      ok: false,
      code: 'unavailable',
      message: 'not connected to the sync server: nothing was sent',
    })
    expect(states()).toEqual(['pending', 'failed'])
    expect(server.asked).toEqual([])
  })

  it('fails as unknown after 10 s of silence, and is done when a fact says so later', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    await connect()
    server.answer('act', () => undefined)
    const result = actions.act(action)
    await vi.advanceTimersByTimeAsync(9_999)
    expect(states()).toEqual(['pending'])
    await vi.advanceTimersByTimeAsync(1)
    vi.useRealTimers()
    expect(await result).toMatchObject({ ok: false, code: 'unavailable', detail: 'timeout_unknown' })
    expect(last()).toMatchObject({ outcome: { state: 'failed', detail: 'timeout_unknown', message: expect.stringContaining('not known') } })
    server.push('room:event', sampleEvent('1', { actionId, cause: 'action' }))
    await eventually(() => expect(states()).toEqual(['pending', 'failed', 'done']))
  })

  it('answers that it was done when only the answer was lost', async () => {
    await connect()
    server.answer('act', () => {
      server.push('room:event', sampleEvent('1', { actionId, cause: 'action' }))
      return { ok: 'maybe' }
    })
    expect(await actions.act(action)).toMatchObject({ ok: true, actionId, targets: [{ identity: 'ada', ok: true }] })
    expect(states()).toEqual(['pending', 'done'])
  })

  it('sends the same action once while it is on its way', async () => {
    await connect()
    server.answer('act', () => done)
    const [first, second] = await Promise.all([actions.act(action), actions.act(action)])
    expect(first).toEqual(second)
    expect(server.count('act')).toBe(1)
    expect(states()).toEqual(['pending', 'done'])
  })
})
