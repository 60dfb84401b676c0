import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import type { RoomRecord } from './room-model.ts'
import { withChange } from './room-change.ts'
import { connectRedis, withoutPassword, type RoomRedis } from './redis-connection.ts'
import { Emitter } from '#shared/lib/emitter.ts'
import { redisKeys } from './redis-keys.ts'
import { decodeRecord, encodeCommit, LOG_LENGTH } from './redis-record.ts'
import { followLog, type LogPosition } from './redis-log.ts'
import { splitCursor, type CommitOutcome, type LogListener, type RoomStore, type StoreSnapshot } from './room-store.ts'

const flatHashSchema = z.array(z.string())
const commitReplySchema = z.union([
  z.tuple([z.literal('committed'), z.coerce.number()]),
  z.tuple([z.literal('conflict'), flatHashSchema, flatHashSchema]),
  z.tuple([z.literal('epoch')]),
])
const greetReplySchema = z.tuple([z.string(), z.string(), z.string()])

/** What a store tells of keys and log entries that can't be read. */
export type OnDamaged = (what: string) => void

/** The store that any number of instances share. Nothing is kept here but where in the log this instance is. */
export function createRedisRoomStore(url: string, onDamaged: OnDamaged): RoomStore {
  const redis = connectRedis(url, { blocking: false })
  // Every failure also rejects the command it belongs to, but less clearly; without a listener ioredis prints it.
  let lastError: Error | null = null
  redis.on('error', (error: Error) => (lastError = error))
  const closing = new AbortController()
  const newLife = new Emitter<void>()
  let epoch = ''
  let highest = 0

  async function greet(client: RoomRedis, position: LogPosition): Promise<{ lost: boolean }> {
    const keys = [redisKeys.epoch, redisKeys.revision, redisKeys.events]
    const reply = await client.greetRooms(...keys, position.epoch, position.id, randomUUID().replaceAll('-', ''), highest)
    const [current, last, oldest] = greetReplySchema.parse(reply)
    const trimmed = position.id !== '0-0' && isBefore(position.id, oldest)
    const lost = current !== position.epoch || trimmed
    if (lost) Object.assign(position, { epoch: current, id: last })
    epoch = current
    return { lost }
  }

  async function snapshot({ id }: LogPosition): Promise<StoreSnapshot> {
    const names = await redis.zrange(redisKeys.index, '0', '-1')
    const records = await Promise.all(names.map((name) => load(name)))
    return { cursor: `${epoch}-${id}`, records: records.filter((record) => record.room) }
  }

  async function load(name: string): Promise<RoomRecord> {
    const [state, ended] = await Promise.all([redis.hgetall(redisKeys.state(name)), redis.hgetall(redisKeys.ended(name))])
    return remembering(decodeRecord(name, Object.entries(state).flat(), Object.entries(ended).flat(), onDamaged))
  }

  function remembering(record: RoomRecord): RoomRecord {
    highest = Math.max(highest, record.revision)
    return record
  }

  return {
    async open() {
      try {
        await redis.connect()
        const position = { epoch: '', id: '' }
        await greet(redis, position)
        return await snapshot(position)
      } catch (error) {
        redis.disconnect()
        const why = describeError(lastError ?? error)
        throw new Error(`can't use Redis at ${withoutPassword(url)} (${why}): check the address (REDIS_URL)`, { cause: error })
      }
    },
    load,
    async commit(record, applied): Promise<CommitOutcome> {
      // The next revision is the script's to give; what is written beside it doesn't depend on it.
      const next = withChange(record, applied.change, record.revision + 1)
      try {
        const reply = await redis.commitRoom(
          redisKeys.epoch,
          redisKeys.revision,
          redisKeys.index,
          redisKeys.participants(record.name),
          redisKeys.state(record.name),
          redisKeys.events,
          redisKeys.ended(record.name),
          epoch,
          ...encodeCommit(record, next, applied, Date.now()),
        )
        const parsed = commitReplySchema.parse(reply)
        if (parsed[0] === 'epoch') {
          newLife.emit()
          return { kind: 'unavailable', why: 'Redis lost what it held' }
        }
        if (parsed[0] === 'conflict')
          return { kind: 'conflict', record: remembering(decodeRecord(record.name, parsed[1], parsed[2], onDamaged)) }
        highest = Math.max(highest, parsed[1])
        return { kind: 'committed', revision: parsed[1] }
      } catch (error) {
        return { kind: 'unavailable', why: error instanceof Error ? error.message : String(error) }
      }
    },
    async confirm(confirmed) {
      const body = JSON.stringify({ v: 1, kind: 'confirmed', ...confirmed })
      await redis.xadd(redisKeys.events, 'MAXLEN', '~', LOG_LENGTH, '*', 'epoch', epoch, 'revision', '0', 'body', body)
    },
    follow(cursor, listener: LogListener) {
      const stop = new AbortController()
      const signal = AbortSignal.any([stop.signal, closing.signal])
      const [from, id] = splitCursor(cursor)
      void followLog({ url, position: { epoch: from, id }, greet, snapshot, listener, signal, newLife, onDamaged })
      return () => stop.abort()
    },
    async close() {
      closing.abort()
      redis.disconnect()
      await Promise.resolve()
    },
  }
}

/** A system's error code where there is one, else what Redis or the client said. */
function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message
}

function isBefore(id: string, than: string): boolean {
  const [ms = 0, sequence = 0] = id.split('-').map(Number)
  const [thanMs = 0, thanSequence = 0] = than.split('-').map(Number)
  return ms < thanMs || (ms === thanMs && sequence < thanSequence)
}
