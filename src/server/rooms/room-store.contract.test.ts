import { describe } from 'vitest'
import { useRedis } from '../../../tests/harness/redis-rooms.ts'
import { peers } from '../../../tests/peers.ts'
import { createMemoryRoomStore } from './memory-room-store.ts'
import { openRedisLink } from '#server/redis/connection.ts'
import { createRedisRoomStore } from './redis-room-store.ts'
import { describeRoomStore } from './testing/room-store-contract.ts'

describeRoomStore('memory', { canLose: false }, () => {
  const store = createMemoryRoomStore('life')
  return Promise.resolve({
    create: () => ({ ...store, close: () => Promise.resolve() }),
    lose: () => Promise.resolve(),
    dispose: () => store.close(),
  })
})

describe.skipIf(peers.redis === null)('with a real Redis', () => {
  const lab = useRedis()

  describeRoomStore('Redis', { canLose: true }, () => {
    const damaged: string[] = []
    const stores: { close: () => Promise<void> }[] = []
    return Promise.resolve({
      create() {
        const link = openRedisLink(lab.redis.url)
        const store = createRedisRoomStore(link, (what) => damaged.push(what))
        stores.push({ close: () => store.close().finally(link.close) })
        return store
      },
      lose: async () => void (await lab.client.flushall()),
      async dispose() {
        await Promise.all(stores.map((store) => store.close()))
        if (damaged.length > 0) throw new Error(`what was written could not be read: ${damaged.join(', ')}`)
      },
    })
  })
})
