import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openLiveRooms, type LiveRooms } from '#server/rooms/live-rooms.ts'
import { createMemoryRoomStore } from '#server/rooms/memory-room-store.ts'
import type { RoomEvent } from '#server/rooms/room-event.ts'
import { newcomer } from '#server/rooms/testing/room-histories.ts'
import type { Standing } from './invite-store.ts'
import { createRoleBook, type RunningRoleBook } from './role-book.ts'

const facts = { sid: 'RM_1', startedAt: 1000, metadata: '', maxParticipants: 0, recording: false }
const room = { name: 'lobby', sid: 'RM_1', facts }
let serial = 0
const by = (at: number) => ({ id: `EV_${(serial += 1)}`, at, cause: 'webhook', room }) as const
const ana = { ...newcomer(0, 'PA_1', 2000), identity: 'ana', name: 'Ana' }
const standing = (identity: string, more: Partial<Standing> = {}): Standing => ({
  ...{ room: 'lobby', identity, name: '', role: 'VIEWER', invited: false, canSpeak: false, canVideo: false, changedAt: 500 },
  ...more,
})

describe('the role book', () => {
  let rooms: LiveRooms
  let stored: Standing[]
  let reads: (readonly string[])[]
  let failing: Error | null
  let gate: Promise<void> | null
  let warnings: string[]
  let now: number
  const books: RunningRoleBook[] = []

  beforeEach(async () => {
    rooms = await openLiveRooms(createMemoryRoomStore('life'))
    stored = []
    reads = []
    failing = null
    gate = null
    warnings = []
    now = 10_000
  })
  afterEach(async () => {
    await Promise.all(books.splice(0).map((book) => book.stop()))
    await rooms.close()
  })

  function open(): RunningRoleBook {
    const book = createRoleBook({
      rooms,
      async standings(names) {
        reads.push(names)
        const answer = stored.filter((each) => names.includes(each.room))
        await gate
        if (failing) throw failing
        return answer
      },
      describe: (error) => (error instanceof Error ? error.message : ''),
      log: { warn: (line) => warnings.push(line) },
      now: () => now,
      retryMs: 5,
    })
    books.push(book)
    return book
  }

  const start = (): RoomEvent => ({ ...by(1000), type: 'room_started' })
  const join = (participant = ana): RoomEvent => ({ ...by(2000), type: 'participant_joined', participant })
  const leave = (participant = ana): RoomEvent => ({ ...by(3000), type: 'participant_left', participant: { ...participant, version: 9 } })
  const finish = (): RoomEvent => ({ ...by(4000), type: 'room_finished' })
  const row = (identity = 'ana') => rooms.get('lobby').room?.participants.get(identity)
  const give = (identity: string, role: string): RoomEvent => ({
    ...{ ...by(2500), cause: 'action', room: { ...room, facts: null } },
    ...{ type: 'role_changed', participant: { identity }, role },
  })

  it('S2.2 shows in a room that starts who is to come, and gives those who are there their roles', async () => {
    stored = [standing('ana', { role: 'HOST' }), standing('guest', { invited: true, name: 'Guest', role: 'SPEAKER', canVideo: true })]
    open()
    await rooms.submit(start())
    await rooms.submit(join())
    await expect.poll(() => row()?.role).toBe('HOST')
    await expect.poll(() => row('guest')).toMatchObject({ invited: true, name: 'Guest', role: 'SPEAKER' })
    expect(reads).toEqual([['lobby']])
  })

  it('does so for rooms that were live before it, in one look', async () => {
    await rooms.submit(join())
    await rooms.submit({ ...start(), room: { name: 'other', sid: 'RM_2', facts: { ...facts, sid: 'RM_2' } } })
    await rooms.caughtUp()
    stored = [standing('ana', { role: 'HOST' })]
    const book = open()
    await book.known('lobby')
    expect(book.roleOf('lobby', 'ana')).toBe('HOST')
    await expect.poll(() => row()?.role).toBe('HOST')
    expect(reads).toEqual([['lobby', 'other']])
  })

  it('gives whoever comes later the role it knows, without a word in the feed', async () => {
    stored = [standing('ana', { role: 'HOST' })]
    const told: string[] = []
    rooms.told.subscribe(({ type }) => told.push(type))
    const book = open()
    await rooms.submit(start())
    await book.known('lobby')
    await rooms.submit(join())
    await expect.poll(() => row()?.role).toBe('HOST')
    expect(told).toEqual(['room_started', 'participant_joined'])
  })

  it('learns what is told, of who is there and of who is not', async () => {
    const book = open()
    await rooms.submit(start())
    await rooms.caughtUp()
    await book.known('lobby')
    await rooms.submit(give('ana', 'HOST'))
    await rooms.submit(give('bo', 'SPEAKER'))
    await rooms.submit(give('bo', 'VIEWER'))
    await rooms.caughtUp()
    expect([book.roleOf('lobby', 'ana'), book.roleOf('lobby', 'bo'), book.roleOf('lobby', 'cy')]).toEqual(['HOST', 'VIEWER', 'VIEWER'])
    await rooms.submit(join())
    await expect.poll(() => row()?.role).toBe('HOST')
  })

  it('takes what is told while it asks for newer than the answer', async () => {
    stored = [standing('ana', { role: 'HOST' })]
    const { promise, resolve } = Promise.withResolvers<void>()
    gate = promise
    const book = open()
    await rooms.submit(join())
    await expect.poll(() => reads).toHaveLength(1)
    await rooms.submit(give('ana', 'SPEAKER'))
    await rooms.caughtUp()
    resolve()
    await book.known('lobby')
    expect(book.roleOf('lobby', 'ana')).toBe('SPEAKER')
    await book.stop()
    expect(row()?.role).toBe('SPEAKER')
  })

  it('keeps a role over a rejoin, and gives it again in the next session', async () => {
    stored = [standing('ana', { role: 'HOST' })]
    const book = open()
    await rooms.submit(join())
    await expect.poll(() => row()?.role).toBe('HOST')
    await rooms.submit(leave())
    await rooms.submit(join({ ...ana, sid: 'PA_2', joinedAt: 5000 }))
    await rooms.caughtUp()
    expect(row()).toMatchObject({ sid: 'PA_2', role: 'HOST' })
    await rooms.submit(finish())
    await rooms.caughtUp()
    expect(book.roleOf('lobby', 'ana')).toBe('VIEWER')
    const later = { name: 'lobby', sid: 'RM_2', facts: { ...facts, sid: 'RM_2', startedAt: 9000 } }
    await rooms.submit({ ...join({ ...ana, sid: 'PA_3', joinedAt: 9000 }), room: later })
    await expect.poll(() => row()).toMatchObject({ sid: 'PA_3', role: 'HOST' })
  })

  it('lets the rooms go on while the database is away, says so once, and asks again until it is back', async () => {
    stored = [standing('ana', { role: 'HOST' })]
    failing = new Error('the database is away')
    const book = open()
    await rooms.submit(join())
    await book.known('lobby')
    expect(book.roleOf('lobby', 'ana')).toBe('VIEWER')
    await expect.poll(() => reads.length).toBeGreaterThan(2)
    expect(warnings).toEqual([expect.stringContaining('the database is away')])
    failing = null
    await expect.poll(() => row()?.role).toBe('HOST')
    await book.known('lobby')
    expect(book.roleOf('lobby', 'ana')).toBe('HOST')
  })

  it('reads a room that is not live when it is asked for, and again after ten seconds', async () => {
    stored = [standing('ana', { role: 'HOST' })]
    const book = open()
    for (const at of [10_000, 19_999, 20_000]) {
      now = at
      await book.known('lobby')
      expect(book.roleOf('lobby', 'ana')).toBe('HOST')
    }
    expect(reads).toHaveLength(2)
  })

  it('nobody waits for a room that has ended meanwhile, nor for a book that was stopped', async () => {
    const held = Promise.withResolvers<void>()
    gate = held.promise
    const book = open()
    const other = { ...room, name: 'other', sid: 'RM_2', facts: { ...facts, sid: 'RM_2' } }
    await rooms.submit(start())
    await expect.poll(() => reads.length).toBe(1)
    await rooms.submit({ ...start(), room: other })
    const known = book.known('other')
    await rooms.submit({ ...finish(), room: other })
    await known
    const asked = book.known('third')
    const stopped = book.stop()
    await asked
    await book.known('fourth')
    held.resolve()
    await stopped
  })

  it('two of them do no harm to each other', async () => {
    stored = [standing('ana', { role: 'HOST' }), standing('guest', { invited: true })]
    open()
    open()
    await rooms.submit(join())
    await expect.poll(() => [row()?.role, row('guest')?.invited]).toEqual(['HOST', true])
    const { revision } = rooms.newest('lobby')
    await Promise.all(books.splice(0).map((book) => book.stop()))
    expect(rooms.newest('lobby').revision).toBe(revision)
    expect(revision).toBe(rooms.get('lobby').revision)
  })
})
