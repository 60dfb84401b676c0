import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Push } from '#shared/contract/ipc.ts'
import { fail } from '#shared/domain/failure.ts'
import type { RoomDetail } from '#shared/domain/room.ts'
import { createLink, type Link } from '../link/link.ts'
import { eventually, startScriptedServer, type ScriptedServer } from '../testing/scripted-server.ts'
import { sampleDetail, sampleEvent, sampleParticipant, sampleSummary, sampleUpdate } from '../testing/samples.ts'
import { createMirror, type Mirror } from './mirror.ts'

const ada = sampleParticipant('ada')
const bob = sampleParticipant('bob')

describe('the mirror', () => {
  let server: ScriptedServer
  let link: Link
  let mirror: Mirror
  let pushed: Push[]
  let lobby: RoomDetail
  const roomsArrived = vi.fn()
  const roomsDoubted = vi.fn()
  const roomsRefused = vi.fn()
  const log = vi.fn()

  beforeEach(async () => {
    vi.clearAllMocks()
    server = await startScriptedServer()
    lobby = sampleDetail('lobby', { revision: 5, participants: [ada] })
    server.answer('subscribe_rooms', () => ({ ok: true, rooms: [sampleSummary('lobby')] }))
    server.answer('subscribe_room', () => ({ ok: true, room: lobby }))
    link = createLink(vi.fn())
    pushed = []
    mirror = createMirror({ link, log, push: (push) => void pushed.push(push), roomsArrived, roomsDoubted, roomsRefused })
    link.subscribe((event) => {
      if (event.type === 'connected') mirror.connected()
      else if (event.type === 'pushed') mirror.receive(event.push)
      else if (event.type === 'malformed') mirror.doubt(event.name)
      else mirror.disconnected()
    })
    link.open({ url: server.url, token: 't' })
    await eventually(() => expect(roomsArrived).toHaveBeenCalledTimes(1))
  })
  afterEach(async () => {
    mirror.dispose()
    link.close()
    await server.close()
  })
  const names = () => pushed.map((push) => push.name)
  async function openLobby(): Promise<void> {
    expect(mirror.openRoom('lobby')).toBeNull()
    await eventually(() => expect(names()).toContain('room_reset'))
    pushed.length = 0
  }
  const held = () => {
    const detail = mirror.openRoom('lobby')
    mirror.leaveRoom('lobby')
    return detail
  }

  it('passes on the rooms and their updates', async () => {
    server.push('rooms_update', { changed: [sampleSummary('stage')], removed: ['lobby'] })
    await eventually(() => expect(names()).toEqual(['rooms_reset', 'rooms_changed']))
    expect(mirror.rooms()).toEqual([sampleSummary('stage')])
  })

  it('says that the rooms were refused, and asks again', async () => {
    let calls = 0
    server.answer('subscribe_rooms', () => (++calls === 1 ? fail('unavailable', 'busy') : { ok: true, rooms: [] }))
    server.push('rooms_update', 'nonsense')
    await eventually(() => expect(roomsArrived).toHaveBeenCalledTimes(2))
    expect(roomsRefused.mock.calls).toEqual([['busy']])
  })

  it('follows an open room revision by revision, and ignores the old', async () => {
    await openLobby()
    server.push('participants_update', sampleUpdate('lobby', 6, { changed: [bob], online: 2, total: 2 }))
    server.push('participants_update', sampleUpdate('lobby', 6, { removed: ['ada'] }))
    server.push('participants_update', sampleUpdate('lobby', 7, { removed: ['ada'], online: 1, total: 1 }))
    await eventually(() => expect(names()).toEqual(['room_changed', 'room_changed']))
    expect(held()).toMatchObject({ revision: 7, online: 1, participants: [bob] })
    expect(server.count('subscribe_room')).toBe(1)
  })

  it('asks for the room again after a gap', async () => {
    await openLobby()
    lobby = sampleDetail('lobby', { revision: 9, participants: [bob] })
    server.push('participants_update', sampleUpdate('lobby', 8))
    await eventually(() => expect(pushed).toEqual([{ name: 'room_reset', payload: lobby }]))
    expect(server.count('subscribe_room')).toBe(2)
    expect(held()).toEqual(lobby)
  })

  it('asks once more when the answer is older than what was heard of', async () => {
    await openLobby()
    server.push('participants_update', sampleUpdate('lobby', 8))
    await eventually(() => expect(server.count('subscribe_room')).toBe(2))
    lobby = sampleDetail('lobby', { revision: 8 })
    await eventually(() => expect(held()?.revision).toBe(8))
  })

  it('asks for what a malformed push would have changed', async () => {
    await openLobby()
    server.push('participants_update', { room: 'lobby', revision: 'six' })
    await eventually(() => expect(names()).toEqual(['room_reset']))
    server.push('rooms_update', 'nonsense')
    await eventually(() => expect(roomsArrived).toHaveBeenCalledTimes(2))
    expect(roomsDoubted).toHaveBeenCalledTimes(1)
  })

  it('reads everything anew after a reconnect, and keeps what it shows until then', async () => {
    await openLobby()
    server.answer('subscribe_rooms', () => undefined)
    server.answer('subscribe_room', () => undefined)
    server.breakConnections()
    await eventually(() => expect(server.count('subscribe_room')).toBe(2))
    expect(mirror.rooms()).toHaveLength(1)
    expect(held()?.participants).toEqual([ada])
    server.answer('subscribe_rooms', () => ({ ok: true, rooms: [] }))
    server.answer('subscribe_room', () => ({ ok: true, room: sampleDetail('lobby', { revision: 2 }) }))
    server.breakConnections()
    await eventually(() => expect(names()).toEqual(expect.arrayContaining(['rooms_reset', 'room_reset'])))
    expect(mirror.rooms()).toEqual([])
    expect(held()?.revision).toBe(2)
    expect(server.asked.filter(({ name }) => name === 'subscribe_feed').map(({ payload }) => payload)).toEqual([
      {},
      { cursor: 'e-0' },
      { cursor: 'e-0' },
    ])
  })

  it('reads a room anew that started again under its name', async () => {
    await openLobby()
    lobby = sampleDetail('lobby', { sid: 'RM_second', revision: 20 })
    server.push('rooms_update', { changed: [sampleSummary('lobby', { sid: 'RM_second' })], removed: [] })
    await eventually(() => expect(held()?.sid).toBe('RM_second'))
  })

  it('asks for a room that was opened without a connection once there is one', async () => {
    link.close()
    mirror.disconnected()
    expect(mirror.openRoom('lobby')).toBeNull()
    expect(log).not.toHaveBeenCalled()
    link.open({ url: server.url, token: 't' })
    await eventually(() => expect(held()).toEqual(lobby))
    expect(log).not.toHaveBeenCalled()
  })

  it('keeps a room open that has ended', async () => {
    await openLobby()
    server.push('participants_update', sampleUpdate('lobby', 6, { changed: [{ ...ada, isOnline: false }], total: 1 }))
    server.push('rooms_update', { changed: [], removed: ['lobby'] })
    await eventually(() => expect(names()).toEqual(['room_changed', 'rooms_changed']))
    expect(held()).toMatchObject({ online: 0, total: 1, participants: [{ identity: 'ada', isOnline: false }] })
  })

  it('subscribes to a room once for all who look, until the last one leaves', async () => {
    await openLobby()
    expect(mirror.openRoom('lobby')).toEqual(lobby)
    mirror.leaveRoom('lobby')
    server.push('participants_update', sampleUpdate('lobby', 6))
    await eventually(() => expect(names()).toEqual(['room_changed']))
    expect(server.count('subscribe_room')).toBe(1)
    expect(server.count('unsubscribe_room')).toBe(0)
    mirror.leaveRoom('lobby')
    mirror.leaveRoom('lobby')
    await eventually(() => expect(server.count('unsubscribe_room')).toBe(1))
    server.push('participants_update', sampleUpdate('lobby', 7))
    server.push('rooms_update', { changed: [], removed: [] })
    await eventually(() => expect(names()).toEqual(['room_changed', 'rooms_changed']))
  })

  it('tries again when a room could not be read just now, not when it was refused for good', async () => {
    let calls = 0
    server.answer('subscribe_room', () => (++calls === 1 ? fail('unavailable', 'busy') : { ok: true, room: lobby }))
    mirror.openRoom('lobby')
    await eventually(() => expect(names()).toContain('room_reset'))
    server.answer('subscribe_room', () => fail('forbidden', 'no'))
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    mirror.openRoom('backstage')
    await eventually(() => expect(server.count('subscribe_room')).toBe(3))
    await vi.advanceTimersByTimeAsync(5_000)
    vi.useRealTimers()
    await link.request('unsubscribe_room', { room: 'other' })
    expect(server.count('subscribe_room')).toBe(3)
  })

  it('passes on the presence of open rooms only, and remembers the last', async () => {
    const presence = { room: 'lobby', at: 1, speaking: [{ identity: 'ada', level: 0.5 }], quality: [] }
    await openLobby()
    server.push('presence', { ...presence, room: 'stage' })
    server.push('presence', presence)
    await eventually(() => expect(pushed).toEqual([{ name: 'presence_changed', payload: presence }]))
    expect(mirror.presence('lobby')).toEqual(pushed[0])
    expect(mirror.presence('stage')).toBeNull()
  })

  it('tells an event of the feed once', async () => {
    server.push('room:event', sampleEvent('1'))
    server.push('room:event', { type: 'something_new' })
    server.push('room:event', sampleEvent('1'))
    server.push('room:event', sampleEvent('2'))
    await eventually(() => expect(mirror.feed().map((event) => event.data.id)).toEqual(['1', '2']))
    expect(names()).toEqual(['rooms_reset', 'feed_appended', 'feed_appended'])
  })
})
