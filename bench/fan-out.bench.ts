import { Agent } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import { io, type Socket } from 'socket.io-client'
import { PROTOCOL, socketPushes } from '#shared/contract/socket.ts'
import { roomDetailSchema, type RoomUpdate } from '#shared/domain/room.ts'
import { startRedis } from '../tests/harness/redis.ts'
import { send, signWebhook } from '../tests/harness/webhooks.ts'
import { peers } from '../tests/peers.ts'
import { startLivekitStub } from './livekit-stub.ts'
import { median, printComparison, printLimits, spread } from './report.ts'
import { quietServer, SETTLE_MS } from './quiet-server.ts'
import { startProgram } from './start-program.ts'
import { stubParticipant, stubRoom, stubRooms } from './stub-rooms.ts'

const [SOCKETS, PEOPLE, PER_SECOND] = [500, 100, 20]
const ROUNDS = Number(process.env['USHER_BENCH_ROUNDS'] ?? 5)
const ROUND_MS = 5000
const key = { apiKey: 'bench', apiSecret: 'the-secret-of-the-fan-out-bench-1' }
const token = 'an-admin-token-of-the-bench'
const room = 'room-0'

/** A change of one person, told by its number, to every socket that has the room open: from the request that brings it to its arrival. */
async function run(): Promise<void> {
  if (peers.redis === null) throw new Error('it needs redis-server')
  const redis = await startRedis(peers.redis)
  const livekit = await startLivekitStub(stubRooms(1, PEOPLE))
  const place = { livekit: livekit.url, redis: redis.url, secret: key.apiSecret, token }
  const ours = await startProgram('src/server/index.ts', quietServer(place))
  const bare = await startProgram('bench/servers/bare-fan-out.ts', {})
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const sentAt = new Map<number, number>()
  const waits: Record<'ours' | 'bare', number[]> = { ours: [], bare: [] }
  let update: RoomUpdate | null = null
  let number = 0
  try {
    await wait(SETTLE_MS)
    const listeners = { ours: await listen(ours.port, 'ours'), bare: await listen(bare.port, 'bare') }
    await change('ours')
    const p99 = { ours: [] as number[], bare: [] as number[] }
    for (let round = -1; round < ROUNDS; round += 1) {
      for (const name of ['bare', 'ours'] as const) {
        // The first round warms up.
        if (round <= 0) waits[name] = []
        const before = waits[name].length
        const until = performance.now() + ROUND_MS
        while (performance.now() < until) {
          const next = performance.now() + 1000 / PER_SECOND
          await change(name)
          await wait(Math.max(0, next - performance.now()))
        }
        if (round >= 0) p99[name].push(spread(waits[name].slice(before)).p99)
      }
    }
    printComparison(`one change of ${PER_SECOND} a second, told to ${SOCKETS} sockets`, [
      { name: 'bare Socket.IO, the same bytes', values: waits.bare },
      { name: 'webhook -> Redis -> sockets', values: waits.ours },
    ])
    const whole = await readRoom(ours.port)
    const bytes = { change: Buffer.byteLength(JSON.stringify(update)), list: Buffer.byteLength(JSON.stringify(whole.participants)) }
    process.stdout.write(`\na change is ${bytes.change} bytes, the list of ${whole.participants.length} people ${bytes.list}\n`)
    printLimits([
      { what: "p99 over bare Socket.IO's", value: median(p99.ours) / median(p99.bare), atMost: 1.5 },
      { what: 'bytes of a change over those of the list', value: bytes.change / bytes.list, atMost: 0.1 },
    ])
    for (const socket of [...listeners.ours, ...listeners.bare]) socket.disconnect()
  } finally {
    agent.destroy()
    await Promise.all([ours.stop(), bare.stop()])
    livekit.close()
    await redis.stop()
  }

  /** Opens the room on every socket. */
  async function listen(port: number, name: 'ours' | 'bare'): Promise<Socket[]> {
    const sockets: Socket[] = []
    for (let count = 0; count < SOCKETS; count += 1) {
      const socket = io(`http://127.0.0.1:${port}`, { transports: ['websocket'], auth: { token, protocol: PROTOCOL }, forceNew: true })
      socket.on('participants_update', (payload: RoomUpdate) => {
        waits[name].push(performance.now() - (sentAt.get(Number(payload.changed[0]?.metadata)) ?? Number.NaN))
        if (name === 'ours' && update === null) update = socketPushes.participants_update.parse(payload)
      })
      await new Promise((resolve, reject) => socket.once('connect', () => resolve(null)).once('connect_error', reject))
      await socket.emitWithAck('subscribe_room', { room })
      sockets.push(socket)
    }
    return sockets
  }

  /** Changes one person; resolves when all sockets of that server have heard. */
  async function change(name: 'ours' | 'bare'): Promise<void> {
    number += 1
    const heard = waits[name].length + SOCKETS
    const own = number
    if (name === 'ours') {
      const participant = stubParticipant(room, own % PEOPLE, own + 1, String(own))
      const body = JSON.stringify({
        event: 'participant_joined',
        id: `EV_${own}`,
        createdAt: '1700000000',
        room: stubRoom(room),
        participant,
      })
      const headers = { authorization: await signWebhook(body, key), 'content-type': 'application/webhook+json' }
      sentAt.set(own, performance.now())
      await send(`http://127.0.0.1:${ours.port}`, '/api/livekit-webhook', { body, headers, agent })
    } else {
      const [changed] = update?.changed ?? []
      const body = JSON.stringify({ ...update, changed: [{ ...changed, metadata: String(own) }] })
      sentAt.set(own, performance.now())
      await send(`http://127.0.0.1:${bare.port}`, '/', { body, agent })
    }
    while (waits[name].length < heard) await wait(1)
  }
}

async function readRoom(port: number) {
  const answer = await fetch(`http://127.0.0.1:${port}/api/rooms/${room}`, { headers: { authorization: `Bearer ${token}` } })
  return roomDetailSchema.parse(await answer.json())
}

await run()
