import { describe, expect, it } from 'vitest'
import { fail } from '#shared/domain/failure.ts'
import type { FeedEvent } from '#shared/domain/feed-event.ts'
import { createMemoryBus } from '#server/redis/bus.ts'
import { openLiveRooms } from '#server/rooms/live-rooms.ts'
import { createMemoryRoomStore } from '#server/rooms/memory-room-store.ts'
import { createSyncService } from './sync-service.ts'
import { listing, person } from './testing/listing.ts'

async function start() {
  const livekit = listing()
  const rooms = await openLiveRooms(createMemoryRoomStore('life'))
  let clock = Date.now()
  // Each sweep asks for a list some time after the one before.
  const sync = createSyncService({
    rooms,
    livekit,
    bus: createMemoryBus(),
    intervalMs: 86_400_000,
    cleanupIntervalMs: 86_400_000,
    onRepaired: () => undefined,
    missGapMs: 0,
    now: () => (clock += 10),
  })
  const online = (name: string) =>
    [...(rooms.newest(name).room?.participants.values() ?? [])].filter((row) => row.online).map((row) => row.identity)
  return { livekit, rooms, sync, online, now: (ms = 10) => (clock += ms) }
}

describe('S1.3 a sweep', () => {
  it('brings what LiveKit lists, counts it as drift, and finds nothing the second time', async () => {
    const { livekit, sync, online } = await start()
    livekit.rooms.set('a', [person('ana'), { ...person('bo'), active: false }])
    // What a first look finds was there before: no drift.
    expect(await sync.sweepAnew('silent')).toMatchObject({ listed: 1, drift: 0, failure: null })
    expect(online('a')).toEqual(['ana'])
    livekit.rooms.set('b', [person('cy')])
    expect(await sync.sync()).toMatchObject({ ok: true, value: { synced: 2, cleaned: 0, drift: 2 } })
    expect(online('b')).toEqual(['cy'])
    expect(await sync.sync()).toMatchObject({ ok: true, value: { drift: 0 } })
    expect(sync.status()).toMatchObject({ rooms: 2, drift: 2, errors: 0, running: true })
    await sync.stop()
  })

  it('declares nobody and no room gone before the second sweep that misses them', async () => {
    const { livekit, sync, online, rooms } = await start()
    livekit.rooms.set('a', [person('ana'), person('bo')]).set('b', [])
    await sync.sweepAnew('silent')
    livekit.rooms.set('a', [person('ana')]).delete('b')
    expect(await sync.sweepAnew('silent')).toMatchObject({ drift: 0 })
    expect(online('a')).toEqual(['ana', 'bo'])
    expect(await sync.sweepAnew('silent')).toMatchObject({ drift: 2 })
    expect(online('a')).toEqual(['ana'])
    expect(rooms.newest('b').room).toBeNull()
    await sync.stop()
  })

  it('forgives one miss: who is listed again was never gone', async () => {
    const { livekit, sync, online } = await start()
    for (const people of [[person('ana')], [], [person('ana')], []]) {
      livekit.rooms.set('a', people)
      await sync.sweepAnew('silent')
      expect(online('a')).toEqual(['ana'])
    }
    await sync.stop()
  })

  it('is silent about what a first look finds, and tells what one finds after the store was away', async () => {
    const { livekit, sync, rooms } = await start()
    const told: string[] = []
    rooms.told.subscribe(({ type, data }) => told.push(`${type} ${data.participant?.identity ?? ''}`))
    livekit.rooms.set('a', [person('ana')])
    await sync.sweepAnew('silent')
    livekit.rooms.set('a', [person('ana'), person('bo')])
    await sync.sweepAnew('told')
    await expect.poll(() => told).toEqual(['participant_joined bo'])
    await sync.stop()
  })

  it('tells every fact of a room that ended and began again unheard: who left, its end, its start, who joined', async () => {
    const { livekit, sync, online, rooms } = await start()
    livekit.rooms.set('a', [person('ana'), person('bo')])
    await sync.sweepAnew('silent')
    const told: string[] = []
    rooms.told.subscribe(({ type, data }) => told.push(`${type} ${data.participant?.identity ?? data.room?.sid}`))
    livekit.session = 1
    livekit.rooms.set('a', [person('ana', { sid: 'PA_again', joinedAt: 9 })])
    expect(await sync.sync()).toMatchObject({ value: { drift: 5 } })
    expect(online('a')).toEqual(['ana'])
    const all = ['participant_left ana', 'participant_left bo', 'room_finished RM_a_0', 'room_started RM_a_1', 'participant_joined ana']
    await expect.poll(() => told).toEqual(all)
    expect(await sync.sync()).toMatchObject({ value: { drift: 0 } })
    await sync.stop()
  })

  it('never undoes what came in while it was asking', async () => {
    const { livekit, sync, online, rooms, now } = await start()
    livekit.rooms.set('a', [person('ana')])
    await sync.sweepAnew('silent')
    const { facts } = rooms.newest('a').room ?? {}
    livekit.meanwhile = async () => {
      livekit.meanwhile = () => Promise.resolve()
      const late = person('ana', { version: 5, name: 'Ana B' }).facts
      await rooms.submit({
        id: 'EV_new',
        at: now(),
        cause: 'webhook',
        type: 'name_changed',
        participant: late,
        room: { name: 'a', sid: 'RM_a_0', facts: facts ?? null },
      })
    }
    expect(await sync.sweepAnew('silent')).toMatchObject({ drift: 0 })
    expect(rooms.newest('a').room?.participants.get('ana')?.name).toBe('Ana B')
    expect(online('a')).toEqual(['ana'])
    await sync.stop()
  })

  it('brings every difference of a person: permission, tracks, mute', async () => {
    const { livekit, sync, rooms } = await start()
    const track = { sid: 'TR_1', source: 'microphone', muted: false } as const
    livekit.rooms.set('a', [person('ana', { tracks: [track, { ...track, sid: 'TR_2' }] })])
    await sync.sweepAnew('silent')
    const permissions = { canSubscribe: true, canPublish: false, canPublishData: true, canPublishSources: [], canUpdateMetadata: false }
    livekit.rooms.set('a', [
      person('ana', {
        version: 4,
        permissions,
        metadata: 'm',
        tracks: [
          { ...track, muted: true },
          { ...track, sid: 'TR_3' },
        ],
      }),
    ])
    expect(await sync.sweepAnew('silent')).toMatchObject({ failure: null })
    const row = rooms.newest('a').room?.participants.get('ana')
    expect(row).toMatchObject({ permissions, metadata: 'm' })
    expect(row?.tracks.map(({ sid, muted }) => [sid, muted])).toEqual([
      ['TR_1', true],
      ['TR_3', false],
    ])
    expect(await sync.sweepAnew('silent')).toMatchObject({ drift: 0 })
    await sync.stop()
  })

  it('says so when LiveKit cannot be asked, and changes nothing', async () => {
    const { livekit, sync, online } = await start()
    livekit.rooms.set('a', [person('ana')])
    await sync.sweepAnew('silent')
    livekit.failure = fail('unavailable', 'away', 'unreachable')
    for (let sweep = 0; sweep < 3; sweep += 1) expect(await sync.sweepAnew('silent')).toMatchObject({ failure: { code: 'unavailable' } })
    expect(online('a')).toEqual(['ana'])
    await sync.stop()
  })
})

