import { setTimeout as delay } from 'node:timers/promises'
import { ParticipantInfo_State } from '@livekit/protocol'
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Bot } from '#demo/bot.ts'
import { disposeRtc } from '#demo/rtc.ts'
import { checkMatchSchema, syncStatusSchema, type SyncStatus } from '#shared/contract/http-sync.ts'
import { participantsAnswerSchema } from '#shared/contract/http-participants.ts'
import { roomsPageSchema } from '#shared/contract/http.ts'
import { roomDetailSchema } from '#shared/domain/room.ts'
import { connectConsole, type ConsoleClient } from '../harness/console-client.ts'
import { startLossyWebhooks } from '../harness/lossy-webhooks.ts'
import { startRedis, type RedisPeer } from '../harness/redis.ts'
import { startServerProcess } from '../harness/server-process.ts'
import { adminToken, freshRoom, startStack, type Stack } from '../harness/stack.ts'
import { peers } from '../peers.ts'

const DAY_MS = 86_400_000
/** How long after the traffic the lists are compared, ms: LiveKit's counts lag by up to 5 s. */
const QUIET_MS = 6000

/** Everything that can be wrong: rooms by name and sid, the stays of people in them, and the tracks of who is there in both. */
type Facts = ReadonlyMap<string, ReadonlyMap<string, { readonly sid: string; readonly tracks: ReadonlySet<string> }>>

