import { io } from 'socket.io-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PROTOCOL, socketPushes, socketRequests } from '#shared/contract/socket.ts'
import type { FeedEvent } from '#shared/domain/feed-event.ts'
import type { RoomSummary } from '#shared/domain/room.ts'
import { freeTcpPort } from '#demo/free-port.ts'
import { disposeRtc } from '#demo/rtc.ts'
import { countsListed, listedByLivekit, shownByServer } from '../harness/compare.ts'
import { startPostgres, type PostgresPeer } from '../harness/postgres.ts'
import { startRedis, type RedisPeer } from '../harness/redis.ts'
import { startRelay, type Relay } from '../harness/relay.ts'
import { startServerProcess, type ServerProcess } from '../harness/server-process.ts'
import { adminToken, startStack, type Stack } from '../harness/stack.ts'
import { peers } from '../peers.ts'

const ROOMS = ['hall', 'stage', 'lobby'] as const
const PEOPLE = 9
const CONSOLES = 6

describe.skipIf(peers.livekit === null || peers.redis === null || peers.postgres === null)('a rolling restart of two instances', () => {
  let redis: RedisPeer
  let postgres: PostgresPeer
  let relay: Relay
  let stack: Stack
  const ports: number[] = []
  const servers: ServerProcess[] = []
  const consoles: ReturnType<typeof watch>[] = []

  beforeAll(async () => {
    ports.push(await freeTcpPort(), await freeTcpPort())
    redis = await startRedis(peers.redis ?? '')
    postgres = await startPostgres(peers.postgres ?? '')
    relay = await startRelay(ports)
    stack = await startStack({ webhooksTo: [], alsoTo: [`${relay.url}/api/livekit-webhook`] })
    servers.push(await serve(0), await serve(1))
  })
  afterAll(async () => {
    for (const { close } of consoles) close()
    await stack.stop()
    await Promise.all(servers.map((server) => server.kill()))
    relay.close()
    await redis.stop()
    await postgres.stop()
    await disposeRtc()
  })

  function serve(index: number): Promise<ServerProcess> {
    const database = { kind: 'postgres', url: postgres.url } as const
    return startServerProcess(stack.settings(0, { redisUrl: redis.url, database, port: ports[index] ?? 0, syncIntervalMs: 5000 }))
  }

  it('under traffic: no console sees an error, the feed goes on without a gap or a double, and all end equal to LiveKit', async () => {
    for (let count = 0; count < CONSOLES; count += 1) consoles.push(watch(relay.url))
    await expect.poll(() => consoles.every(({ subscribed }) => subscribed() === 1), { timeout: 10_000 }).toBe(true)
    let going = true
    const traffic = Promise.all(Array.from({ length: PEOPLE }, (_, index) => comeAndGo(`person-${index}`, index, () => going)))
    await expect.poll(() => consoles[0]?.feed.length ?? 0, { timeout: 20_000 }).toBeGreaterThan(30)
    for (const index of [0, 1]) {
      const told = consoles[0]?.feed.length ?? 0
      servers[index]?.signal('SIGTERM')
      expect(await servers[index]?.ended).toBe(0)
      await expect.poll(() => consoles[0]?.feed.length ?? 0, { timeout: 20_000 }).toBeGreaterThan(told + 10)
      servers[index] = await serve(index)
      await expect.poll(async () => (await fetch(`${servers[index]?.url}/readyz`)).status, { timeout: 10_000 }).toBe(200)
    }
    going = false
    await traffic
    await expect
      .poll(async () => Promise.all(servers.map(({ url }) => shownByServer(url, adminToken))), { timeout: 20_000 })
      .toEqual([await listedByLivekit(stack.api), await listedByLivekit(stack.api)])
    const listed = countsListed(await listedByLivekit(stack.api))
    await expect.poll(() => consoles.map(({ counts }) => counts()), { timeout: 10_000 }).toEqual(consoles.map(() => listed))
    // Each console was connected to both, one after the other, and was told so.
    expect(consoles.map(({ problems }) => problems)).toEqual(consoles.map(() => []))
    expect(consoles.every(({ subscribed }) => subscribed() > 1)).toBe(true)
    const ids = consoles.map(({ feed }) => feed.map(({ data }) => data.cursor))
    const [first = []] = ids
    await expect.poll(() => consoles.map(({ feed }) => feed.length), { timeout: 5000 }).toEqual(consoles.map(() => first.length))
    for (const seen of ids) expect(seen).toEqual(first)
    expect(new Set(first).size).toBe(first.length)
  }, 180_000)

  /** Somebody who joins one room after the other, and is in one at the end or in none. */
  async function comeAndGo(identity: string, turn: number, goesOn: () => boolean): Promise<void> {
    for (let step = turn; ; step += 1) {
      const bot = await stack.join(ROOMS[step % ROOMS.length] ?? '', identity, { microphone: step % 3 === 0 })
      if (!goesOn() && turn % 2 === 0) return
      await bot.leave()
      if (!goesOn()) return
    }
  }
})

