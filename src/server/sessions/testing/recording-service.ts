import { randomUUID } from 'node:crypto'
import type { Kysely, Transaction } from 'kysely'
import { Emitter } from '#shared/lib/emitter.ts'
import type { FeedEvent } from '#shared/domain/feed-event.ts'
import type { DatabaseSchema } from '#server/records/schema.ts'
import { openLiveRooms, type LiveRooms } from '#server/rooms/live-rooms.ts'
import { createMemoryRoomStore } from '#server/rooms/memory-room-store.ts'
import type { RoomEvent } from '#server/rooms/room-event.ts'
import type { RoomStore } from '#server/rooms/room-store.ts'
import { openSessionWriter, type SessionWriter, type WriterTimes } from '../session-writer.ts'

/** A writer of the test's own, which writes when it is told to; `die`: as in a crash, it hears and does nothing any more. */
export type TestWriter = SessionWriter & {
  readonly die: () => void
  /** The store begins another life, which these rooms follow. */ readonly moveTo: (rooms: LiveRooms) => void
  readonly lines: readonly string[]
}

const onlyWhenTold: WriterTimes = {
  gatherMs: 3_600_000,
  standbyMs: 3_600_000,
  lieMs: 0,
  compareMs: 3_600_000,
  retryMs: { first: 3_600_000, most: 3_600_000 },
}

type WriterOptions = {
  readonly times?: Partial<WriterTimes>
  readonly mostWaiting?: number
  readonly isTrusted?: () => boolean
  readonly now?: () => number
}

/** One life of a store and an instance that follows it. */
export async function openService(store: RoomStore = createMemoryRoomStore(randomUUID().replaceAll('-', ''))) {
  const rooms = await openLiveRooms(store)

  return {
    rooms,
    store,
    async happen(events: readonly RoomEvent[]): Promise<void> {
      for (const event of events) await rooms.submit(event)
      await rooms.caughtUp()
    },
    openWriter(queries: Kysely<DatabaseSchema>, options: WriterOptions = {}): TestWriter {
      const { rooms: heard, moveTo, die } = hearing(rooms)
      const lines: string[] = []
      const say = (line: string) => void lines.push(line)
      const writer = openSessionWriter({
        queries,
        describe: String,
        rooms: heard,
        isTrusted: () => true,
        log: { warn: say, info: say },
        ...options,
        times: { ...onlyWhenTold, ...options.times },
      })
      return { ...writer, die, moveTo, lines }
    },
    close: () => rooms.close(),
  }
}

/** The same rooms, until nothing is heard of them any more, or others take their place. */
function hearing(first: LiveRooms) {
  let rooms = first
  const told = new Emitter<FeedEvent>()
  const lost = new Emitter<void>()
  let deafen = first.told.subscribe((event) => told.emit(event))
  return {
    rooms: {
      told,
      lost,
      cursor: () => rooms.cursor(),
      readFeed: (from: string, count: number) => rooms.readFeed(from, count),
      get: (name: string) => rooms.get(name),
      all: () => rooms.all(),
    },
    moveTo: (next: LiveRooms) => {
      deafen()
      rooms = next
      deafen = next.told.subscribe((event) => told.emit(event))
      lost.emit()
    },
    die: () => deafen(),
  }
}

type Break = 'works' | 'fails' | 'fails after it'

/** The same database, whose next transaction is written and then thought to have failed, or isn't written at all; or that never takes the stay of a sid. */
export function breakable(queries: Kysely<DatabaseSchema>, refused: string | null = null) {
  let next: Break = 'works'
  const take = (): Break => {
    const how = next
    next = 'works'
    return how
  }
  return { queries: breaking(queries, take, refused), breakNext: (how: Break) => void (next = how) }
}

type Work = (transaction: Transaction<DatabaseSchema>) => Promise<unknown>

/** `take`: what becomes of the transaction that begins now. */
function breaking(queries: Kysely<DatabaseSchema>, take: () => Break, refused: string | null): Kysely<DatabaseSchema> {
  return new Proxy(queries, {
    get(target, key) {
      // What it is for any key.
      const value: unknown = Reflect.get(target, key, target)
      if (typeof value !== 'function') return value
      if (key === 'transaction') return () => ({ execute: (work: Work) => executeBroken(target, work, take(), refused) })
      if (key === 'connection')
        return () => ({
          execute: (work: (connection: Kysely<DatabaseSchema>) => Promise<unknown>) =>
            target.connection().execute((connection) => work(breaking(connection, take, refused))),
        })
      return (...given: unknown[]): unknown => Reflect.apply(value, target, given)
    },
  })
}

async function executeBroken(queries: Kysely<DatabaseSchema>, work: Work, how: Break, refused: string | null): Promise<unknown> {
  const result = await queries.transaction().execute(async (transaction) => {
    const done = await work(transaction)
    const taken = await transaction.selectFrom('participant_sessions').select('sid').where('sid', '=', refused).execute()
    if (how === 'fails' || taken.length > 0) throw new Error('the database did not take it')
    return done
  })
  if (how === 'fails after it') throw new Error('the database went away after it had written')
  return result
}
