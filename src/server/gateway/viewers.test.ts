import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Bus } from '#server/redis/bus.ts'
import { createBusNetwork, type BusNetwork } from '#server/redis/testing/bus-network.ts'
import { createViewers, type Viewers } from './viewers.ts'

type Changed = { readonly room: string; readonly operators: string[] }
type Instance = { readonly bus: Bus; readonly viewers: Viewers<string>; readonly changes: Changed[] }

describe('X7 who looks at which room', () => {
  let network: BusNetwork
  beforeEach(() => {
    vi.useFakeTimers()
    network = createBusNetwork()
  })
  afterEach(() => void vi.useRealTimers())

  /** An instance that has started: it hears the others from now on. */
  async function start(name: string): Promise<Instance> {
    const bus = network.open(name)
    const viewers = createViewers<string>(bus)
    const changes: Changed[] = []
    viewers.changed.subscribe((each) => changes.push(each))
    bus.joined.emit()
    await settled()
    return { bus, viewers, changes }
  }
  async function settled(): Promise<void> {
    await vi.advanceTimersByTimeAsync(1)
  }

  it('names are sorted, each once, and follow the client from room to room', async () => {
    const { viewers, changes } = await start('one')
    viewers.look('socket 1', 'zoe', 'lobby')
    viewers.look('socket 2', 'ana', 'lobby')
    viewers.look('socket 3', 'ana', 'lobby')
    expect(viewers.of('lobby')).toEqual(['ana', 'zoe'])
    viewers.look('socket 2', 'ana', 'stage')
    expect(viewers.of('lobby')).toEqual(['ana', 'zoe'])
    viewers.look('socket 3', 'ana', null)
    expect([viewers.of('lobby'), viewers.of('stage')]).toEqual([['zoe'], ['ana']])
    expect(changes).toEqual([
      { room: 'lobby', operators: ['zoe'] },
      { room: 'lobby', operators: ['ana', 'zoe'] },
      { room: 'stage', operators: ['ana'] },
      { room: 'lobby', operators: ['zoe'] },
    ])
  })

  it('one instance alone sends nothing but its question at the start', async () => {
    const { viewers } = await start('one')
    viewers.look('socket 1', 'ana', 'lobby')
    await vi.advanceTimersByTimeAsync(4 * 60 * 60_000)
    expect(network.sent.map(({ message }) => message)).toEqual([{ kind: 'looking', how: 'asking', rooms: [] }])
  })

  it('instances tell each other each change, and who starts is told what was there', async () => {
    const one = await start('one')
    one.viewers.look('socket 1', 'ana', 'lobby')
    const two = await start('two')
    expect(two.viewers.of('lobby')).toEqual(['ana'])
    two.viewers.look('socket 1', 'bo', 'lobby')
    await settled()
    expect(one.viewers.of('lobby')).toEqual(['ana', 'bo'])
    one.viewers.look('socket 1', 'ana', null)
    await settled()
    expect(two.changes.at(-1)).toEqual({ room: 'lobby', operators: ['bo'] })
  })

  it('an instance that says goodbye takes its viewers along', async () => {
    const [one, two] = [await start('one'), await start('two')]
    two.viewers.look('socket 1', 'bo', 'lobby')
    await settled()
    await two.viewers.close()
    two.viewers.look('socket 1', 'bo', null)
    await settled()
    expect(network.sent.at(-1)?.message).toMatchObject({ how: 'leaving' })
    expect(one.viewers.of('lobby')).toEqual([])
    expect(one.changes.at(-1)).toEqual({ room: 'lobby', operators: [] })
  })

  it('an instance that died is noticed at the next change, and those that answer stay', async () => {
    const [one, two, three] = [await start('one'), await start('two'), await start('three')]
    two.viewers.look('socket 1', 'bo', 'lobby')
    three.viewers.look('socket 1', 'cy', 'lobby')
    await settled()
    network.kill('two')
    one.viewers.look('socket 1', 'ana', 'lobby')
    await vi.advanceTimersByTimeAsync(2001)
    expect(one.viewers.of('lobby')).toEqual(['ana', 'cy'])
    expect(one.changes.map(({ operators }) => operators)).toContainEqual(['ana', 'bo', 'cy'])
    expect(one.changes.map(({ operators }) => operators)).not.toContainEqual(['ana'])
  })

  it('where nothing changes they say a word every 15 minutes, which notices the dead too', async () => {
    const [one, two] = [await start('one'), await start('two')]
    two.viewers.look('socket 1', 'bo', 'lobby')
    await settled()
    const before = network.sent.length
    await vi.advanceTimersByTimeAsync(60 * 60_000)
    expect(network.sent.length - before).toBeLessThanOrEqual(8)
    expect(one.viewers.of('lobby')).toEqual(['bo'])
    network.kill('two')
    await vi.advanceTimersByTimeAsync(16 * 60_000)
    expect(one.viewers.of('lobby')).toEqual([])
    const quiet = network.sent.length
    await vi.advanceTimersByTimeAsync(60 * 60_000)
    expect(network.sent).toHaveLength(quiet)
  })

  it('what was missed during a break is asked for after it', async () => {
    const [one, two] = [await start('one'), await start('two')]
    network.loses = () => true
    two.viewers.look('socket 1', 'bo', 'lobby')
    await settled()
    expect(one.viewers.of('lobby')).toEqual([])
    network.loses = () => false
    one.bus.joined.emit()
    await settled()
    expect(one.viewers.of('lobby')).toEqual(['bo'])
  })
})
