import { setTimeout as wait } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { WEBHOOK_PATHS } from '#shared/contract/http.ts'
import { startRedis } from '../tests/harness/redis.ts'
import { peers } from '../tests/peers.ts'
import { startLivekitStub } from './livekit-stub.ts'
import type { LoadResult } from './load/messages.ts'
import { startLoad } from './load/start-load.ts'
import { median, printLimits } from './report.ts'
import { quietServer, SETTLE_MS } from './quiet-server.ts'
import { startProgram } from './start-program.ts'

const [path] = WEBHOOK_PATHS
const key = 'bench'
const secret = 'the-secret-of-the-ingest-bench-01'
const CONNECTIONS = 64
const ROOMS = 192
const PEOPLE = 40
/** The first rounds warm up. */
const WARM_UP = 2
const ROUNDS = Number(process.env['USHER_BENCH_ROUNDS'] ?? 5)
/** The least that ours must be, of the usual way and of the limit; and the most of the limit's waiting at half of ours' rate. */
const [OVER_USUAL, OF_LIMIT, P99_OVER_LIMIT] = [2.5, 0.45, 2]

/**
 * Signed webhooks over keep-alive HTTP, from a process of its own: Usher's sync server, beside the usual way on the same Redis, and beside a
 * receiver that only verifies as Usher does. Rounds take turns, and every round sends the same requests to all three.
 */
async function run(): Promise<void> {
  if (peers.redis === null) throw new Error('it needs redis-server')
  const redis = await startRedis(peers.redis)
  const livekit = await startLivekitStub()
  const keys = { LIVEKIT_API_KEY: key, LIVEKIT_API_SECRET: secret }
  const servers = {
    ours: await startProgram('src/server/index.ts', quietServer({ livekit: livekit.url, redis: redis.url, secret, token: 'bench' })),
    usual: await startProgram('bench/servers/usual-receiver.ts', { ...keys, REDIS_URL: redis.url, WEBHOOK_PATH: path }),
    limit: await startProgram('bench/servers/verifying-receiver.ts', keys),
  }
  const load = startLoad({ key, secret, path })
  const size = { rooms: ROOMS, people: PEOPLE, connections: CONNECTIONS }
  try {
    await wait(SETTLE_MS)
    const rates = { ours: [] as number[], usual: [] as number[], limit: [] as number[] }
    const costs = { ours: [] as number[], usual: [] as number[], limit: [] as number[] }
    for (let round = -WARM_UP; round < ROUNDS; round += 1) {
      await load.prepare(size)
      for (const name of ['ours', 'usual', 'limit'] as const) {
        const used = servers[name].cpu()
        const { events, seconds } = await load.send(servers[name].port, null)
        if (round < 0) continue
        rates[name].push(events / seconds)
        costs[name].push(((servers[name].cpu() - used) / events) * 1e6)
      }
    }
    await checkStored(redis.url, ROOMS * (ROUNDS + WARM_UP))
    printRates(rates, costs)
    const half = Math.round(median(rates.ours) / 2)
    const waits = { ours: [] as LoadResult[], limit: [] as LoadResult[] }
    for (let round = 0; round < ROUNDS; round += 1) {
      await load.prepare(size)
      for (const name of ['ours', 'limit'] as const) waits[name].push(await load.send(servers[name].port, half))
    }
    const [ours, limit] = [waits.ours.map(({ p99 }) => p99), waits.limit.map(({ p99 }) => p99)]
    process.stdout.write(
      `\nanswers at ${half} events/s, offered evenly (ms): p50 ours ${median(waits.ours.map(({ p50 }) => p50)).toFixed(2)}, `,
    )
    process.stdout.write(
      `limit ${median(waits.limit.map(({ p50 }) => p50)).toFixed(2)}; p99 ours ${list(ours, 2)}, limit ${list(limit, 2)}\n`,
    )
    printLimits([
      { what: 'events/s over the usual way', value: median(rates.ours) / median(rates.usual), atLeast: OVER_USUAL },
      { what: "events/s of the limit's", value: median(rates.ours) / median(rates.limit), atLeast: OF_LIMIT },
      { what: "p99 of an answer at half of ours' rate, over the limit's", value: median(ours) / median(limit), atMost: P99_OVER_LIMIT },
    ])
  } finally {
    load.stop()
    await Promise.all(Object.values(servers).map(({ stop }) => stop()))
    livekit.close()
    await redis.stop()
  }
}

/** That ours did the work: every room was told from its start to its end. */
async function checkStored(url: string, rooms: number): Promise<void> {
  const client = new Redis(url)
  const [left, told] = [await client.zcard('rooms:index'), await client.xlen('rooms:events')]
  client.disconnect()
  if (left !== 0 || told < rooms) throw new Error(`${left} rooms were left and ${told} events told: the webhooks were not all taken`)
}

type Series = Readonly<Record<'ours' | 'usual' | 'limit', readonly number[]>>

function printRates(rates: Series, costs: Series): void {
  process.stdout.write(
    `\nwebhooks taken over ${CONNECTIONS} connections: events/s, and the server's own CPU time for one (median of ${ROUNDS} rounds; each)\n`,
  )
  for (const name of ['ours', 'usual', 'limit'] as const) {
    const rate = `${median(rates[name]).toFixed(0).padStart(7)}/s  (${list(rates[name], 0)})`
    process.stdout.write(
      `${name.padEnd(6)} ${rate.padEnd(50)} ${median(costs[name]).toFixed(0).padStart(5)} us  (${list(costs[name], 0)})\n`,
    )
  }
}

function list(values: readonly number[], digits: number): string {
  return values.map((value) => value.toFixed(digits)).join(' ')
}

await run()
