import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import { Emitter } from '#shared/lib/emitter.ts'
import { defineScript, describeRedisError, describeUnusable, type RedisLink } from '#server/redis/connection.ts'
import { redisKeys } from '#server/redis/keys.ts'
import { followLog, type LogPosition } from './redis-log.ts'
import { isBefore } from './redis-log-id.ts'
import { readFeedPage } from './redis-feed.ts'
import { greetScript, noteScript, readFeedScript } from './redis-scripts.ts'
import { createRedisSweepBoard } from './redis-sweep-board.ts'
import { createReachability } from './redis-reachability.ts'
import { createOwnEntries } from './own-entries.ts'
import { createCommitQueue, type CommitFailure } from './redis-commits.ts'
import { readCommitReplies, type CommitReply } from './redis-commit-replies.ts'
import { commitScript } from './redis-commit-script.ts'
import { decodeRecord, encodeChange, encodeCommit } from './redis-record.ts'
import { emptyRecord, type RoomRecord } from './room-model.ts'
import { LOG_LENGTH, splitCursor, type CommitOutcome, type LogBody, type RoomStore, type StoreSnapshot } from './room-store.ts'

const committedSchema = z.tuple([z.literal('committed'), z.coerce.number(), z.string()])
const greetReplySchema = z.tuple([z.string(), z.string(), z.string()])

/** What a store tells of keys and log entries that can't be read. */
export type OnDamaged = (what: string) => void

