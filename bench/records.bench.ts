import { setTimeout as wait } from 'node:timers/promises'
import { DatabaseSync } from 'node:sqlite'
import { join } from 'node:path'
import { WEBHOOK_PATHS } from '#shared/contract/http.ts'
import { startLivekitStub } from './livekit-stub.ts'
import { startLoad } from './load/start-load.ts'
import type { LoadResult } from './load/messages.ts'
import { median, printLimits } from './report.ts'
import { quietServer, SETTLE_MS } from './quiet-server.ts'
import { startProgram } from './start-program.ts'

const [path] = WEBHOOK_PATHS
const secret = 'the-secret-of-the-records-bench-1'
/** Rooms that many people join, and the connections that bring the webhooks. */
const SIZE = { rooms: 40, people: 50, connections: 40, joinsOnly: true } as const
/** Joins a second, which LiveKit's webhooks bring evenly. */
const PER_SECOND = 500
/** The first round warms up. */
const WARM_UP = 1
const ROUNDS = Number(process.env['USHER_BENCH_ROUNDS'] ?? 5)
/** The most that an answer may take with the records, of one without. */
const RATIO = 1.25

/** How long a webhook's answer takes at 500 joins a second, with records in an SQLite file and without; rounds take turns. */
async function run(): Promise<void> {
  const livekit = await startLivekitStub()
  const environment = quietServer({ livekit: livekit.url, secret, token: 'bench' })
  const servers = {
    on: await startProgram('bench/servers/recording-server.ts', { ...environment, USHER_BENCH_RECORDS: 'on' }),
    off: await startProgram('bench/servers/recording-server.ts', { ...environment, USHER_BENCH_RECORDS: 'off' }),
  }
  const load = startLoad({ key: 'bench', secret, path })
  const taken = { on: [] as LoadResult[], off: [] as LoadResult[] }
  try {
    await wait(SETTLE_MS)
    for (let round = -WARM_UP; round < ROUNDS; round += 1) {
      for (const name of ['on', 'off'] as const) {
        await load.prepare(SIZE)
        const result = await load.send(servers[name].port, PER_SECOND)
        if (round >= 0) taken[name].push(result)
      }
    }
    await wait(SETTLE_MS)
    checkRecorded(servers.on.data)
  } finally {
    load.stop()
    await Promise.all(Object.values(servers).map(({ stop }) => stop()))
    livekit.close()
  }
  process.stdout.write(`\nanswers to webhooks at ${PER_SECOND} joins a second (ms; median of ${ROUNDS} rounds, and each)\n`)
  for (const name of ['on', 'off'] as const) {
    const [p50, p99] = [taken[name].map((each) => each.p50), taken[name].map((each) => each.p99)]
    process.stdout.write(`records ${name.padEnd(3)}  p50 ${list(p50)}   p99 ${list(p99)}\n`)
  }
  printLimits([{ what: 'p50 with records, of without', value: ratioOf(taken.on, taken.off), atMost: RATIO }])
}

function ratioOf(on: readonly LoadResult[], off: readonly LoadResult[]): number {
  return median(on.map(({ p50 }) => p50)) / median(off.map(({ p50 }) => p50))
}

/** That the one did the work: everybody who joined is in its records. */
function checkRecorded(data: string): void {
  const database = new DatabaseSync(join(data, 'usher.sqlite'), { readOnly: true })
  const found = database.prepare('select count(*) as stays from participant_sessions').get()
  database.close()
  const asked = SIZE.rooms * SIZE.people * (ROUNDS + WARM_UP)
  if (Number(found?.['stays']) !== asked) throw new Error(`${String(found?.['stays'])} of ${asked} stays were recorded`)
}

function list(values: readonly number[]): string {
  return `${median(values).toFixed(2)} (${values.map((value) => value.toFixed(2)).join(' ')})`
}

await run()
