import { setTimeout as wait } from 'node:timers/promises'
import { TrackSource } from '@livekit/protocol'
import { usageSchema } from '#shared/contract/http-sync.ts'
import { connectConsole } from '../tests/harness/console-client.ts'
import { printLimits } from './report.ts'
import { startSimulatedService, type SimulatedService } from './simulated-service.ts'
import { printTable } from './table.ts'

/** The day of S3.4: every user is in three meetings of ten, and what their app asks meanwhile. */
const [USERS, MEETINGS, PEOPLE, READS, TOKENS] = [100, 30, 10, 500, 1000]
const LIMIT = 3100
/** A sync server looks at LiveKit twice after its start; then it is left alone. */
const SETTLE_MS = 4000
/** How long the server has to go back to rest after an event was told, ms: reading on belongs to that event. */
const REST_MS = 3

const causes = ['rooms that start and finish', 'joins', 'leaves', 'tracks, two for each join', 'reads of participants', 'tokens'] as const
type Cause = (typeof causes)[number]

/**
 * The client commands that a day of 100 users costs Redis: 300 joins and 300 leaves with what LiveKit tells beside them (the rooms, a microphone
 * and a camera each), 500 reads and 1,000 tokens. A day's events lie apart, so here each waits until the one before it was told: what Redis
 * would answer together in a rush is not counted as less. What the time itself costs (sweeps, reads that end with nothing) is left out:
 * `standing-still` counts that.
 */
async function run(): Promise<void> {
  const service = await startSimulatedService({ SYNC_INTERVAL_MS: '86400000', CLEANUP_INTERVAL_MS: '86400000' })
  try {
    await wait(SETTLE_MS)
    await spendTheDay(service)
  } finally {
    await service.stop()
  }
}

async function spendTheDay(service: SimulatedService): Promise<void> {
  const { commands, url, token } = service
  const { world } = service.livekit
  const console = await connectConsole(url, token)
  const spent = new Map<Cause, { times: number; commands: number }>()
  let sent = 0
  world.webhooks.subscribe(() => (sent += 1))

  async function get(path: string, query: Readonly<Record<string, string>> = {}): Promise<unknown> {
    const answer = await fetch(`${url}${path}?${new URLSearchParams(query)}`, { headers: { authorization: `Bearer ${token}` } })
    if (!answer.ok) throw new Error(`${path} answers ${answer.status}: ${await answer.text()}`)
    return answer.json()
  }
  /** Does something, waits until all that LiveKit said of it was told, and books what it cost. */
  async function book(cause: Cause, deed: () => unknown): Promise<void> {
    const [before, booked] = [await commands.total(), spent.get(cause) ?? { times: 0, commands: 0 }]
    await deed()
    if (console.feed.length < sent) {
      await console.until(() => console.feed.length >= sent)
      await wait(REST_MS)
    }
    spent.set(cause, { times: booked.times + 1, commands: booked.commands + (await commands.total()) - before })
  }
  const metered = async () => usageSchema.parse(await get('/api/usage')).commandsToday

  const meteredBefore = await metered()
  await commands.reset()
  for (let meeting = 0; meeting < MEETINGS; meeting += 1) {
    const room = `meeting ${meeting}`
    const people = Array.from({ length: PEOPLE }, (_, seat) => `user ${(meeting * PEOPLE + seat) % USERS}`)
    await book('rooms that start and finish', () => world.createRoom({ name: room }))
    for (const identity of people) {
      await book('joins', () => world.join({ room, identity }))
      for (const source of [TrackSource.MICROPHONE, TrackSource.CAMERA])
        await book('tracks, two for each join', () => world.publish(room, identity, source))
    }
    for (let read = 0; read < READS; read += 1)
      if (read % MEETINGS === meeting) await book('reads of participants', () => get('/api/livekit/participants', { room }))
    for (let asked = 0; asked < TOKENS; asked += 1)
      if (asked % MEETINGS === meeting) await book('tokens', () => get('/api/livekit/token', { room, username: `user ${asked % USERS}` }))
    for (const identity of people) {
      for (const { sid } of [...(world.participant(room, identity)?.tracks ?? [])])
        await book('tracks, two for each join', () => world.unpublish(room, identity, sid))
      await book('leaves', () => world.leave(room, identity))
    }
    await book('rooms that start and finish', () => world.deleteRoom(room))
  }
  const counts = [
    ['as Redis told them one by one', await commands.total()],
    ['by its statistics, less what ran inside scripts', await commands.byStatistics()],
    ["by the server's own meter", (await metered()) - meteredBefore],
  ] as const
  printTable(
    `A day of ${USERS} users, client commands to Redis`,
    ['for', 'times', 'commands'],
    causes.map((cause) => [cause, spent.get(cause)?.times ?? 0, spent.get(cause)?.commands ?? 0]),
  )
  printTable('They were', ['', 'commands'], [...commands.byKind()])
  printTable('In all', ['', 'commands'], counts)
  const asked = [...service.calls.counts].map(([method, count]) => `${method} ${count}`)
  process.stdout.write(`\nLiveKit was asked since the start: ${asked.join(', ')}\n`)
  printLimits([{ what: `client commands of a day of ${USERS} users`, value: Math.max(...counts.map(([, count]) => count)), atMost: LIMIT }])
  console.close()
}

await run()
