import { once } from 'node:events'
import type { Redis } from 'ioredis'
import { describe, expect, it, vi } from 'vitest'
import { openRedisLink, type RedisLink } from '#server/redis/connection.ts'
import { redisKeys } from '#server/redis/keys.ts'
import { useRedis } from '../../../tests/harness/redis-rooms.ts'
import { peers } from '../../../tests/peers.ts'
import { readLogMessage } from './redis-log-message.ts'
import { startOf } from './testing/room-histories.ts'

describe.skipIf(peers.redis === null)('following the log of a real Redis', () => {
  const lab = useRedis()

  /** A link whose subscribers are known here. */
  function openWatchedLink(): { readonly link: RedisLink; readonly subscribers: readonly Redis[] } {
    const link = lab.openLink()
    const subscribers: Redis[] = []
    function openSubscriber(): Redis {
      const subscriber = link.openSubscriber()
      subscribers.push(subscriber)
      return subscriber
    }
    return { link: { ...link, openSubscriber }, subscribers }
  }

  it('what is written between the look at an empty log and its answer is told at once', async () => {
    const writer = await lab.openRooms()
    const { link, subscribers } = openWatchedLink()
    const read = link.commands.xrangeBuffer.bind(link.commands)
    vi.spyOn(link.commands, 'xrangeBuffer').mockImplementationOnce(async () => {
      const page = await read(redisKeys.events, '-', '+')
      expect(page).toEqual([])
      const [subscriber] = subscribers
      if (!subscriber) throw new Error('nothing can be heard')
      const heard = once(subscriber, 'messageBuffer')
      await writer.submit(startOf('lobby'))
      await heard
      return page
    })
    const reader = await lab.openRooms({ link })
    await expect.poll(() => reader.get('lobby').revision).toBeGreaterThan(0)
  })

  it('an instance that is alone is not sent its own words again', async () => {
    const { link, subscribers } = openWatchedLink()
    const rooms = await lab.openRooms({ link })
    await rooms.submit(startOf('alone'))
    await expect.poll(() => rooms.get('alone').revision).toBeGreaterThan(0)
    const [subscriber] = subscribers
    if (!subscriber) throw new Error('nothing can be heard')
    const heard = once(subscriber, 'messageBuffer')
    await rooms.submit(startOf('alone again'))
    const [, message] = (await heard) as [Buffer, Buffer]
    expect(readLogMessage(message)?.map(({ body }) => body)).toEqual([undefined])
    await expect.poll(() => rooms.get('alone again').room).not.toBeNull()
  })

  it('the words of one who does not listen reach the only one who does', async () => {
    const reading = lab.openLink()
    const reader = await lab.openRooms({ link: reading })
    const told: string[] = []
    reader.told.subscribe(({ data }) => told.push(data.room?.name ?? ''))
    await reader.submit(startOf('first'))
    await expect.poll(() => told).toEqual(['first'])
    const looks = vi.spyOn(reading.commands, 'xrangeBuffer')
    const nowhere = openRedisLink('redis://127.0.0.1:1')
    const writer = await lab.openRooms({ link: { ...lab.openLink(), openSubscriber: nowhere.openSubscriber } })
    await writer.submit(startOf('second'))
    await expect.poll(() => told).toEqual(['first', 'second'])
    expect(looks).toHaveBeenCalled()
    expect(reader.get('second').room).not.toBeNull()
  })
})
