import { setTimeout as wait } from 'node:timers/promises'
import { AccessToken } from 'livekit-server-sdk'
import { disposeRtc } from '#demo/rtc.ts'
import { scrape } from '../tests/harness/metrics.ts'
import { adminToken, startStack, type Stack } from '../tests/harness/stack.ts'
import { peers } from '../tests/peers.ts'
import { printLimits } from './report.ts'
import { startProgram, type Program } from './start-program.ts'
import { printTable } from './table.ts'

const [ROOMS, PEOPLE] = [20, 3]
/** How long is measured, and how long all is left to settle before, s. */
const [MEASURED_S, SETTLED_S] = [60, 15]
const MEGABYTE = 1_000_000

const rooms = Array.from({ length: ROOMS }, (_, index) => `room ${index}`)

/**
 * What it costs to observe 20 rooms of three people, one of them talking, at the same time in two ways: a sync server, less one that observes nothing, and
 * LiveKit's client for Node with every publication disabled, less its own memory before it joins.
 */
async function run(): Promise<void> {
  if (peers.livekit === null) throw new Error('it needs livekit-server')
  const stack = await startStack({ webhooksTo: [] })
  const programs: Program[] = []
  const start = async (file: string, environment: Record<string, string>, flags: string[] = []) => {
    const program = await startProgram(file, environment, flags)
    programs.push(program)
    return program
  }
  try {
    for (const room of rooms) await fill(stack, room)
    const blind = await start('out/main/sync-server.js', server(stack, 0))
    const usher = await start('out/main/sync-server.js', server(stack, ROOMS))
    const tokens = await Promise.all(rooms.map((room) => observerToken(stack, room)))
    const rtc = await start('bench/servers/rtc-observers.ts', { LIVEKIT_HOST: stack.livekit.url, TOKENS: JSON.stringify(tokens) })
    const rtcAlone = rtc.memory()
    await (await fetch(`http://127.0.0.1:${rtc.port}/join`)).text()
    const observers = async () => (await metricsOf(usher)).get('usher_observers') ?? 0
    // Both are asked, or one would have made more garbage than the other.
    while ((await observers()) < ROOMS) await Promise.all([wait(500), metricsOf(blind)])
    await wait(SETTLED_S * 1000)
    const before = [blind, usher, rtc].map(({ cpu }) => cpu())
    await wait(MEASURED_S * 1000)
    const [blindCpu = 0, usherCpu = 0, rtcCpu = 0] = [blind, usher, rtc].map(
      ({ cpu }, index) => ((cpu() - (before[index] ?? 0)) / MEASURED_S) * 100,
    )
    const cost = (usherCpu - blindCpu) / ROOMS
    const memory = (usher.memory() - blind.memory()) / MEGABYTE / ROOMS
    const rtcMemory = (rtc.memory() - rtcAlone) / MEGABYTE / ROOMS
    await metricsOf(blind)
    const packets = (await metricsOf(usher)).get('usher_observer_media_packets_total') ?? Number.NaN
    printTable(
      `${ROOMS} rooms of ${PEOPLE}, for ${MEASURED_S} s`,
      ['', '% of a core, all', '% of a core a room', 'MB a room'],
      [
        ['a sync server', fixed(usherCpu - blindCpu), fixed(cost), fixed(memory)],
        ['@livekit/rtc-node', fixed(rtcCpu), fixed(rtcCpu / ROOMS), fixed(rtcMemory)],
      ],
    )
    printLimits([
      { what: '% of a core a room', value: cost, atMost: 0.4 },
      { what: 'MB a room', value: memory, atMost: 3 },
      { what: 'of what @livekit/rtc-node takes', value: (usherCpu - blindCpu) / rtcCpu, atMost: 0.25 },
      { what: 'packets of media', value: packets, atMost: 0 },
    ])
  } finally {
    await Promise.all(programs.map((program) => program.stop()))
    await stack.stop()
    await disposeRtc()
  }
}

async function fill(stack: Stack, room: string): Promise<void> {
  for (let person = 0; person < PEOPLE; person += 1) {
    const bot = await stack.join(room, `person-${person}`, { microphone: true })
    if (person === 0) bot.startSpeaking()
  }
}

function server(stack: Stack, observed: number): Record<string, string> {
  return {
    PORT: '0',
    LIVEKIT_HOST: stack.livekit.url,
    LIVEKIT_API_KEY: stack.livekit.apiKey,
    LIVEKIT_API_SECRET: stack.livekit.apiSecret,
    OBSERVE_ROOMS: String(observed),
    SYNC_INTERVAL_MS: '86400000',
    USHER_ADMIN_TOKEN: adminToken,
    LOG_LEVEL: 'warn',
  }
}

async function observerToken({ livekit }: Stack, room: string): Promise<string> {
  const token = new AccessToken(livekit.apiKey, livekit.apiSecret, { identity: 'rtc-observer', ttl: 600 })
  token.kind = 'agent'
  token.addGrant({ roomJoin: true, room, hidden: true, canSubscribe: true, canPublish: false })
  return token.toJwt()
}

function metricsOf({ port }: Program): ReturnType<typeof scrape> {
  return scrape(`http://127.0.0.1:${port}`)
}

function fixed(value: number): number {
  return Number(value.toFixed(2))
}

await run()
