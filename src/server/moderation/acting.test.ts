import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { FeedEvent } from '#shared/domain/feed-event.ts'
import { Emitter } from '#shared/lib/emitter.ts'
import { createBusNetwork, type BusNetwork } from '#server/redis/testing/bus-network.ts'
import { createActing, THE_ROOM, type Acting } from './acting.ts'

let network: BusNetwork
let here: Instance
let there: Instance

type Instance = { readonly acting: Acting; readonly tellAction: (actionId: string) => void }

beforeEach(() => {
  vi.useFakeTimers()
  network = createBusNetwork()
  here = open('here')
  there = open('there')
})
afterEach(() => {
  for (const { acting } of [here, there]) acting.close()
  expect(vi.getTimerCount()).toBe(0)
  vi.useRealTimers()
})

function open(name: string): Instance {
  const told = new Emitter<FeedEvent>()
  return {
    acting: createActing(network.open(name), { told }),
    // Only whose action it was counts here.
    tellAction: (actionId) =>
      told.emit({ type: 'track_muted', data: { actionId, room: { name: 'lobby' }, participant: { identity: 'bo' } } } as FeedEvent),
  }
}

/** Whether somebody may be told of; looks again each time. */
function watch({ acting }: Instance, room = 'lobby', identity = 'bo') {
  let free = false
  void acting.settled(room, identity)?.then(() => (free = true))
  return { isHeld: async () => (await vi.advanceTimersByTimeAsync(0), !free) }
}

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms)

describe('X5 while an operator acts on somebody', () => {
  it('what is observed of them waits at this instance and at the others, and of nobody else', async () => {
    const done = here.acting.begin('lobby', 'bo', randomUUID())
    await pass(0)
    for (const { acting } of [here, there]) {
      expect(acting.settled('lobby', 'bo')).not.toBeNull()
      expect(acting.settled('lobby', 'ana')).toBeNull()
      expect(acting.settled('other', 'bo')).toBeNull()
    }
    done()
    await pass(1000)
    for (const { acting } of [here, there]) expect(acting.settled('lobby', 'bo')).toBeNull()
  })

  it('that ends here when the action is over, and there when it is over and was told, whichever is first', async () => {
    for (const toldFirst of [true, false]) {
      const actionId = randomUUID()
      const done = here.acting.begin('lobby', 'bo', actionId)
      await pass(0)
      const [mine, theirs] = [watch(here), watch(there)]
      if (toldFirst) there.tellAction(actionId)
      expect([await mine.isHeld(), await theirs.isHeld()]).toEqual([true, true])
      done()
      expect([await mine.isHeld(), await theirs.isHeld()]).toEqual([false, !toldFirst])
      if (!toldFirst) there.tellAction(actionId)
      expect(await theirs.isHeld()).toBe(false)
    }
  })

  it('an action that failed and so is never told holds others back for a moment only', async () => {
    const done = here.acting.begin('lobby', 'bo', randomUUID())
    await pass(0)
    const theirs = watch(there)
    done()
    await pass(140)
    expect(await theirs.isHeld()).toBe(true)
    await pass(20)
    expect(await theirs.isHeld()).toBe(false)
  })

  it('an instance that died in the middle of one, or a call that never ends, holds nobody back for more than 3 s', async () => {
    here.acting.begin('lobby', 'bo', randomUUID())
    await pass(0)
    network.kill('here')
    const [mine, theirs] = [watch(here), watch(there)]
    await pass(2900)
    expect([await mine.isHeld(), await theirs.isHeld()]).toEqual([true, true])
    await pass(200)
    expect([await mine.isHeld(), await theirs.isHeld()]).toEqual([false, false])
  })

  it('two at once: what is observed waits for both', async () => {
    const first = here.acting.begin('lobby', 'bo', randomUUID())
    const second = here.acting.begin('lobby', 'bo', randomUUID())
    const held = watch(here)
    second()
    expect(await held.isHeld()).toBe(true)
    first()
    expect(await held.isHeld()).toBe(false)
    await pass(1000)
  })

  it('the same action asked for twice is one', async () => {
    const actionId = randomUUID()
    const [first, again] = [here.acting.begin('lobby', 'bo', actionId), here.acting.begin('lobby', 'bo', actionId)]
    const held = watch(here)
    first()
    again()
    expect(await held.isHeld()).toBe(false)
    await pass(1000)
  })

  it('one action on many: each is held for themselves, and the room itself, too', async () => {
    const actionId = randomUUID()
    const [bo, ana, room] = ['bo', 'ana', THE_ROOM].map((identity) => here.acting.begin('lobby', identity, actionId))
    const held = ['bo', 'ana', THE_ROOM].map((identity) => watch(here, 'lobby', identity))
    const states = async () => Promise.all(held.map((each) => each.isHeld()))
    bo?.()
    expect(await states()).toEqual([false, true, true])
    ana?.()
    room?.()
    expect(await states()).toEqual([false, false, false])
    await pass(1000)
  })

  it('names and identities that look alike together are told apart', async () => {
    const done = here.acting.begin('a","b', 'c', randomUUID())
    expect(here.acting.settled('a', 'b","c')).toBeNull()
    done()
    await pass(1000)
  })

  it('nobody waits any more when the server stops', async () => {
    here.acting.begin('lobby', 'bo', randomUUID())
    await pass(0)
    const [mine, theirs] = [watch(here), watch(there)]
    here.acting.close()
    there.acting.close()
    expect([await mine.isHeld(), await theirs.isHeld()]).toEqual([false, false])
  })
})
