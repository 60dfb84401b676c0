import { setTimeout as wait } from 'node:timers/promises'
import { TrackSource } from '@livekit/protocol'
import { connectConsole } from '../tests/harness/console-client.ts'
import { printLimits } from './report.ts'
import { startSimulatedService, type SimulatedService } from './simulated-service.ts'
import { printTable } from './table.ts'

const [ROOMS, PEOPLE, CONSOLES] = [100, 4, 10]
const MINUTES = Number(process.env['USHER_BENCH_MINUTES'] ?? 4.5)
const SWEEP_MS = 30_000
const LIMIT_PER_HOUR = 150
const HOUR_MS = 3_600_000

/** What comes at times of its own, however short the look: how often in an hour. Everything else is taken to go on as it was seen. */
const periodic: ReadonlyMap<string, number> = new Map([
  ['a sweep', HOUR_MS / SWEEP_MS],
  // Every ten minutes.
  ['the sums of what is used', HOUR_MS / 600_000],
  // Every twelve minutes, and only where the records are in SQLite, as here.
  ['the claim on the one database', HOUR_MS / 720_000],
])

/** What a service costs Redis and LiveKit while nothing happens: 100 rooms with people in them, 10 consoles that show the wall, the feed and a room each. */
async function run(): Promise<void> {
  const service = await startSimulatedService({ SYNC_INTERVAL_MS: String(SWEEP_MS) })
  try {
    await standStill(service)
  } finally {
    await service.stop()
  }
}

async function standStill({ url, token, livekit, calls, commands }: SimulatedService): Promise<void> {
  const names = Array.from({ length: ROOMS }, (_, index) => `room ${index}`)
  for (const room of names) {
    for (let person = 0; person < PEOPLE; person += 1) {
      livekit.world.join({ room, identity: `person ${person}` })
      livekit.world.publish(room, `person ${person}`, TrackSource.MICROPHONE)
    }
  }
  const consoles = await Promise.all(Array.from({ length: CONSOLES }, () => connectConsole(url, token)))
  for (const [index, console] of consoles.entries()) await console.open(names[index] ?? '')
  const isWhole = () => names.every((name) => consoles.every(({ rooms }) => rooms.get(name)?.publishers === PEOPLE))
  await Promise.all(consoles.map((console) => console.until(isWhole)))
  // Until the sweeps find nothing new: the ones after the start, and one at rest.
  await wait(SWEEP_MS + 5000)

  await commands.reset()
  calls.reset()
  const told = consoles.reduce((sum, { feed }) => sum + feed.length, 0)
  const began = performance.now()
  await wait(MINUTES * 60_000)
  const inAll = await commands.total()
  const byStatistics = await commands.byStatistics()
  const perHour = HOUR_MS / (performance.now() - began)
  const toldMeanwhile = consoles.reduce((sum, { feed }) => sum + feed.length, 0) - told

  const seen = commands.byKind()
  const rows = [...new Set([...periodic.keys(), ...seen.keys()])].map((kind) => {
    const [count, extrapolated] = [seen.get(kind) ?? 0, (seen.get(kind) ?? 0) * perHour]
    const byPeriod = periodic.get(kind)
    // A short look may catch one that is rare, or miss it; what came more often than it is due goes by what was seen.
    const asDue = byPeriod !== undefined && count <= Math.ceil(byPeriod / perHour)
    return { kind, count, extrapolated, hourly: asDue ? byPeriod : extrapolated }
  })
  const sum = (of: (row: (typeof rows)[number]) => number) => Math.round(rows.reduce((total, row) => total + of(row), 0))
  printTable(
    `${ROOMS} rooms, ${CONSOLES} consoles, nothing happens: client commands to Redis in ${MINUTES} minutes`,
    ['', 'seen', 'an hour, as seen', 'an hour, by its period'],
    [
      ...rows.map(({ kind, count, extrapolated }) => [kind, count, Math.round(extrapolated), periodic.get(kind) ?? '']),
      ['in all', inAll, sum(({ extrapolated }) => extrapolated), sum(({ hourly }) => hourly)],
      ["by Redis' statistics, less what ran inside scripts", byStatistics, Math.round(byStatistics * perHour), ''],
    ],
  )
  const sweeps = calls.counts.get('ListRooms') ?? 0
  const asked = [...calls.counts.values()].reduce((total, count) => total + count, 0)
  const ofSweeps = sweeps + Math.min(calls.counts.get('ListParticipants') ?? 0, sweeps * ROOMS)
  printTable('Calls to LiveKit', ['', 'seen'], [...calls.counts, ['in all', asked]])
  for (const console of consoles) console.close()
  printLimits([
    {
      what: 'client commands an hour',
      value: sum(({ hourly }) => hourly),
      atMost: LIMIT_PER_HOUR,
    },
    { what: `calls to LiveKit that are not the ${sweeps} sweeps'`, value: asked - ofSweeps, atMost: 0 },
    { what: 'events that were told while nothing happened', value: toldMeanwhile, atMost: 0 },
  ])
}

await run()