/** The store that any number of instances share. Nothing is kept here but what was last known of the log and its counter. */
export function createRedisRoomStore(link: RedisLink, onDamaged: OnDamaged): RoomStore {
  const redis = link.commands
  const commitRooms = defineScript(redis, 'commitRooms', null, commitScript)
  const noteEvent = defineScript(redis, 'noteEvent', 2, noteScript)
  const readFeed = defineScript(redis, 'readFeed', 2, readFeedScript)
  const greetRooms = defineScript(redis, 'greetRooms', 3, greetScript)
  const closing = new AbortController()
  const newLife = new Emitter<void>()
  const reached = new Emitter<string>()
  const own = createOwnEntries<LogBody>()
  const reachability = createReachability(() => redis.set(redisKeys.probe, '1', 'PX', 1000))
  let epoch = ''
  let newestId = '0-0'
  let highest = 0

  /** What this instance has seen of the log, by reading or writing: a Redis that has less was rolled back, and no revision may fall below. */
  function saw(revision: number, id: string): void {
    highest = Math.max(highest, revision)
    if (isBefore(newestId, id)) newestId = id
  }

  /** Hears of a write of this instance: what it added comes to the reader of the log too, or that one has lost its connection. */
  function wrote(revision: number, id: string): void {
    saw(revision, id)
    reached.emit(id)
  }

  async function greet(position: LogPosition): Promise<{ lost: boolean }> {
    const keys = [redisKeys.epoch, redisKeys.revision, redisKeys.events]
    // One above: a room that is gone from the new life is told at a revision of its own.
    const reply = await greetRooms(...keys, position.epoch, newestId, randomUUID().replaceAll('-', ''), highest + 1)
    const [current, last, oldest] = greetReplySchema.parse(reply)
    const trimmed = position.id !== '0-0' && isBefore(position.id, oldest)
    const lost = current !== position.epoch || trimmed
    if (current !== epoch) newestId = last
    if (lost) Object.assign(position, { epoch: current, id: last })
    epoch = current
    return { lost }
  }

  async function snapshot({ id }: LogPosition): Promise<StoreSnapshot> {
    const names = await redis.zrange(redisKeys.index, '0', '-1').catch(isWrongType(redisKeys.index, []))
    const records = await Promise.all(names.map((name) => load(name)))
    return { cursor: `${epoch}-${id}`, records: records.filter((record) => record.room) }
  }

  async function load(name: string): Promise<RoomRecord> {
    const hashes = [redisKeys.state(name), redisKeys.ended(name)].map((key) => redis.hgetall(key))
    const read = await Promise.all(hashes).catch(isWrongType(redisKeys.state(name), null))
    if (!read) return emptyRecord(name)
    const [state = [], ended = []] = read.map((fields) => Object.entries(fields).flat())
    return remembering(decodeRecord(name, state, ended, onDamaged))
  }

  /** Takes a key of another type for one that says nothing, and tells of it. */
  function isWrongType<T>(key: string, instead: T): (error: unknown) => T {
    return (error) => {
      if (!(error instanceof Error) || !error.message.startsWith('WRONGTYPE')) throw error
      onDamaged(key)
      return instead
    }
  }

  function remembering(record: RoomRecord): RoomRecord {
    highest = Math.max(highest, record.revision)
    return record
  }

  /** What a writing command answered; `why` where it wrote nothing, because Redis can't be used or is in another life. */
  async function ask<T>(read: (answer: unknown) => T, asking: Promise<unknown>): Promise<{ readonly reply: T } | { readonly why: string }> {
    try {
      const answer = await asking
      const isOtherLife = Array.isArray(answer) && answer[0] === 'epoch'
      const asked = isOtherLife ? { why: 'Redis lost what it held' } : { reply: read(answer) }
      reachability.worked('writer')
      if (isOtherLife) newLife.emit()
      return asked
    } catch (error) {
      const why = describeRedisError(error)
      reachability.failed('writer', why)
      return { why }
    }
  }

  const commitSoon = createCommitQueue<CommitReply | CommitFailure>(async (keys, args, count) => {
    const { index, events, revision } = redisKeys
    const all = [redisKeys.epoch, revision, index, events, ...keys]
    const asked = await ask((answer) => readCommitReplies(answer, count), commitRooms(all.length, all, epoch, newestId, Date.now(), args))
    if ('why' in asked) return asked
    let last = ''
    for (const reply of asked.reply) {
      if (!('revision' in reply)) continue
      highest = Math.max(highest, reply.revision)
      last = reply.id
    }
    if (last !== '') wrote(0, last)
    return asked.reply
  })

  return {
    async open() {
      await link.connect()
      try {
        const position = { epoch: '', id: '0-0' }
        await greet(position)
        return await snapshot(position)
      } catch (error) {
        link.close()
        throw describeUnusable(link.url, link.lastError() ?? error)
      }
    },
    load,
    async commit(record, applied): Promise<CommitOutcome> {
      const { name } = record
      const keys = [redisKeys.participants(name), redisKeys.state(name), redisKeys.ended(name)]
      const { rows, bodies: encoded } = encodeChange(name, applied)
      const bodies = encoded.map(({ body, text }) => ({ mark: own.mark(body), text }))
      const reply = await commitSoon({ keys, args: encodeCommit(record, applied.change, rows, bodies) })
      // What failed may have been written all the same.
      if ('why' in reply) return { kind: 'unavailable', why: reply.why }
      if ('revision' in reply) return { kind: 'committed', revision: reply.revision }
      for (const { mark } of bodies) own.forget(mark)
      return { kind: 'conflict', record: remembering(decodeRecord(name, reply.state, reply.ended, onDamaged)) }
    },
    async tell(feed) {
      const body = JSON.stringify({ v: 1, kind: 'told', feed })
      const asked = await ask(
        (answer) => committedSchema.parse(answer),
        noteEvent(redisKeys.epoch, redisKeys.events, epoch, newestId, LOG_LENGTH, body),
      )
      if ('why' in asked) return { kind: 'unavailable', why: asked.why }
      wrote(asked.reply[1], asked.reply[2])
      return { kind: 'committed' }
    },
    readFeed: (cursor, count) => readFeedPage(readFeed, cursor, count),
    follow(cursor, listener) {
      const stop = new AbortController()
      const signal = AbortSignal.any([stop.signal, closing.signal])
      const unsubscribe = reachability.changed.subscribe(({ reachable, why }) => listener.reachable(reachable, why))
      const [from, id] = splitCursor(cursor)
      const position = { epoch: from, id }
      void followLog({ link, position, greet, snapshot, listener, saw, own, reachability, signal, newLife, reached, onDamaged })
      return () => {
        unsubscribe()
        stop.abort()
      }
    },
    reached: (id) => reached.emit(id),
    sweeps: createRedisSweepBoard({
      redis,
      known: () => ({ epoch, newestId, highest }),
      async ask(schema, asking) {
        const asked = await ask((answer) => schema.parse(answer), asking)
        return 'why' in asked ? null : asked.reply
      },
      saw: (id) => wrote(0, id),
    }),
    close() {
      closing.abort()
      reachability.stop()
      return Promise.resolve()
    },
  }
}
