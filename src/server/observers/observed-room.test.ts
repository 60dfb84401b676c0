import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Presence } from '#shared/domain/presence.ts'
import type { ParticipantFacts } from '#server/rooms/room-model.ts'
import { openObservedRoom } from './observed-room.ts'
import type { ObserverEnd, SeenPerson, Sighting } from './room-observer.ts'
import { openLiveScene } from './testing/live-scene.ts'
import { createScriptedObserver, roomFacts, seen } from './testing/scripted-observer.ts'

const ROOM = 'lobby'
const SID = 'RM_lobby_0'
const microphone = { sid: 'TR_1', source: 'microphone', muted: false } as const

beforeEach(() => {
  vi.useFakeTimers({ now: new Date('2026-01-31T12:00:00Z') })
})
afterEach(async () => {
  await pass(1)
  expect(vi.getTimerCount(), 'timers that were left').toBe(0)
  vi.useRealTimers()
})

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms)

/** A room in memory with ana in it, and an observer on its way there that the test drives. */
async function start(settled: (room: string, identity: string) => Promise<void> | null = () => null) {
  const scene = await openLiveScene()
  await scene.enter(ROOM, 'ana')
  await pass(10)
  const told: string[] = []
  const causes = new Set<string | undefined>()
  scene.rooms.told.subscribe(({ type, data }) => {
    told.push(`${type} ${data.participant?.identity ?? ''}`.trim())
    causes.add(data.cause)
  })
  const presences: Presence[] = []
  const ends: ObserverEnd[] = []
  const scripted = createScriptedObserver()
  const observed = openObservedRoom({
    target: { room: ROOM, sid: SID },
    observer: scripted.observer,
    rooms: scene.rooms,
    settled,
    onJoined: () => undefined,
    onPresence: (presence) => void presences.push(presence),
    onMedia: () => undefined,
    onEnded: (end) => void ends.push(end),
  })
  const visit = scripted.visitTo(ROOM)
  const tell = async (...sightings: readonly Sighting[]) => {
    for (const sighting of sightings) visit.tell(sighting)
    await pass(1)
  }
  return {
    ...scene,
    visit,
    observed,
    told,
    causes,
    presences,
    ends,
    tell,
    join: (people: readonly SeenPerson[], asOf = Date.now()) => tell({ type: 'joined', facts: roomFacts(SID), people, asOf }),
    people: (...people: readonly SeenPerson[]) => tell({ type: 'people', people }),
    row: (identity: string) => scene.rooms.newest(ROOM).room?.participants.get(identity),
    last: () => presences.at(-1),
  }
}

function talking(identity: string, more: Partial<ParticipantFacts> = {}): SeenPerson {
  return seen(identity, { tracks: [{ ...microphone, sid: `TR_${identity}` }], ...more })
}

