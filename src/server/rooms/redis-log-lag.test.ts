import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Emitter } from '#shared/lib/emitter.ts'
import { openRedisLink } from '#server/redis/connection.ts'
import { startRedis } from '../../../tests/harness/redis.ts'
import { peers } from '../../../tests/peers.ts'
import { openLiveRooms } from './live-rooms.ts'
import { watchLag } from './redis-log-lag.ts'
import { createRedisRoomStore } from './redis-room-store.ts'
import { historyOf } from './testing/room-histories.ts'

describe('a reader that does not move on', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  function watch() {
    const position = { epoch: 'life', id: '5-0' }
    const reached = new Emitter<string>()
    const stuck = vi.fn<() => void>()
    const stop = watchLag(position, reached, stuck)
    return { position, reached, stuck, stop }
  }

  it('is noticed after three seconds, and again until it moves', () => {
    const { position, reached, stuck } = watch()
    reached.emit('5-1')
    vi.advanceTimersByTime(2999)
    expect(stuck).not.toHaveBeenCalled()
    vi.advanceTimersByTime(1)
    expect(stuck).toHaveBeenCalledTimes(1)
    vi.advanceTimersByTime(3000)
    expect(stuck).toHaveBeenCalledTimes(2)
    position.id = '5-1'
    vi.advanceTimersByTime(60_000)
    expect(stuck).toHaveBeenCalledTimes(2)
  })

  it('is not one that has read to there, or that reads on through a great many', () => {
    const { position, reached, stuck } = watch()
    reached.emit('5-0')
    reached.emit('900-0')
    for (let id = 6; id < 100; id += 1) {
      vi.advanceTimersByTime(2000)
      position.id = `${id}-0`
    }
    expect(stuck).not.toHaveBeenCalled()
  })

  it('is not one in another life, whose ids begin anywhere, nor one that has stopped', () => {
    const { position, reached, stuck, stop } = watch()
    reached.emit('900-0')
    Object.assign(position, { epoch: 'next', id: '7-0' })
    vi.advanceTimersByTime(60_000)
    expect(stuck).toHaveBeenCalledTimes(0)
    reached.emit('8-0')
    stop()
    vi.advanceTimersByTime(60_000)
    expect(stuck).not.toHaveBeenCalled()
  })
})

describe.skipIf(peers.redis === null)('with a real Redis', () => {
  it('a connection to the log that is dead without a word is made anew', async () => {
    const redis = await startRedis(peers.redis ?? '')
    const wire = await startWire(redis.port)
    const link = openRedisLink(`redis://127.0.0.1:${wire.port}`)
    const rooms = await openLiveRooms(createRedisRoomStore(link, () => undefined))
    const [first, ...others] = historyOf('lobby', [{ kind: 'join', person: 0, source: 'camera' }])
    if (!first) throw new Error('the history is too short')
    await rooms.submit(first)
    await expect.poll(() => rooms.get('lobby').revision).toBe(rooms.newest('lobby').revision)
    wire.silence(/subscribe/i)
    for (const event of others) expect(await rooms.submit(event)).toEqual({ kind: 'committed' })
    expect(rooms.get('lobby').revision).toBeLessThan(rooms.newest('lobby').revision)
    await expect.poll(() => rooms.get('lobby').revision, { timeout: 8000 }).toBe(rooms.newest('lobby').revision)
    await rooms.close()
    link.close()
    wire.close()
    await redis.stop()
  }, 15_000)
})

/** A connection to a port of loopback that can go dead for what has sent a certain word: nothing comes through any more, and nobody is told. */
async function startWire(to: number) {
  const open: { readonly client: Socket; readonly upstream: Socket; sent: string }[] = []
  const server = createServer((client) => {
    const upstream = connect(to, '127.0.0.1')
    const each = { client, upstream, sent: '' }
    open.push(each)
    client.on('data', (chunk) => (each.sent += chunk.toString()))
    for (const socket of [client, upstream]) socket.on('error', () => undefined)
    client.pipe(upstream).pipe(client)
    client.once('close', () => upstream.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  // A TCP server that listens has this address.
  const { port } = server.address() as AddressInfo
  return {
    port,
    silence(word: RegExp) {
      for (const { client, upstream, sent } of open) if (word.test(sent)) void upstream.unpipe(client).resume()
    },
    close() {
      server.close()
      for (const { client, upstream } of open) [client, upstream].forEach((socket) => socket.destroy())
    },
  }
}
