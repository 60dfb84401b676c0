import { setTimeout as wait } from 'node:timers/promises'
import { startRedis } from '../tests/harness/redis.ts'
import { peers } from '../tests/peers.ts'
import { startLivekitStub } from './livekit-stub.ts'
import { median, printLimits } from './report.ts'
import { quietServer } from './quiet-server.ts'
import { startProgram } from './start-program.ts'
import { stubRooms } from './stub-rooms.ts'
import { printTable } from './table.ts'

const [ROOMS, PEOPLE] = [1000, 20]
const STARTS = Number(process.env['USHER_BENCH_ROUNDS'] ?? 5)
const token = 'an-admin-token-of-the-bench'
const MEGABYTE = 1_000_000

/** What so many rooms and people weigh in a sync server's heap, and how long one takes to start where Redis holds them, beside one that has none. */
async function run(): Promise<void> {
  const empty = await measure(0)
  const full = await measure(ROOMS)
  printTable(
    `${ROOMS} rooms with ${PEOPLE} people each`,
    ['', 'heap after a collection, MB', 'start to listening, ms', 'start to ready, ms'],
    [
      ['empty', Number((empty.heap / MEGABYTE).toFixed(1)), Math.round(empty.listening), Math.round(empty.ready)],
      ['full', Number((full.heap / MEGABYTE).toFixed(1)), Math.round(full.listening), Math.round(full.ready)],
    ],
  )
  printLimits([
    { what: 'heap above empty, MB', value: (full.heap - empty.heap) / MEGABYTE, atMost: 80 },
    { what: 'start to ready, s', value: full.ready / 1000, atMost: 2 },
  ])
}

async function measure(rooms: number): Promise<{ heap: number; listening: number; ready: number }> {
  if (peers.redis === null) throw new Error('it needs redis-server')
  const redis = await startRedis(peers.redis)
  const livekit = await startLivekitStub(stubRooms(rooms, PEOPLE))
  const place = { livekit: livekit.url, redis: redis.url, secret: 'the-secret-of-the-memory-bench-01', token }
  const environment = { ...quietServer(place), LOG_LEVEL: 'error' }
  try {
    const measured = await startProgram('bench/servers/measured-server.ts', environment, ['--expose-gc'])
    const url = await (await fetch(`http://127.0.0.1:${measured.port}/server`)).text()
    await untilReady(url)
    await untilKnown(url, rooms)
    const heap = Number(await (await fetch(`http://127.0.0.1:${measured.port}/`)).text())
    await measured.stop()
    const [listening, ready]: [number[], number[]] = [[], []]
    for (let round = 0; round < STARTS; round += 1) {
      const began = performance.now()
      const server = await startProgram('out/main/sync-server.js', environment)
      listening.push(server.startedIn)
      await untilReady(`http://127.0.0.1:${server.port}`)
      ready.push(performance.now() - began)
      await server.stop()
    }
    return { heap, listening: median(listening), ready: median(ready) }
  } finally {
    livekit.close()
    await redis.stop()
  }
}

async function untilReady(url: string): Promise<void> {
  while ((await fetch(`${url}/readyz`)).status !== 200) await wait(5)
}

async function untilKnown(url: string, rooms: number): Promise<void> {
  const count = async () => {
    const answer = await fetch(`${url}/api/rooms?limit=1000`, { headers: { authorization: `Bearer ${token}` } })
    // An answer of our own server, whose shape its tests check.
    return ((await answer.json()) as { rooms: unknown[] }).rooms.length
  }
  while ((await count()) < rooms) await wait(20)
}

await run()
