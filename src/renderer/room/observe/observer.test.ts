import { describe, expect, it } from 'vitest'
import type { ObserveGrant } from '#shared/contract/http.ts'
import { fail, type Failure } from '#shared/domain/failure.ts'
import { observeSession, type ObserverPorts, type ObserverStatus } from './observer.ts'
import type { Signal } from './signals.ts'

const grant: ObserveGrant = { token: 't', url: 'ws://livekit', until: 0 }
const texts = { closed: 'closed', otherSession: 'other session' }

/** The world of an observer, driven by the test: every step is settled by hand. */
function makeWorld() {
  const statuses: ObserverStatus[] = []
  const signals: Signal[] = []
  const timers: { readonly run: () => void; readonly ms: number; cancelled: boolean }[] = []
  const links: { report: (signal: Signal) => void; close: () => void; closedByUs: boolean }[] = []
  const grants: (ObserveGrant | Failure)[] = []
  let sid = 'RM_1'
  const ports: ObserverPorts = {
    requestGrant: async () => {
      const next = grants.shift() ?? grant
      if ('ok' in next) throw next
      return next
    },
    connect: async (_grant, report, onClosed) => {
      const link = { report, close: onClosed, closedByUs: false }
      links.push(link)
      return { sid, close: () => (link.closedByUs = true) }
    },
    readRefusal: (error) => error as Failure,
    onStatus: (status) => statuses.push(status),
    onSignal: (signal) => signals.push(signal),
    later: (run, ms) => {
      const timer = { run, ms, cancelled: false }
      timers.push(timer)
      return () => (timer.cancelled = true)
    },
  }
  const start = () => observeSession({ room: 'lobby', sid: 'RM_1' }, ports, texts)
  return { statuses, signals, timers, links, grants, start, restartRoom: () => (sid = 'RM_2') }
}
/** Lets every promise that is settled run its course. */
async function settle() {
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve()
}
const quality: Signal = { type: 'quality', identity: 'bo', quality: 'good' }

describe('the observer of the open room', () => {
  it('S4.5 connects, says live, and passes signals on', async () => {
    const world = makeWorld()
    world.start()
    await settle()
    world.links[0]?.report(quality)
    expect(world.statuses).toEqual([{ state: 'connecting' }, { state: 'live' }])
    expect(world.signals).toEqual([quality])
  })

  it('leaves when it is stopped, and hears nothing after', async () => {
    const world = makeWorld()
    const stop = world.start()
    await settle()
    stop()
    world.links[0]?.report(quality)
    world.links[0]?.close()
    expect(world.links[0]?.closedByUs).toBe(true)
    expect(world.signals).toEqual([])
    expect(world.timers).toEqual([])
  })

  it('stopped while it connects, it leaves at once', async () => {
    const world = makeWorld()
    world.start()()
    await settle()
    expect(world.links.every((link) => link.closedByUs)).toBe(true)
    expect(world.statuses).not.toContainEqual({ state: 'live' })
  })

  it('leaves another session of the room, and asks anew later', async () => {
    const world = makeWorld()
    world.restartRoom()
    world.start()
    await settle()
    expect(world.links[0]?.closedByUs).toBe(true)
    expect(world.statuses.at(-1)).toEqual({ state: 'off', why: 'other session' })
  })

  it('asks for a new token after a lost link, more slowly each time', async () => {
    const world = makeWorld()
    world.start()
    await settle()
    world.links[0]?.close()
    expect(world.statuses.at(-1)).toEqual({ state: 'off', why: 'closed' })
    world.grants.push(fail('unavailable', 'LiveKit is away.'))
    world.timers[0]?.run()
    await settle()
    expect(world.statuses.at(-1)).toEqual({ state: 'off', why: 'LiveKit is away.' })
    expect(world.timers.map((timer) => timer.ms)).toEqual([2_000, 5_000])
  })

  it('a stopped one is not tried again', async () => {
    const world = makeWorld()
    const stop = world.start()
    await settle()
    world.links[0]?.close()
    stop()
    expect(world.timers[0]?.cancelled).toBe(true)
  })

  it.each(['unsupported', 'forbidden', 'not_found'] as const)('a refusal with %s ends the tries and says why', async (code) => {
    const world = makeWorld()
    world.grants.push(fail(code, 'Not here.'))
    world.start()
    await settle()
    expect(world.statuses.at(-1)).toEqual({ state: 'off', why: 'Not here.' })
    expect(world.timers).toEqual([])
  })
})
