import { beforeEach, describe, expect, it } from 'vitest'
import { useRedis } from '../../../tests/harness/redis-rooms.ts'
import { peers } from '../../../tests/peers.ts'
import type { LiveRooms } from './live-rooms.ts'
import { redisKeys } from '#server/redis/keys.ts'
import type { RoomEvent } from './room-event.ts'
import { visibleState, historyOf } from './testing/room-histories.ts'

/** Somebody joins a room of this session. */
const joining = (room: string, session = 0): RoomEvent[] =>
  historyOf(room, [...Array.from({ length: session }, () => ({ kind: 'restart' }) as const), { kind: 'join', person: 0, source: 'camera' }])

describe.skipIf(peers.redis === null)('a Redis that is not as it should be', () => {
  const lab = useRedis()
  let rooms: LiveRooms
  let damaged: string[]

  beforeEach(async () => {
    damaged = []
    rooms = await open()
  })

  function open(): Promise<LiveRooms> {
    return lab.openRooms({ onDamaged: (what) => damaged.push(what) })
  }

  async function take(events: readonly RoomEvent[]): Promise<string[]> {
    const kinds: string[] = []
    for (const event of events) kinds.push((await rooms.submit(event)).kind)
    return kinds
  }
  /** Waits until what is shown is what was committed. */
  async function shown(name: string) {
    await expect.poll(() => rooms.get(name).revision).toBe(rooms.newest(name).revision)
    return visibleState(rooms.get(name))
  }

  it.each([
    ['the state', redisKeys.state('lobby')],
    ['what is remembered', redisKeys.ended('lobby')],
    ['the identities', redisKeys.participants('lobby')],
    ['the index', redisKeys.index],
    ['the counter', redisKeys.revision],
  ])('%s of another type is dropped: events are taken again, and a new instance starts', async (_what, key) => {
    await take(joining('lobby'))
    await lab.client.multi().del(key).lpush(key, 'x').exec()
    const kinds = await take(joining('lobby', 1))
    expect(kinds.at(-1)).toBe('committed')
    expect(await shown('lobby')).toMatchObject({ rows: [{ identity: 'person-0', online: true }] })
    const other = await open()
    expect(visibleState(other.get('lobby'))).toEqual(visibleState(rooms.newest('lobby')))
  })

  it.each(['garbage', '1.5', '-3', ''])('a revision that reads "%s" does not block the room', async (text) => {
    await take(joining('lobby'))
    await lab.client.hset(redisKeys.state('lobby'), 'revision', text)
    expect((await take(joining('lobby', 1))).at(-1)).toBe('committed')
    expect(await shown('lobby')).toMatchObject({ rows: [{ identity: 'person-0', online: true }] })
  })

  it('a foreign entry in the log is passed over and told, and the log goes on', async () => {
    await take(joining('lobby'))
    await lab.client.xadd(redisKeys.events, '*', 'foo', 'bar')
    await lab.client.xadd(redisKeys.events, '*', 'epoch', (await lab.client.get(redisKeys.epoch)) ?? '', 'revision', '9', 'body', '{"v":1')
    await take(joining('other'))
    expect(await shown('other')).not.toBeNull()
    expect(damaged).toHaveLength(2)
  })

  it('a log of another type begins a new life', async () => {
    await take(joining('lobby'))
    const lost = new Promise<void>((resolve) => rooms.lost.subscribe(resolve))
    await lab.client.set(redisKeys.events, 'x')
    await take(joining('other'))
    await expect(lost).resolves.toBeUndefined()
  })

  it('a room that begins again after it was forgotten is shown', async () => {
    await take(historyOf('lobby', [{ kind: 'restart' }]).slice(0, 2))
    await shown('lobby')
    await lab.client.del(redisKeys.ended('lobby'))
    await take(joining('other'))
    const events = joining('lobby', 1)
    expect((await take(events)).at(-1)).toBe('committed')
    expect(await shown('lobby')).toMatchObject({ rows: [{ online: true }] })
  })

  it('a rollback is noticed by the first write, however quickly the connections are back', async () => {
    await take(joining('lobby'))
    await shown('lobby')
    const [, id] = rooms.cursor().split(/-(.*)/)
    await lab.client.xdel(redisKeys.events, id ?? '')
    const lost = new Promise<void>((resolve) => rooms.lost.subscribe(resolve))
    await take(joining('other'))
    await expect(lost).resolves.toBeUndefined()
  })

  it('S4.6 a Redis that hangs is told as away, and as back when it answers', async () => {
    const told: boolean[] = []
    rooms.reachable.subscribe(({ reachable }) => told.push(reachable))
    lab.redis.pause()
    expect((await take(joining('lobby').slice(0, 1)))[0]).toBe('unavailable')
    expect(told).toEqual([false])
    lab.redis.resume()
    await expect.poll(() => told, { timeout: 5000 }).toEqual([false, true])
    expect((await take(joining('lobby', 1))).at(-1)).toBe('committed')
  })
})