describe('S1.4 what an operator asks for', () => {
  it('syncs one room, also one that is not known here, and leaves the others alone', async () => {
    const { livekit, sync, online } = await start()
    await sync.sweepAnew('silent')
    livekit.rooms.set('a', [person('ana')]).set('b', [person('bo')])
    expect(await sync.sync('b')).toEqual({ ok: true, value: { synced: 1, cleaned: 0, drift: 2 } })
    expect(online('b')).toEqual(['bo'])
    expect(online('a')).toEqual([])
    expect(await sync.sync('nowhere')).toEqual({ ok: true, value: { synced: 0, cleaned: 0, drift: 0 } })
    await sync.stop()
  })

  it('a full sync asks again where somebody is missing, so that one is enough; everybody of a room that is gone counts', async () => {
    const { livekit, sync, online, rooms } = await start()
    livekit.rooms.set('a', [person('ana'), person('bo')]).set('b', [person('cy'), person('di')])
    await sync.sweepAnew('silent')
    livekit.rooms.set('a', [person('ana')]).delete('b')
    expect(await sync.fullSync()).toEqual({ ok: true, value: { synced: 1, cleaned: 1, drift: 4 } })
    expect(online('a')).toEqual(['ana'])
    expect(rooms.newest('b').room).toBeNull()
    const { calls } = livekit
    expect(await sync.fullSync()).toEqual({ ok: true, value: { synced: 1, cleaned: 0, drift: 0 } })
    expect(livekit.calls - calls).toBe(2)
    await sync.stop()
  })

  it('stops and starts the service; what is asked for by hand still works', async () => {
    const { livekit, sync } = await start()
    await sync.sweepAnew('silent')
    expect(await sync.setRunning(false)).toEqual({ ok: true, value: { running: false } })
    expect(sync.status()).toMatchObject({ running: false, nextSync: null })
    livekit.rooms.set('a', [])
    expect(await sync.triggerImmediateSync()).toEqual({ synced: 1, cleaned: 0 })
    expect(sync.isSyncServiceRunning()).toBe(false)
    await sync.setRunning(true)
    expect(sync.isSyncServiceRunning()).toBe(true)
    await sync.stop()
  })

  it('says why it could not, in the answer, in the status, and to a program that embeds it', async () => {
    const { livekit, sync } = await start()
    await sync.sweepAnew('silent')
    livekit.failure = fail('unavailable', 'LiveKit is away', 'unreachable')
    expect(await sync.sync()).toMatchObject({ ok: false, code: 'unavailable', message: 'LiveKit is away' })
    expect(sync.status()).toMatchObject({ errors: 1, lastError: 'LiveKit is away' })
    await expect(sync.triggerImmediateSync()).rejects.toThrow('LiveKit is away')
    livekit.failure = null
    await sync.sync()
    expect(sync.status()).toMatchObject({ errors: 2, lastError: null })
    await sync.stop()
  })

  it('asks LiveKit for at most eight lists at once', async () => {
    const { livekit, sync } = await start()
    let [under, most] = [0, 0]
    livekit.meanwhile = async () => {
      most = Math.max(most, (under += 1))
      await new Promise((resolve) => setImmediate(resolve))
      under -= 1
    }
    for (let count = 0; count < 50; count += 1) livekit.rooms.set(`room ${count}`, [])
    expect(await sync.sweepAnew('silent')).toMatchObject({ listed: 50, failure: null })
    expect(most).toBe(8)
    await sync.stop()
  })
})