/** A console that follows the wall and the feed through every reconnect, by cursor, and writes down whatever is no orderly goodbye. */
function watch(url: string) {
  const socket = io(url, {
    transports: ['websocket'],
    auth: { token: adminToken, protocol: PROTOCOL },
    reconnectionDelay: 50,
    reconnectionDelayMax: 300,
    forceNew: true,
  })
  const feed: FeedEvent[] = []
  const problems: string[] = []
  const rooms = new Map<string, RoomSummary>()
  let subscribed = 0
  let saidClosing = false

  async function subscribe(): Promise<void> {
    const wall = socketRequests.subscribe_rooms.ack.parse(await socket.timeout(5000).emitWithAck('subscribe_rooms', {}))
    rooms.clear()
    for (const summary of wall.rooms) rooms.set(summary.room, summary)
    const last = feed.at(-1)?.data.cursor ?? cursor
    const ack = socketRequests.subscribe_feed.ack.parse(
      await socket.timeout(5000).emitWithAck('subscribe_feed', last === undefined ? {} : { cursor: last }),
    )
    cursor ??= ack.cursor
    subscribed += 1
  }
  let cursor: string | undefined

  socket.on('connect', () => {
    saidClosing = false
    subscribe().catch((error: unknown) => {
      // A connection that ended meanwhile says goodbye; the next one subscribes again.
      if (!saidClosing) problems.push(`refused: ${String(error)}`)
    })
  })
  socket.on('connect_error', (error) => {
    // An instance that is going; who is refused by the server has to come back by themselves.
    const code: unknown = 'data' in error ? Reflect.get(Object(error.data), 'code') : undefined
    if (code !== 'unavailable') problems.push(`not connected: ${error.message}`)
    if (!socket.active) socket.connect()
  })
  socket.on('closing', (payload: unknown) => {
    const { code } = socketPushes.closing.parse(payload)
    if (code !== 'unavailable') problems.push(`closing: ${code}`)
    saidClosing = true
  })
  socket.on('disconnect', (reason) => {
    if (!saidClosing && reason !== 'io client disconnect') problems.push(`broken off: ${reason}`)
    if (!socket.active && reason !== 'io client disconnect') socket.connect()
  })
  socket.on('feed_reset', () => problems.push('the feed began anew'))
  socket.on('room:event', (payload: unknown) => feed.push(socketPushes['room:event'].parse(payload)))
  socket.on('rooms_update', (payload: unknown) => {
    const { changed, removed } = socketPushes.rooms_update.parse(payload)
    for (const summary of changed) rooms.set(summary.room, summary)
    for (const name of removed) rooms.delete(name)
  })
  return {
    feed,
    problems,
    subscribed: () => subscribed,
    counts: () => Object.fromEntries([...rooms.values()].map(({ room, online }) => [room, online])),
    close: () => void socket.disconnect(),
  }
}
