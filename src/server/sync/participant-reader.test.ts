import { expect, it } from 'vitest'
import { fail } from '#shared/domain/failure.ts'
import { createMemoryBus } from '#server/redis/bus.ts'
import { openLiveRooms } from '#server/rooms/live-rooms.ts'
import { createMemoryRoomStore } from '#server/rooms/memory-room-store.ts'
import { createParticipantReader } from './participant-reader.ts'
import { createSyncService } from './sync-service.ts'
import { listing, person } from './testing/listing.ts'

async function start() {
  const livekit = listing()
  const rooms = await openLiveRooms(createMemoryRoomStore('life'))
  const intervals = { intervalMs: 86_400_000, cleanupIntervalMs: 86_400_000 }
  const sync = createSyncService({ rooms, livekit, bus: createMemoryBus(), ...intervals, onRepaired: () => undefined })
  let clock = 0
  const read = createParticipantReader({ get: rooms.get, readRoom: sync.readRoom, now: () => clock })
  const identities = async (room: string) => {
    const answer = await read(room)
    if (!answer.ok) return answer
    const { source, participants, confirmedAt } = answer.value
    expect(confirmedAt).toBeGreaterThan(0)
    return { source, who: participants.map(({ identity }) => identity) }
  }
  return { livekit, rooms, sync, read, identities, pass: (ms: number) => (clock += ms) }
}

it('S0.2 reads a room that is known from the copy: LiveKit is not called', async () => {
  const { livekit, sync, rooms, identities } = await start()
  livekit.rooms.set('lobby', [person('ana'), person('guard', { hidden: true })])
  await sync.sweepAnew('silent')
  await rooms.caughtUp()
  const { calls } = livekit
  for (let count = 0; count < 1000; count += 1) expect(await identities('lobby')).toEqual({ source: 'cache', who: ['ana'] })
  expect(livekit.calls).toBe(calls)
})

it('S0.2 S3.2 a miss asks LiveKit once for all who ask at the time, and fills the copy', async () => {
  const { livekit, rooms, sync, identities } = await start()
  livekit.rooms.set('lobby', [person('ana')])
  const answers = await Promise.all(Array.from({ length: 20 }, () => identities('lobby')))
  expect(answers).toEqual(answers.map(() => ({ source: 'livekit', who: ['ana'] })))
  expect(livekit.calls).toBe(2)
  await rooms.caughtUp()
  expect(await identities('lobby')).toEqual({ source: 'cache', who: ['ana'] })
  expect(livekit.calls).toBe(2)
  expect(sync.status().drift).toBe(2)
})

it('S0.2 trusts for five seconds that there is no such room, and sees it at once when it begins', async () => {
  const { livekit, sync, rooms, identities, pass } = await start()
  expect(await identities('later')).toEqual({ source: 'livekit', who: [] })
  pass(4999)
  await identities('later')
  expect(livekit.calls).toBe(1)
  pass(1)
  await identities('later')
  expect(livekit.calls).toBe(2)
  livekit.rooms.set('later', [person('ana')])
  await sync.sync()
  await rooms.caughtUp()
  expect(await identities('later')).toEqual({ source: 'cache', who: ['ana'] })
})

it('a LiveKit that is away is told as unavailable and asked again the next time', async () => {
  const { livekit, identities } = await start()
  livekit.failure = fail('unauthorized', 'LiveKit refuses the API key')
  expect(await identities('lobby')).toMatchObject({ ok: false, code: 'unavailable', message: 'LiveKit refuses the API key' })
  livekit.failure = null
  livekit.rooms.set('lobby', [person('ana')])
  expect(await identities('lobby')).toEqual({ source: 'livekit', who: ['ana'] })
})

it('keeps the answers of a bounded number of names', async () => {
  const { livekit, identities } = await start()
  for (let count = 0; count < 1500; count += 1) await identities(`nobody ${count}`)
  const { calls } = livekit
  await identities('nobody 1499')
  expect(livekit.calls).toBe(calls)
  await identities('nobody 0')
  expect(livekit.calls).toBe(calls + 1)
})