describe('X3 what an observer sees when it is in', () => {
  it('is compared with the record: who is missing has left, who is new joined, and what changed since it asked is left alone', async () => {
    const { enter, join, online, told, causes, observed } = await start()
    await enter(ROOM, 'bo')
    await pass(10)
    const asOf = Date.now()
    await pass(10)
    await enter(ROOM, 'cy')
    await pass(10)
    told.length = 0
    causes.clear()
    await join([seen('ana'), seen('di')], asOf)
    expect(online(ROOM).toSorted()).toEqual(['ana', 'cy', 'di'])
    expect(told).toEqual(['participant_joined di', 'participant_left bo'])
    expect([...causes]).toEqual(['observer'])
    // That bo was missing is inferred: who still tells of bo is believed.
    await enter(ROOM, 'bo', { version: 2 })
    expect(online(ROOM)).toContain('bo')
    observed.close()
  })

  it('leaves alone whom no observer can see, and those on their way in', async () => {
    const { enter, join, online, observed } = await start()
    await enter(ROOM, 'recorder', { hidden: true })
    await pass(10)
    await join([seen('ana'), seen('bo', {}, 'joining')])
    expect(online(ROOM).toSorted()).toEqual(['ana', 'recorder'])
    observed.close()
  })

  it('changes nothing where the record is of another session', async () => {
    const { enter, join, people, told, online, observed } = await start()
    await enter(ROOM, 'bo', { session: 1 })
    await pass(10)
    told.length = 0
    await join([seen('cy')])
    await people(seen('di'))
    expect([told, online(ROOM)]).toEqual([[], ['bo']])
    observed.close()
  })

  it('S4 a thousand people come and go: all are told once, and presence is whole', async () => {
    const { join, people, tell, online, told, last, observed } = await start()
    const crowd = Array.from({ length: 1000 }, (_, index) => talking(`guest ${index}`))
    await join([seen('ana'), ...crowd])
    await pass(1000)
    expect(online(ROOM)).toHaveLength(1001)
    await tell({ type: 'speakers', speakers: crowd.map(({ facts }, index) => ({ sid: facts.sid, level: (index + 1) / 1000 })) })
    await pass(500)
    expect(last()).toMatchObject({ speaking: { length: 1000, 0: { identity: 'guest 999', level: 1 } }, quality: { length: 1001 } })
    await people(...crowd.map(({ facts }) => ({ facts, state: 'gone' as const })))
    await pass(1000)
    expect(online(ROOM)).toEqual(['ana'])
    for (const type of ['participant_joined', 'participant_left'])
      expect(told.filter((each) => each.startsWith(`${type} guest`))).toHaveLength(1000)
    expect(last()).toMatchObject({ speaking: [], quality: [{ identity: 'ana' }] })
    observed.close()
  })
})

describe('X3 what it sees from then on', () => {
  it('joins, tracks, mutes, permissions, names and leaves are told as they come', async () => {
    const { join, people, told, observed } = await start()
    await join([seen('ana')])
    const { permissions } = seen('bo').facts
    const track = { ...microphone, sid: 'TR_bo' }
    await people(seen('bo', {}, 'joining'))
    await people(seen('bo', { version: 2 }))
    await people(seen('bo', { version: 3, tracks: [track] }))
    await people(seen('bo', { version: 4, tracks: [{ ...track, muted: true }] }))
    await people(seen('bo', { version: 5, tracks: [], permissions: { ...permissions, canPublish: false } }))
    await people(seen('bo', { version: 6, permissions: { ...permissions, canPublish: false }, name: 'Bo', metadata: 'a guest' }))
    await people(seen('bo', { version: 7 }, 'gone'))
    await pass(1)
    expect(told).toEqual([
      'participant_joined bo',
      'track_published bo',
      'track_muted bo',
      'track_unpublished bo',
      'permission_changed bo',
      'metadata_changed bo',
      'name_changed bo',
      'participant_left bo',
    ])
    observed.close()
  })

  it('the same identity under a new sid: the earlier one left, the later one joined, and the late word that the earlier is gone does nothing', async () => {
    const { join, people, row, told, last, tell, observed } = await start()
    await join([talking('ana')])
    told.length = 0
    await tell({ type: 'speakers', speakers: [{ sid: 'PA_ana', level: 0.5 }] })
    await people(talking('ana', { sid: 'PA_again', joinedAt: 9 }))
    await people(talking('ana', {}), { ...talking('ana'), state: 'gone' })
    await pass(1000)
    expect(told.filter((each) => each.startsWith('participant'))).toEqual(['participant_left ana', 'participant_joined ana'])
    expect(row('ana')).toMatchObject({ sid: 'PA_again', online: true })
    expect(last()).toMatchObject({ speaking: [], quality: [{ identity: 'ana' }] })
    observed.close()
  })

  it('an older version of somebody undoes nothing', async () => {
    const { join, people, row, told, observed } = await start()
    const muted = (is: boolean, version: number) => seen('ana', { version, tracks: [{ ...microphone, muted: is }] })
    await join([muted(false, 2)])
    await people(muted(true, 4))
    told.length = 0
    await people(muted(false, 3))
    expect(row('ana')?.tracks[0]?.muted).toBe(true)
    expect(told).toEqual([])
    await people(muted(false, 5))
    expect(told).toEqual(['track_unmuted ana'])
    observed.close()
  })

  it('the room: its metadata, and its end, with everybody who was in it', async () => {
    const { join, tell, told, rooms, ends } = await start()
    await join([seen('ana'), seen('bo')])
    await tell({ type: 'room', facts: { ...roomFacts(SID), metadata: 'today: bees' } })
    expect(rooms.newest(ROOM).room?.facts.metadata).toBe('today: bees')
    told.length = 0
    await tell({ type: 'ended', end: { kind: 'over', why: 'the room has ended' } })
    expect(rooms.newest(ROOM).room).toBeNull()
    expect(told).toEqual(['participant_left ana', 'participant_left bo', 'room_finished'])
    expect(ends).toEqual([{ kind: 'over', why: 'the room has ended' }])
  })

  it.each(['lost', 'removed', 'other_session', 'busy'] as const)('%s: nobody is gone because the observer is', async (kind) => {
    const { join, tell, online, told } = await start()
    await join([seen('ana'), seen('bo')])
    told.length = 0
    await tell({ type: 'ended', end: { kind, why: '' } })
    expect([online(ROOM), told]).toEqual([['ana', 'bo'], []])
  })

  it('nothing more once it was closed', async () => {
    const { join, visit, online, presences, ends, observed } = await start()
    await join([seen('ana')])
    observed.close()
    const count = presences.length
    visit.tell({ type: 'people', people: [seen('bo')] })
    visit.tell({ type: 'speakers', speakers: [{ sid: 'PA_ana', level: 1 }] })
    visit.tell({ type: 'ended', end: { kind: 'over', why: '' } })
    observed.close()
    await pass(10_000)
    expect([online(ROOM), presences.length - count, ends]).toEqual([['ana'], 0, []])
  })
})

