import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { openStreamClient, type StreamClient } from '../../../../tests/harness/event-stream-client.ts'
import { createFeedFilter } from '#server/feed/feed-filter.ts'
import { createFeed } from '#server/feed/feed.ts'
import type { TokenHolder } from '#server/operators/operator-book.ts'
import { openLiveRooms, type LiveRooms } from '#server/rooms/live-rooms.ts'
import { createMemoryRoomStore } from '#server/rooms/memory-room-store.ts'
import { createEventStreams, type EventStreams } from './event-streams.ts'

const ana: TokenHolder = { tokenId: '1', operator: { name: 'ana', role: 'viewer' } }
// Of the same name.
const bo: TokenHolder = { tokenId: '2', operator: { name: 'ana', role: 'viewer' } }

describe('S4.2 event streams', () => {
  let rooms: LiveRooms
  let streams: EventStreams
  let server: Server
  let slow: number
  const opened: StreamClient[] = []

  beforeEach(async () => {
    slow = 0
    rooms = await openLiveRooms(createMemoryRoomStore('life'))
    streams = createEventStreams(createFeed(rooms), () => (slow += 1))
    server = createServer((request, response) => {
      const holder = request.headers['x-name'] === 'bo' ? bo : ana
      const lastEventId = request.headers['last-event-id']
      void streams.open({
        response,
        holder,
        filter: createFeedFilter(undefined, undefined),
        lastEventId: typeof lastEventId === 'string' ? lastEventId : undefined,
        onClosed: () => undefined,
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  })
  afterEach(async () => {
    vi.useRealTimers()
    for (const client of opened.splice(0)) client.close()
    await streams.close()
    server.closeAllConnections()
    server.close()
  })

  async function connect(headers: Record<string, string> = {}): Promise<StreamClient> {
    // A TCP server's address is this, once it listens.
    const { port } = server.address() as AddressInfo
    const client = await openStreamClient(`http://127.0.0.1:${port}`, '/', headers)
    opened.push(client)
    await expect.poll(() => client.messages.length).toBeGreaterThan(0)
    return client
  }
  const tell = (id: string) => rooms.tell({ type: 'budget_warning', timestamp: 1, data: { id, cause: 'server' } })

  it('begins with connected and the cursor it starts from; each event has its cursor as id', async () => {
    const client = await connect()
    expect(client.headers['content-type']).toBe('text/event-stream')
    expect(client.headers['cache-control']).toContain('no-store')
    expect(client.messages).toEqual([{ id: 'life-0', message: { type: 'connected' } }])
    await tell('a')
    await expect
      .poll(() => client.messages[1])
      .toMatchObject({ id: 'life-1', message: { type: 'budget_warning', data: { id: 'a', cursor: 'life-1' } } })
  })

  it('Last-Event-ID resumes; connected says the same id', async () => {
    await tell('a')
    await tell('b')
    const client = await connect({ 'last-event-id': 'life-1' })
    await expect.poll(() => client.events.map(({ data }) => data.id)).toEqual(['b'])
    expect(client.messages[0]).toEqual({ id: 'life-1', message: { type: 'connected' } })
    await tell('c')
    await expect.poll(() => client.events.map(({ data }) => data.id)).toEqual(['b', 'c'])
  })

  it.each(['other-1', 'life-99', 'life-', 'nonsense', '-', '0', 'x'.repeat(300)])(
    'a Last-Event-ID "%s" that can not be resumed is told as a reset, and the stream goes on from now',
    async (id) => {
      await tell('a')
      await expect.poll(() => rooms.cursor()).toBe('life-1')
      const client = await connect({ 'last-event-id': id })
      await expect
        .poll(() => client.messages)
        .toEqual([
          { id: 'life-1', message: { type: 'connected' } },
          { id: 'life-1', message: { type: 'reset', cursor: 'life-1' } },
        ])
      await tell('b')
      await expect.poll(() => client.events.map(({ data }) => data.id)).toEqual(['b'])
    },
  )

  it('a comment every 30 s keeps it open, and says how far it has heard everything', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    const client = await connect()
    await vi.advanceTimersByTimeAsync(29_999)
    expect(client.comments()).toBe(0)
    await tell('a')
    await expect.poll(() => client.events.length).toBe(1)
    await vi.advanceTimersByTimeAsync(1)
    await expect.poll(() => client.comments()).toBe(1)
    await vi.advanceTimersByTimeAsync(30_000)
    await expect.poll(() => client.comments()).toBe(2)
    expect(client.lastEventId()).toBe('life-1')
    expect(client.messages).toHaveLength(2)
  })

  it('at most five for an operator; one that ended makes room', async () => {
    const clients = []
    for (let count = 0; count < 5; count += 1) {
      expect(streams.obstacle(ana)).toBeNull()
      clients.push(await connect())
    }
    expect(streams.obstacle(ana)).toMatchObject({ ok: false, code: 'rate_limited' })
    expect(streams.obstacle(bo)).toBeNull()
    expect(streams.count()).toBe(5)
    clients[0]?.close()
    await expect.poll(() => streams.obstacle(ana)).toBeNull()
  })

  it("ends a token's streams with unauthorized, and no others", async () => {
    const [hers, his] = [await connect(), await connect({ 'x-name': 'bo' })]
    streams.disconnect('1', 'this token was revoked')
    await expect.poll(() => hers.isOpen()).toBe(false)
    expect(hers.messages.at(-1)).toEqual({
      id: null,
      message: { type: 'closing', code: 'unauthorized', message: 'this token was revoked' },
    })
    await tell('a')
    await expect.poll(() => his.events.length).toBe(1)
  })

  it('a client that stops reading is told why and cut; its memory is given back, others are not disturbed, and it resumes where it was', async () => {
    const [stuck, fine] = [await connect(), await connect({ 'x-name': 'bo' })]
    stuck.pause()
    const padding = 'x'.repeat(8000)
    const total = 3000
    for (let count = 0; count < total; count += 1) {
      await rooms.tell({ type: 'budget_warning', timestamp: 1, data: { id: `${count}`, cause: 'server', detail: padding } })
      if (count % 20 === 0) await new Promise((resolve) => setImmediate(resolve))
    }
    await expect.poll(() => fine.events.length, { timeout: 10_000 }).toBe(total)
    expect(slow).toBe(1)
    await expect.poll(() => streams.count(), { timeout: 4000 }).toBe(1)
    stuck.resume()
    await expect.poll(() => stuck.isOpen()).toBe(false)
    const resumed = await connect({ 'last-event-id': stuck.lastEventId() })
    await expect.poll(() => stuck.events.length + resumed.events.length, { timeout: 10_000 }).toBe(total)
    expect([...stuck.events, ...resumed.events].map(({ data }) => data.id)).toEqual(fine.events.map(({ data }) => data.id))
  }, 30_000)

  it('tells everybody to go elsewhere when it closes, and takes nobody then', async () => {
    const client = await connect()
    await streams.close()
    await expect.poll(() => client.messages.at(-1)).toMatchObject({ id: null, message: { type: 'closing', code: 'unavailable' } })
    expect(streams.obstacle(ana)).toMatchObject({ ok: false, code: 'unavailable' })
    expect(streams.count()).toBe(0)
  })
})
