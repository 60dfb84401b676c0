import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createMemoryBus } from '#server/redis/bus.ts'
import { openLiveRooms } from '#server/rooms/live-rooms.ts'
import { createMemoryRoomStore } from '#server/rooms/memory-room-store.ts'
import type { RoomEvent } from '#server/rooms/room-event.ts'
import { createSyncService } from './sync-service.ts'
import { listing, person } from './testing/listing.ts'

const DAY = 86_400_000

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

/** A service that has read its rooms, and sweeps again tomorrow. */
async function start() {
  const livekit = listing()
  livekit.rooms.set('a', [person('ana')])
  const rooms = await openLiveRooms(createMemoryRoomStore('life'))
  const sync = createSyncService({
    rooms,
    livekit,
    bus: createMemoryBus(),
    intervalMs: DAY,
    cleanupIntervalMs: DAY,
    onRepaired: () => undefined,
    missGapMs: 0,
  })
  const told: string[] = []
  rooms.told.subscribe(({ type, data }) => void told.push(`${type} ${data.room?.name ?? ''}`))
  await sync.sweepAnew('silent')
  await vi.advanceTimersByTimeAsync(2000)
  livekit.calls = 0

  async function joins(identity: string, cause: RoomEvent['cause']): Promise<void> {
    const room = { name: 'a', sid: rooms.newest('a').room?.facts.sid ?? '', facts: null }
    const { facts } = person(identity)
    await rooms.submit({ id: `${cause} ${identity}`, at: Date.now(), cause, room, type: 'participant_joined', participant: facts })
  }
  const online = (name: string) => [...(rooms.newest(name).room?.participants.values() ?? [])].filter((row) => row.online).length
  return { livekit, rooms, sync, told, joins, online }
}

describe('X3 the search for rooms while webhooks are missing', () => {
  it('begins when an observer saw what no webhook told within ten seconds: one call every five, and what is new is read', async () => {
    const { livekit, joins, online, rooms, told, sync } = await start()
    await joins('bo', 'observer')
    livekit.rooms.set('a', [person('ana'), person('bo')])
    await vi.advanceTimersByTimeAsync(9000)
    expect(livekit.calls).toBe(0)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(livekit.calls).toBeGreaterThanOrEqual(11)
    expect(livekit.calls).toBeLessThanOrEqual(13)
    livekit.rooms.set('b', [person('cy'), person('di')])
    livekit.calls = 0
    await vi.advanceTimersByTimeAsync(5000)
    expect(online('b')).toBe(2)
    // The list, and who is in the one room that is new.
    expect(livekit.calls).toBe(2)
    expect(told).toContain('room_started b')
    livekit.rooms.delete('b')
    await vi.advanceTimersByTimeAsync(10_000)
    expect(rooms.newest('b').room).toBeNull()
    expect(sync.status().drift).toBeGreaterThan(0)
    await sync.stop()
  })

  it('reads a room in which nobody was known, and LiveKit counts people', async () => {
    const { livekit, joins, online, sync } = await start()
    livekit.rooms.set('empty', [])
    await sync.sync()
    await joins('bo', 'observer')
    livekit.rooms.set('a', [person('ana'), person('bo')]).set('empty', [person('cy')])
    await vi.advanceTimersByTimeAsync(20_000)
    expect(online('empty')).toBe(1)
    await sync.stop()
  })

  it('does not begin while webhooks come, and ends with the next one', async () => {
    const { livekit, joins, sync } = await start()
    await joins('bo', 'observer')
    sync.webhookCame(Date.now())
    await vi.advanceTimersByTimeAsync(60_000)
    expect(livekit.calls).toBe(0)
    await joins('cy', 'observer')
    livekit.rooms.set('a', [person('ana'), person('bo'), person('cy')])
    await vi.advanceTimersByTimeAsync(30_000)
    expect(livekit.calls).toBeGreaterThan(0)
    await joins('di', 'webhook')
    livekit.calls = 0
    await vi.advanceTimersByTimeAsync(60_000)
    expect(livekit.calls).toBe(0)
    await sync.stop()
  })

  it('says after two minutes that webhooks are missing, once', async () => {
    const { joins, told, sync } = await start()
    await joins('bo', 'observer')
    await vi.advanceTimersByTimeAsync(130_000)
    expect(sync.status().webhooksMissing).toBe(false)
    await joins('cy', 'observer')
    await joins('di', 'observer')
    await vi.advanceTimersByTimeAsync(1000)
    expect(sync.status().webhooksMissing).toBe(true)
    expect(told.filter((each) => each.startsWith('webhooks_missing'))).toHaveLength(1)
    sync.webhookCame(Date.now())
    expect(sync.status().webhooksMissing).toBe(false)
    await sync.stop()
  })
})
