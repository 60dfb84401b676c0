import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Push } from '#shared/contract/ipc.ts'
import { sampleDetail, sampleEvent, sampleUpdate } from '../testing/samples.ts'
import { createClientScope } from './client.ts'

const change: Push = { name: 'room_changed', payload: sampleUpdate('lobby', 2) }
const event: Push = { name: 'feed_appended', payload: [sampleEvent('1')] }
const presence: Push = { name: 'presence_changed', payload: { room: 'lobby', at: 1, speaking: [], quality: [] } }

describe('a window', () => {
  const mirror = { openRoom: vi.fn(() => sampleDetail('lobby')), leaveRoom: vi.fn(), presence: vi.fn(() => presence) }
  let delivered: Push[]
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'setImmediate', 'performance'] })
    vi.clearAllMocks()
    delivered = []
  })
  afterEach(() => void vi.useRealTimers())
  const connect = () =>
    createClientScope(
      () => mirror,
      (pushes) => void delivered.push(...pushes),
    )

  it('is told of the rooms it has open, and the last presence when it opens one', () => {
    const client = connect()
    client.push(change)
    client.openRoom('lobby')
    client.push(change)
    client.leaveRoom('lobby')
    client.push(change)
    vi.advanceTimersByTime(16)
    expect(delivered).toEqual([presence, change])
  })

  it('counts once in the mirror, however often it asked for a room, and leaves it at once', () => {
    const client = connect()
    client.openRoom('lobby')
    client.openRoom('lobby')
    expect(mirror.openRoom.mock.calls.length - mirror.leaveRoom.mock.calls.length).toBe(1)
    client.leaveRoom('lobby')
    expect(mirror.openRoom.mock.calls.length - mirror.leaveRoom.mock.calls.length).toBe(0)
    client.leaveRoom('lobby')
    expect(mirror.openRoom.mock.calls.length - mirror.leaveRoom.mock.calls.length).toBe(0)
  })

  it('leaves its rooms when it closes, once, and is told nothing more', () => {
    const client = connect()
    client.openRoom('lobby')
    client.close()
    client.close()
    client.push(event)
    expect(client.openRoom('stage')).toBeNull()
    vi.advanceTimersByTime(16)
    expect(delivered).toEqual([])
    expect(mirror.leaveRoom.mock.calls).toEqual([['lobby']])
  })

  it('is not told again what its snapshot holds, but of its rooms', () => {
    const client = connect()
    client.openRoom('lobby')
    client.push(event)
    client.push(change)
    client.push({ name: 'profiles_changed', payload: [] })
    client.snapshotTaken()
    client.push(event)
    vi.advanceTimersByTime(16)
    expect(delivered.map(({ name }) => name)).toEqual(['presence_changed', 'room_changed', 'profiles_changed', 'feed_appended'])
  })
})
