import { describe, expect, it } from 'vitest'
import { fail, succeed, type Result } from '#shared/domain/failure.ts'
import type { ListedParticipant, ListedRoom, RoomService } from '#server/livekit/room-service.ts'
import { createMemoryBus } from '#server/redis/bus.ts'
import { openLiveRooms } from '#server/rooms/live-rooms.ts'
import { createMemoryRoomStore } from '#server/rooms/memory-room-store.ts'
import type { ParticipantFacts } from '#server/rooms/room-model.ts'
import { createSyncService } from './sync-service.ts'

function person(identity: string, more: Partial<ParticipantFacts> = {}): ListedParticipant {
  const permissions = { canSubscribe: true, canPublish: true, canPublishData: true, canPublishSources: [], canUpdateMetadata: false }
  const facts = {
    identity,
    sid: `PA_${identity}`,
    name: identity,
    kind: 'standard',
    hidden: false,
    joinedAt: 5,
    version: 1,
    tracks: [],
    permissions,
    metadata: '',
    attributes: {},
  } satisfies ParticipantFacts
  return { facts: { ...facts, ...more }, active: true }
}

/** A LiveKit whose lists a test writes. */
function listing() {
  const rooms = new Map<string, ListedParticipant[]>()
  const livekit = {
    rooms,
    failure: null as ReturnType<typeof fail> | null,
    meanwhile: () => Promise.resolve(),
    listRooms(names?: readonly string[]): Promise<Result<readonly ListedRoom[]>> {
      const facts = (name: string) => ({ sid: `RM_${name}`, startedAt: 1, metadata: '', maxParticipants: 0, recording: false })
      return Promise.resolve(
        livekit.failure ??
          succeed([...rooms.keys()].filter((name) => names?.includes(name) ?? true).map((name) => ({ name, facts: facts(name) }))),
      )
    },
    async listParticipants(room: string): Promise<Result<readonly ListedParticipant[]>> {
      const people = rooms.get(room)
      await livekit.meanwhile()
      return people ? succeed(people) : fail('not_found', 'gone')
    },
    muteTrack: () => Promise.resolve(succeed(undefined)),
    removeParticipant: () => Promise.resolve(succeed(undefined)),
  } satisfies RoomService & Record<string, unknown>
  return livekit
}

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
  return { livekit, rooms, sync, online, now: () => (clock += 10) }
}

describe('S1.3 a sweep', () => {
  it('brings what LiveKit lists, counts it as drift, and finds nothing the second time', async () => {
    const { livekit, sync, online } = await start()
    livekit.rooms.set('a', [person('ana'), { ...person('bo'), active: false }])
    // What a first look finds was there before: no drift.
    expect(await sync.sweepAnew()).toMatchObject({ listed: 1, drift: 0, failure: null })
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
    await sync.sweepAnew()
    livekit.rooms.set('a', [person('ana')]).delete('b')
    expect(await sync.sweepAnew()).toMatchObject({ drift: 0 })
    expect(online('a')).toEqual(['ana', 'bo'])
    expect(await sync.sweepAnew()).toMatchObject({ drift: 2 })
    expect(online('a')).toEqual(['ana'])
    expect(rooms.newest('b').room).toBeNull()
    await sync.stop()
  })

  it('forgives one miss: who is listed again was never gone', async () => {
    const { livekit, sync, online } = await start()
    for (const people of [[person('ana')], [], [person('ana')], []]) {
      livekit.rooms.set('a', people)
      await sync.sweepAnew()
      expect(online('a')).toEqual(['ana'])
    }
    await sync.stop()
  })

  it('never undoes what came in while it was asking', async () => {
    const { livekit, sync, online, rooms, now } = await start()
    livekit.rooms.set('a', [person('ana')])
    await sync.sweepAnew()
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
        room: { name: 'a', sid: 'RM_a', facts: facts ?? null },
      })
    }
    expect(await sync.sweepAnew()).toMatchObject({ drift: 0 })
    expect(rooms.newest('a').room?.participants.get('ana')?.name).toBe('Ana B')
    expect(online('a')).toEqual(['ana'])
    await sync.stop()
  })

  it('brings every difference of a person: permission, tracks, mute', async () => {
    const { livekit, sync, rooms } = await start()
    const track = { sid: 'TR_1', source: 'microphone', muted: false } as const
    livekit.rooms.set('a', [person('ana', { tracks: [track, { ...track, sid: 'TR_2' }] })])
    await sync.sweepAnew()
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
    expect(await sync.sweepAnew()).toMatchObject({ failure: null })
    const row = rooms.newest('a').room?.participants.get('ana')
    expect(row).toMatchObject({ permissions, metadata: 'm' })
    expect(row?.tracks.map(({ sid, muted }) => [sid, muted])).toEqual([
      ['TR_1', true],
      ['TR_3', false],
    ])
    expect(await sync.sweepAnew()).toMatchObject({ drift: 0 })
    await sync.stop()
  })

  it('says so when LiveKit cannot be asked, and changes nothing', async () => {
    const { livekit, sync, online } = await start()
    livekit.rooms.set('a', [person('ana')])
    await sync.sweepAnew()
    livekit.failure = fail('unavailable', 'away', 'unreachable')
    for (let sweep = 0; sweep < 3; sweep += 1) expect(await sync.sweepAnew()).toMatchObject({ failure: { code: 'unavailable' } })
    expect(online('a')).toEqual(['ana'])
    await sync.stop()
  })
})