describe('X5 while an operator acts on somebody', () => {
  it('what is seen of them waits, in its order, and so is told after it', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const { join, people, told, observed } = await start((_room, identity) => (identity === 'bo' ? promise : null))
    await join([seen('ana'), seen('bo')])
    told.length = 0
    const tracks = (muted: boolean) => [{ ...microphone, muted }]
    await people(seen('bo', { version: 2, tracks: tracks(false) }))
    await people(seen('bo', { version: 3, tracks: tracks(true) }), seen('bo', { version: 4, tracks: tracks(false) }))
    await people(seen('bo', { version: 5 }, 'gone'))
    expect(told).toEqual([])
    resolve()
    await pass(10)
    expect(told).toEqual(['track_published bo', 'track_muted bo', 'track_unmuted bo', 'track_unpublished bo', 'participant_left bo'])
    observed.close()
  })
})

describe('S3 while the store is away', () => {
  it('nothing is lost: all that is seen is compared when LiveKit is heard of again, and nothing is tried for each sighting', async () => {
    const { join, people, tell, online, state, told, observed } = await start()
    await join([seen('ana'), seen('bo')])
    state.away = true
    await people(seen('bo', { version: 2 }, 'gone'), seen('cy'))
    await pass(2000)
    const tries = state.submitted
    for (const who of ['di', 'ed', 'flo', 'gus']) await people(seen(who))
    await people(seen('ed', { version: 2 }, 'gone'))
    await pass(2000)
    expect(state.submitted).toBe(tries)
    expect(online(ROOM)).toEqual(['ana', 'bo'])
    state.away = false
    told.length = 0
    await pass(5000)
    await tell({ type: 'alive' })
    await pass(10)
    expect(online(ROOM).toSorted()).toEqual(['ana', 'cy', 'di', 'flo', 'gus'])
    expect(told.toSorted()).toEqual([...['cy', 'di', 'flo', 'gus'].map((who) => `participant_joined ${who}`), 'participant_left bo'])
    observed.close()
  })

  it('or when the store says that it is back', async () => {
    const { join, people, online, state, observed } = await start()
    await join([seen('ana')])
    state.away = true
    await people(seen('bo'))
    await pass(2000)
    state.away = false
    observed.compareAgain()
    await pass(10)
    expect(online(ROOM)).toEqual(['ana', 'bo'])
    observed.close()
  })

  it('more than can wait comes to one comparison', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    let isSlow = true
    const { join, people, online, state, observed } = await start(() => (isSlow ? promise : null))
    await join([seen('ana')])
    for (let round = 0; round < 50; round += 1)
      await people(...Array.from({ length: 100 }, (_, index) => seen(`guest ${index}`, { version: round + 2, metadata: String(round) })))
    await people(...Array.from({ length: 50 }, (_, index) => seen(`guest ${index}`, { version: 100 }, 'gone')))
    const before = state.submitted
    isSlow = false
    resolve()
    await pass(1000)
    expect(online(ROOM)).toHaveLength(51)
    expect(state.submitted - before).toBeLessThan(1500)
    observed.close()
  })
})

