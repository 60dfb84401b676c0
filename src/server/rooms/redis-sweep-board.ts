import type { Redis } from 'ioredis'
import { z } from 'zod'
import type { BusEnvelope } from '#server/redis/bus.ts'
import { defineScript } from '#server/redis/connection.ts'
import { redisKeys } from '#server/redis/keys.ts'
import { encodeRestore } from './redis-record.ts'
import { releaseScript, restoreScript, sweepScript } from './redis-sweep-scripts.ts'
import { LOG_AGE_MS, splitCursor } from './room-store.ts'
import type { SweepBoard } from './sweep-board.ts'

const postedSchema = z.tuple([
  z.literal('committed'),
  z.string(),
  z.coerce.number(),
  z.coerce.number(),
  z.coerce.number(),
  z.coerce.number(),
  z.string(),
  z.array(z.string()),
])
const restoredSchema = z.tuple([z.enum(['restored', 'behind'])])

/** What a store knows of its log, and how it asks a script: `null` where Redis can't be used or began another life. */
type Storing = {
  readonly redis: Redis
  readonly known: () => { readonly epoch: string; readonly newestId: string; readonly highest: number }
  readonly ask: <T>(schema: z.ZodType<T>, asking: Promise<unknown>) => Promise<T | null>
  /** Hears the newest id of the log. */
  readonly saw: (id: string) => void
}

export function createRedisSweepBoard({ redis, known, ask, saw }: Storing): SweepBoard {
  const endSweep = defineScript(redis, 'endSweep', 6, sweepScript)
  const restoreRoom = defineScript(redis, 'restoreRoom', 6, restoreScript)
  const releaseLease = defineScript(redis, 'releaseLease', 1, releaseScript)
  return {
    async post({ instance, leaseMs, report, look }) {
      const { epoch, newestId, highest } = known()
      const { revision, index, events, sweepLease, sweepStopped, bus } = redisKeys
      const told = report && ({ from: instance, message: { ...report, newest: newestId } } satisfies BusEnvelope)
      const asking = endSweep(
        ...[redisKeys.epoch, revision, index, events, sweepLease, sweepStopped],
        ...[epoch, newestId, highest, instance, leaseMs, LOG_AGE_MS, bus, told ? JSON.stringify(told) : ''],
        ...[look.rooms ?? '', look.strays ?? '', redisKeys.state(''), redisKeys.participants(''), redisKeys.ended('')],
      )
      const posted = await ask(postedSchema, asking)
      if (!posted) return null
      const [, id, holds, stopped, indexed, rank, cursor, damaged] = posted
      saw(id)
      const next = { rooms: rank < 0 ? null : rank, strays: cursor === '' || cursor === '0' ? null : cursor }
      return { holds: holds === 1, stopped: stopped === 1, cursor: `${epoch}-${id}`, indexed, damaged: [...new Set(damaged)], next }
    },
    async release(instance) {
      await ask(z.number(), releaseLease(redisKeys.sweepLease, instance))
    },
    async setStopped(stopped) {
      const key = redisKeys.sweepStopped
      return (await ask(z.unknown(), stopped ? redis.set(key, '1') : redis.del(key))) !== null
    },
    async restore(record, cursor) {
      const [epoch, id] = splitCursor(cursor)
      const { index, events, participants, state, ended } = redisKeys
      const { name } = record
      const keys = [redisKeys.epoch, index, events, participants(name), state(name), ended(name)]
      const restored = await ask(restoredSchema, restoreRoom(...keys, epoch, id, ...encodeRestore(record, Date.now())))
      return restored?.[0] === 'restored'
    },
  }
}