describe('webhooks that do not arrive', () => {
  it('are noticed after two minutes of silence by what sweeps find, told once in the feed, and cleared by the next webhook', async () => {
    const { livekit, sync, rooms, now } = await start()
    const told: FeedEvent[] = []
    rooms.told.subscribe((event) => event.type === 'webhooks_missing' && told.push(event))
    await sync.sweepAnew('silent')
    livekit.rooms.set('a', [])
    await sync.sync()
    expect(sync.status().webhooksMissing).toBe(false)
    now(121_000)
    await sync.sync()
    expect(sync.status().webhooksMissing).toBe(false)
    for (const name of ['b', 'c']) {
      livekit.rooms.set(name, [])
      await sync.sync()
      expect(sync.status().webhooksMissing).toBe(true)
    }
    await expect.poll(() => told).toHaveLength(1)
    sync.webhookCame(now())
    expect(sync.status().webhooksMissing).toBe(false)
    await sync.stop()
  })

  it('are not to blame for what LiveKit has no webhook for: mute, metadata, permission', async () => {
    const { livekit, sync, now } = await start()
    livekit.rooms.set('a', [person('ana')])
    await sync.sweepAnew('silent')
    now(121_000)
    livekit.rooms.set('a', [person('ana', { version: 2, metadata: 'new' })])
    expect(await sync.sync()).toMatchObject({ value: { drift: 1 } })
    expect(sync.status().webhooksMissing).toBe(false)
    await sync.stop()
  })
})