describe('X4 presence', () => {
  it('is told at most twice a second, whole each time, and the last of it is not kept back', async () => {
    const { join, tell, presences, last, observed } = await start()
    await join([talking('ana'), talking('bo')])
    const before = presences.length
    for (let tick = 0; tick < 100; tick += 1) {
      await tell({ type: 'speakers', speakers: [{ sid: 'PA_ana', level: tick / 100 }] })
      await pass(99)
    }
    expect(presences.length - before).toBeGreaterThan(16)
    expect(presences.length - before).toBeLessThanOrEqual(21)
    await tell({ type: 'quality', quality: [{ sid: 'PA_bo', quality: 'poor' }] })
    await tell({ type: 'speakers', speakers: [{ sid: 'PA_bo', level: 1 }] })
    await pass(480)
    expect(last()).toEqual({
      room: ROOM,
      at: expect.any(Number) as number,
      speaking: [
        { identity: 'bo', level: 1 },
        { identity: 'ana', level: 0.99 },
      ],
      quality: [
        { identity: 'ana', quality: 'unknown' },
        { identity: 'bo', quality: 'poor' },
      ],
    })
    await tell({ type: 'speakers', speakers: [{ sid: 'PA_bo', level: 0 }] })
    await pass(480)
    expect(last()?.speaking.map(({ identity }) => identity)).toEqual(['ana'])
    observed.close()
  })

  it('is told again where nothing changes, so that it is known to be new, also after the clock was set back', async () => {
    const { join, tell, presences, observed } = await start()
    await join([talking('ana')])
    for (let ping = 0; ping < 4; ping += 1) {
      if (ping === 2) vi.setSystemTime(Date.now() - 3_600_000)
      await pass(5000)
      await tell({ type: 'alive' })
    }
    expect(presences).toHaveLength(5)
    observed.close()
  })

  it('is not told before the observer is in', async () => {
    const { tell, presences, observed } = await start()
    await tell({ type: 'alive' })
    await pass(10_000)
    observed.close()
    expect(presences).toEqual([])
  })

  it('has no quality of who publishes nothing, and nothing of who is hidden', async () => {
    const { join, tell, last, observed } = await start()
    await join([seen('ana'), talking('recorder', { hidden: true }), talking('bo')])
    for (const sid of ['PA_ana', 'PA_recorder', 'PA_bo']) {
      await tell({ type: 'quality', quality: [{ sid, quality: 'lost' }] }, { type: 'speakers', speakers: [{ sid, level: 0.5 }] })
    }
    await pass(1000)
    expect(last()).toMatchObject({
      speaking: [{ identity: 'ana' }, { identity: 'bo' }],
      quality: [
        { identity: 'ana', quality: 'unknown' },
        { identity: 'bo', quality: 'lost' },
      ],
    })
    observed.close()
  })

  it.each(['ended', 'closed'] as const)('%s: the last one says that nobody speaks, and keeps the quality', async (how) => {
    const { join, tell, last, presences, observed } = await start()
    await join([talking('ana')])
    await tell(
      { type: 'quality', quality: [{ sid: 'PA_ana', quality: 'good' }] },
      { type: 'speakers', speakers: [{ sid: 'PA_ana', level: 1 }] },
    )
    await pass(1000)
    const count = presences.length
    if (how === 'closed') observed.close()
    else await tell({ type: 'ended', end: { kind: 'lost', why: '' } })
    expect(presences).toHaveLength(count + 1)
    expect(last()).toMatchObject({ speaking: [], quality: [{ identity: 'ana', quality: 'good' }] })
  })
})