describe.skipIf(peers.livekit === null || peers.redis === null)('sync with a real LiveKit', () => {
  let redis: RedisPeer
  const cleanUps: (() => unknown)[] = []

  beforeEach(async () => {
    redis = await startRedis(peers.redis ?? '')
    cleanUps.push(redis.stop)
  })
  afterEach(async () => {
    for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp()
  })
  afterAll(disposeRtc)

  async function stackOf(options: Parameters<typeof startStack>[0]): Promise<Stack> {
    const stack = await startStack(options)
    cleanUps.push(() => stack.stop())
    return stack
  }
  async function consoleOf(url: string): Promise<ConsoleClient> {
    const client = await connectConsole(url)
    cleanUps.push(() => client.close())
    return client
  }

  it('webhooks lost at random: two syncs put everything right, and the drift is what an independent comparison counted', async () => {
    const random = seeded(20_267)
    let target = ''
    const relay = await startLossyWebhooks(() => target)
    cleanUps.push(relay.close)
    const stack = await stackOf({ webhooksTo: [], alsoTo: [relay.url] })
    const { url } = await stack.serve(0, { redisUrl: redis.url, syncIntervalMs: DAY_MS, cleanupIntervalMs: DAY_MS })
    target = `${url}/api/livekit-webhook`
    await expect.poll(async () => (await statusOf(url)).nextSync, { timeout: 10_000 }).toBeGreaterThan(Date.now() + DAY_MS / 2)

    relay.loses = () => random() < 0.3
    await traffic(stack, random)
    await delay(QUIET_MS)
    const wrong = compare(await listed(stack), await shown(url))
    const before = await statusOf(url)
    process.stdout.write(`${relay.lost()} of ${relay.lost() + relay.passed()} webhooks lost, ${wrong.length} facts wrong\n`)
    expect(wrong).not.toEqual([])
    const synced = [await control(url, { action: 'sync' }), await control(url, { action: 'sync' })]
    expect(compare(await listed(stack), await shown(url))).toEqual([])
    const { drift } = await statusOf(url)
    expect(drift - before.drift).toBe(wrong.length)
    expect(synced.map((answer) => answer['drift']).reduce((sum: number, each) => sum + Number(each), 0)).toBe(wrong.length)
    expect(await control(url, { action: 'full-sync' })).toEqual({ synced: (await listed(stack)).size, cleaned: 0, drift: 0 })
  }, 120_000)

  it('S1.3 S1.4 two instances: one sweeps for both, a killed one is replaced, and stopping holds for both', async () => {
    const stack = await stackOf({ servers: 2, webhooksTo: [] })
    const sweeping = { redisUrl: redis.url, syncIntervalMs: 500 }
    const first = await startServerProcess(stack.settings(0, sweeping))
    const before = (await statusOf(first.url)).lastSync ?? 0
    await expect.poll(async () => (await statusOf(first.url)).lastSync, { timeout: 5000 }).toBeGreaterThan(before)
    const second = await stack.serve(1, sweeping)
    const client = await consoleOf(second.url)
    const [room, later] = [freshRoom('unheard'), freshRoom('later')]
    await stack.join(room, 'ana')
    await client.until(() => client.rooms.get(room)?.online === 1)
    await expect.poll(async () => (await statusOf(second.url)).drift).toBeGreaterThan(0)
    expect((await statusOf(first.url)).drift).toBe((await statusOf(second.url)).drift)

    await first.kill()
    await stack.join(later, 'bo')
    await client.until(() => client.rooms.get(later)?.online === 1)

    const third = await stack.serve(0, sweeping)
    expect(await control(third.url, { action: 'stop-service' })).toEqual({ running: false })
    for (const { url } of [second, third]) await expect.poll(async () => (await statusOf(url)).running).toBe(false)
    expect(second.isSyncServiceRunning()).toBe(false)
    // An instance that has just started owes itself a second look, also while the service is stopped.
    await delay(2000)
    const stopped = freshRoom('while stopped')
    await stack.api.createRoom({ name: stopped })
    const { lastSync } = await statusOf(second.url)
    // Longer than two sweeps.
    await delay(1500)
    expect((await statusOf(second.url)).lastSync).toBe(lastSync)
    expect(client.rooms.has(stopped)).toBe(false)
    expect(await control(second.url, { action: 'sync', room: stopped })).toMatchObject({ synced: 1, drift: 1 })
    await client.until(() => client.rooms.has(stopped))
    expect(await control(second.url, { action: 'start-service' })).toEqual({ running: true })
    await expect.poll(async () => (await statusOf(third.url)).lastSync, { timeout: 5000 }).toBeGreaterThan(lastSync ?? 0)
    expect(await third.triggerImmediateSync()).toMatchObject({ synced: 3 })
  }, 90_000)

  it('S0.2 S1.6 who is in a room is read from the copy, or from LiveKit where the room is not in it', async () => {
    const stack = await stackOf({ webhooksTo: [] })
    const server = await stack.serve(0, { syncIntervalMs: DAY_MS, serviceToken: 'a-service' })
    await expect.poll(async () => (await statusOf(server.url)).nextSync, { timeout: 10_000 }).toBeGreaterThan(Date.now() + DAY_MS / 2)
    const client = await consoleOf(server.url)
    const room = '__proto__'
    await stack.join(room, 'ana')
    const read = async (name: string) => {
      const path = `/api/livekit/participants?room=${encodeURIComponent(name)}`
      const { participants, source, confirmedAt } = participantsAnswerSchema.parse(await get(server.url, path, 'a-service'))
      expect(Date.now() - confirmedAt).toBeLessThan(60_000)
      return { room: name, source, who: participants.map(({ identity }) => identity) }
    }
    expect(await read(room)).toEqual({ room, source: 'livekit', who: ['ana'] })
    await client.until(() => client.rooms.get(room)?.online === 1)
    expect(await read(room)).toEqual({ room, source: 'cache', who: ['ana'] })
    expect(await read('nowhere')).toEqual({ room: 'nowhere', source: 'livekit', who: [] })
    const match = checkMatchSchema.parse(await get(server.url, '/api/check-match'))
    expect(match).toMatchObject({ roomStatesCount: 1, roomParticipantsCount: 1, activeMatchesCount: 0, syncServiceRunning: true })
    expect(Object.entries(match.roomParticipants)).toEqual([[room, ['ana']]])
    expect(Object.values(match.roomStates)).toMatchObject([{ roomName: room, participants: ['ana'], isActive: true }])
    await stack.livekit.stop()
    expect(await read(room)).toMatchObject({ source: 'cache' })
    await expect(read('elsewhere')).rejects.toThrow('503')
    expect(await refused(server.url, { action: 'sync' })).toMatchObject({ ok: false, code: 'unavailable' })
    expect(await refused(server.url, { action: 'cleanup', room })).toMatchObject({ ok: false, code: 'invalid' })
    expect(await refused(server.url, { action: 'dance' })).toMatchObject({ ok: false, code: 'invalid' })
  })
})

