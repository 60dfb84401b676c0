import { describe, expect, it } from 'vitest'
import { useRedis } from '../../../tests/harness/redis-rooms.ts'
import { peers } from '../../../tests/peers.ts'
import { redisKeys } from '#server/redis/keys.ts'
import { MEMORY_MS, MEMORY_SIZE } from './room-model.ts'
import { startOf } from './testing/room-histories.ts'

/** As many as go in one command. */
const names = Array.from({ length: 64 }, (_, index) => `room ${index}`)

describe.skipIf(peers.redis === null)('commits that go to Redis together', () => {
  const lab = useRedis()

  it('may each forget as much as a room remembers', async () => {
    const before = await lab.openRooms()
    await Promise.all(names.map((name) => before.submit(startOf(name))))
    const longAgo = Date.now() - 2 * MEMORY_MS
    for (const name of names) {
      const remembered = Array.from({ length: MEMORY_SIZE }, (_, index) => [`t:TR_${index}`, String(longAgo + index)])
      await lab.client.hset(redisKeys.ended(name), ...remembered.flat())
    }
    const rooms = await lab.openRooms()
    const submitted = await Promise.all(
      names.map((name) => rooms.submit({ ...startOf(name), id: `EV_${name}`, type: 'noted', note: 'egress_started' })),
    )
    expect(new Set(submitted.map(({ kind }) => kind))).toEqual(new Set(['committed']))
    expect(await lab.client.hlen(redisKeys.ended(names[0] ?? ''))).toBeLessThan(MEMORY_SIZE)
  })

  it('are told, counted and answered where Redis fails at one of them', async () => {
    const [rooms, follower] = [await lab.openRooms(), await lab.openRooms()]
    const told: string[] = []
    follower.moved.subscribe(({ after }) => told.push(after.name))
    await rooms.submit(startOf('first'))
    // The log has room for two more entries.
    await lab.client.call('XSETID', redisKeys.events, '18446744073709551615-18446744073709551613')
    const asked = names.slice(0, 4).map((name) => rooms.submit(startOf(name)))
    await expect.poll(() => told).toEqual(['first', ...names.slice(0, 2)])
    const submitted = await Promise.all(asked)
    expect(submitted.slice(0, 2)).toEqual([{ kind: 'committed' }, { kind: 'committed' }])
    const revisions = await Promise.all(names.slice(0, 4).map((name) => lab.client.hget(redisKeys.state(name), 'revision')))
    expect(new Set(revisions).size).toBe(4)
  })
})