/** Bots that come and go in rooms that begin and end; rooms that empty stay. */
async function traffic(stack: Stack, random: () => number): Promise<void> {
  const names = Array.from({ length: 5 }, () => freshRoom('busy'))
  for (const name of names) await stack.api.createRoom({ name, emptyTimeout: 600, departureTimeout: 600 })
  const present: { readonly bot: Bot; readonly room: string }[] = []
  const someone = () => present.splice(Math.floor(random() * present.length), 1)[0]
  for (let step = 0; step < 60; step += 1) {
    const room = names[Math.floor(random() * names.length)] ?? ''
    if (present.length > 12 || (present.length > 2 && random() < 0.4)) await someone()?.bot.leave()
    else present.push({ room, bot: await stack.join(room, `bot-${step}`, { microphone: random() < 0.8 }) })
  }
  for (let count = 0; count < 5; count += 1) await someone()?.bot.leave()
  const [ended = '', again = ''] = names
  for (const name of [ended, again]) await stack.api.deleteRoom(name)
  await stack.join(again, 'returns')
}

async function listed({ api }: Stack): Promise<Facts> {
  const rooms = await api.listRooms()
  const entries = rooms.map(async ({ name, sid: roomSid }) => {
    const people = (await api.listParticipants(name)).filter(({ state }) => state === ParticipantInfo_State.ACTIVE)
    return [`${name} ${roomSid}`, new Map(people.map(({ identity, sid, tracks }) => [identity, { sid, tracks: sidsOf(tracks) }]))] as const
  })
  return new Map(await Promise.all(entries))
}

async function shown(url: string): Promise<Facts> {
  const { rooms } = roomsPageSchema.parse(await get(url, '/api/rooms?limit=1000'))
  const entries = rooms.map(async ({ room }) => {
    const detail = roomDetailSchema.parse(await get(url, `/api/rooms/${encodeURIComponent(room)}`))
    const online = detail.participants.filter(({ isOnline }) => isOnline)
    return [
      `${room} ${detail.sid}`,
      new Map(online.map(({ identity, sid, tracks }) => [identity, { sid, tracks: sidsOf(tracks) }])),
    ] as const
  })
  return new Map(await Promise.all(entries))
}

function sidsOf(tracks: readonly { readonly sid: string }[]): Set<string> {
  return new Set(tracks.map(({ sid }) => sid))
}

/** The facts that differ, a line each. */
function compare(there: Facts, here: Facts): string[] {
  const wrong: string[] = []
  for (const room of new Set([...there.keys(), ...here.keys()])) {
    const [listedPeople, shownPeople] = [there.get(room), here.get(room)]
    if (!listedPeople || !shownPeople) wrong.push(room)
    for (const identity of new Set([...(listedPeople?.keys() ?? []), ...(shownPeople?.keys() ?? [])])) {
      const [person, known] = [listedPeople?.get(identity), shownPeople?.get(identity)]
      if (!person || !known || person.sid !== known.sid) wrong.push(`${room}: ${identity}`)
      else for (const sid of differences(person.tracks, known.tracks)) wrong.push(`${room}: ${identity}: ${sid}`)
    }
  }
  return wrong
}

function differences(one: ReadonlySet<string>, other: ReadonlySet<string>): string[] {
  return [...[...one].filter((sid) => !other.has(sid)), ...[...other].filter((sid) => !one.has(sid))]
}

async function get(url: string, path: string, token = adminToken): Promise<unknown> {
  const answer = await fetch(`${url}${path}`, { headers: { authorization: `Bearer ${token}` } })
  if (!answer.ok) throw new Error(String(answer.status))
  return answer.json()
}

async function statusOf(url: string): Promise<SyncStatus> {
  return syncStatusSchema.parse(await get(url, '/api/sync-rooms'))
}

function post(url: string, body: object): Promise<Response> {
  const headers = { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' }
  return fetch(`${url}/api/sync-rooms`, { method: 'POST', headers, body: JSON.stringify(body) })
}

async function control(url: string, body: object): Promise<Record<string, unknown>> {
  const answer = await post(url, body)
  expect(answer.status).toBe(200)
  // An answer of our own server; what is in it is compared.
  return (await answer.json()) as Record<string, unknown>
}

async function refused(url: string, body: object): Promise<unknown> {
  return (await post(url, body)).json()
}

/** The same numbers from 0 to 1 for the same seed. */
function seeded(seed: number): () => number {
  let state = seed
  process.stdout.write(`seed ${seed}\n`)
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 2_246_822_519) + 3_266_489_917) >>> 0
    return ((state ^ (state >>> 13)) >>> 0) / 2 ** 32
  }
}
