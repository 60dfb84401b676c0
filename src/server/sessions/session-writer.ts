import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Kysely } from 'kysely'
import { Disposables } from '#shared/lib/disposables.ts'
import { relateCursor } from '#server/feed/cursor.ts'
import type { DatabaseSchema } from '#server/records/schema.ts'
import type { LiveRooms } from '#server/rooms/live-rooms.ts'
import type { FeedPage } from '#server/rooms/room-store.ts'
import { readRecordCursor } from './record-cursor.ts'
import { toRecordEvent } from './record-event.ts'
import { reconcile } from './reconcile.ts'
import { takeSnapshot } from './snapshot.ts'
import { createSteadyWork } from './steady-work.ts'
import { createWaitingEvents } from './waiting-events.ts'
import { writeBatch, type Batch, type Written } from './write-batch.ts'

/** How many events are written at a time: SQLite works in this process, and LiveKit waits for it. */
const BATCH_SIZE = 50
/** How often one event alone may be refused by a database that answers. */
const STRIKES = 5
/** How often it is begun anew because others write. */
const ATTEMPTS = 10
/** How many entries of the log are read at a time. */
const PAGE_SIZE = 200

export type WriterTimes = {
  /** How long events are gathered. */
  readonly gatherMs: number
  /** How often an instance looks whose events others write, and how long they may let one lie. */
  readonly standbyMs: number
  readonly lieMs: number
  /** How often the records are compared with the live rooms. */
  readonly compareMs: number
  readonly retryMs: { readonly first: number; readonly most: number }
}
const usualTimes: WriterTimes = {
  gatherMs: 250,
  standbyMs: 5000,
  lieMs: 1000,
  compareMs: 60_000,
  retryMs: { first: 1000, most: 30_000 },
}

/** Writes what the log tells into the records (S2.2, S2.6): each event once, whatever crashes and however many instances write. */
export type SessionWriter = {
  /** The live rooms are what LiveKit lists: the records are compared with them. */
  readonly compare: () => void
  /** Writes what was told by now; rejects where it can't. */
  readonly writeNow: () => Promise<void>
  /** How many events wait to be written, by this instance or another. */
  readonly waiting: () => number
  readonly failures: () => number
  /** Writes what waits, for 3 s at the most. */
  readonly close: () => Promise<void>
}

type Options = {
  readonly queries: Kysely<DatabaseSchema>
  /** What the database threw, as one line. */
  readonly describe: (error: unknown) => string
  readonly rooms: Pick<LiveRooms, 'told' | 'lost' | 'cursor' | 'readFeed' | 'get' | 'all'>
  /** Whether the live rooms are what LiveKit lists, as far as this server knows. */
  readonly isTrusted: () => boolean
  readonly log: { readonly warn: (line: string) => void; readonly info: (line: string) => void }
  readonly now?: () => number
  readonly times?: Partial<WriterTimes>
  readonly mostWaiting?: number
}

const CLOSE_MS = 3000

export function openSessionWriter({
  queries,
  describe,
  rooms,
  isTrusted,
  log,
  now = Date.now,
  times,
  mostWaiting,
}: Options): SessionWriter {
  const { gatherMs, standbyMs, lieMs, compareMs, retryMs } = { ...usualTimes, ...times }
  const waiting = createWaitingEvents(rooms.cursor, mostWaiting)
  const closing = new Disposables()
  let told = rooms.cursor()
  let isStandby = false
  let compareWanted = true
  /** The oldest event that others haven't written, and since when it was seen to lie (ms). */
  let lying: { readonly cursor: string; readonly since: number } | null = null
  /** Nothing is to be left waiting. */
  let wantsAll = false
  let size = BATCH_SIZE
  let strikes = 0

  const work = createSteadyWork({
    work: turn,
    retryMs,
    onFailed: (why) => log.warn(`what people do can't be recorded, and waits: ${describe(why)}`),
    onWorked: () => log.info('what people do is recorded again'),
  })

  closing.add(
    rooms.told.subscribe((event) => {
      told = event.data.cursor
      const kept = toRecordEvent(event, rooms.get)
      if (!kept) return
      waiting.add({ cursor: told, event: kept })
      work.soon(isStandby ? standbyMs : waiting.count() < BATCH_SIZE ? gatherMs : 0)
    }),
    rooms.lost.subscribe(() => {
      waiting.newLife(told)
      told = rooms.cursor()
      compareWanted = true
    }),
  )
  const timer = setInterval(() => {
    compareWanted = true
    work.soon(0)
  }, compareMs).unref()
  closing.add(() => clearInterval(timer))
  work.soon(gatherMs)

  async function turn(): Promise<void> {
    if (isStandby && (await othersWrite())) return
    const isWhole = wantsAll
    /** From where on the log is lost, so that the live rooms must stand for it. */
    let unreadable: string | null = null
    let vain = 0
    for (let isFirst = true; vain < ATTEMPTS; isFirst = false) {
      const due = unreadable === null ? whatIsDue(isFirst || isWhole) : 'compare'
      if (due === 'nothing') return
      // The rooms may still be those of before; whoever reads them anew says so.
      if (due === 'compare' && !isTrusted()) return void (compareWanted = true)
      const batch = waiting.batch(size)
      const outcome: Written = due === 'compare' ? await compare(unreadable) : await write(batch)
      unreadable = null
      if (outcome.kind === 'written' || outcome.kind === 'others') {
        isStandby = outcome.kind === 'others'
        waiting.written(outcome.cursor)
      } else {
        vain += 1
        const isReadable = outcome.kind === 'behind' && (await readLog(outcome.cursor, batch.since))
        if (!isReadable && !waiting.dropLife()) unreadable = outcome.cursor
      }
      await nextTurn()
    }
    throw new Error('others change the records again and again')
  }

  /** What few events wait are gathered, unless `all` are to be written; a comparison writes them, too. */
  function whatIsDue(all: boolean): 'write' | 'compare' | 'nothing' {
    const count = waiting.count()
    if (count >= BATCH_SIZE || (count > 0 && (all || waiting.isSplit()))) return 'write'
    if (compareWanted && isTrusted()) return 'compare'
    if (count > 0) work.soon(gatherMs)
    return 'nothing'
  }

  /** Whether another instance writes, so that this one need not. */
  async function othersWrite(): Promise<boolean> {
    const { cursor, writtenAt } = await readRecordCursor(queries)
    waiting.written(cursor)
    const oldest = waiting.oldest()
    if (oldest === null) {
      isStandby = Math.abs(now() - writtenAt) < 2 * compareMs
      return isStandby
    }
    // A clock that was put back would have it lie for as long.
    if (lying?.cursor !== oldest || now() < lying.since) lying = { cursor: oldest, since: now() }
    isStandby = now() - lying.since < lieMs
    if (isStandby) work.soon(lieMs)
    return isStandby
  }

  async function write(batch: Batch): Promise<Written> {
    try {
      const outcome = await writeBatch(queries, batch, now())
      size = BATCH_SIZE
      strikes = 0
      return outcome
    } catch (error) {
      // A database that answers and refuses this for good may have something against one event.
      await readRecordCursor(queries)
      strikes = size === 1 ? strikes + 1 : 0
      size = 1
      if (strikes < STRIKES) throw error
      strikes = 0
      log.warn(`an event can't be recorded, and is left out: ${describe(error)}`)
      return await writeBatch(queries, { ...batch, events: [] }, now())
    }
  }

  /** Writes what the log has between two cursors; false where it doesn't go back so far. */
  async function readLog(from: string, to: string): Promise<boolean> {
    let since = from
    while (relateCursor(since, to) === 'before') {
      const page = await rooms.readFeed(since, PAGE_SIZE)
      if (page.kind === 'unavailable') throw new Error(`the log can't be read (${page.why})`)
      if (page.kind === 'gone' || page.cursor === since) return false
      for (const batch of batchesOf(page, since)) {
        const outcome = await writeBatch(queries, batch, now())
        // Somebody else has made the records anew meanwhile, so all is to be looked at again.
        if (outcome.kind === 'behind' || outcome.kind === 'other_life') return true
        since = outcome.cursor
        await nextTurn()
      }
    }
    return true
  }

  function batchesOf({ entries, cursor }: Extract<FeedPage, { kind: 'entries' }>, since: string): Batch[] {
    const events = entries.flatMap((event) => {
      const kept = toRecordEvent(event, rooms.get)
      return kept ? [{ cursor: event.data.cursor, event: kept }] : []
    })
    const batches: Batch[] = []
    for (let first = 0, from = since; first === 0 || first < events.length; first += BATCH_SIZE) {
      const part = events.slice(first, first + BATCH_SIZE)
      const to = first + BATCH_SIZE < events.length ? (part.at(-1)?.cursor ?? cursor) : cursor
      batches.push({ since: from, to, events: part })
      from = to
    }
    return batches
  }

  /** Makes the records what the live rooms are. */
  async function compare(unreadable: string | null): Promise<Written> {
    const at = now()
    // The life that is over may be the one known here, and then these rooms are no measure.
    const own = unreadable === null ? null : await rooms.readFeed(rooms.cursor(), 1)
    if (own?.kind === 'unavailable') throw new Error(`the log can't be read (${own.why})`)
    if (own?.kind === 'gone') throw new Error('the log has begun anew, and what it tells is not known here yet')
    // Nothing may come between: what was told by now, and what the rooms are by that.
    const snapshot = takeSnapshot(rooms, at)
    const outcome = await reconcile(queries, { batch: waiting.batch(Infinity), snapshot, batchSize: BATCH_SIZE, unreadable, now: at })
    if (outcome.kind === 'written' || outcome.kind === 'others') compareWanted = false
    return outcome
  }

  return {
    compare() {
      compareWanted = true
      work.soon(0)
    },
    async writeNow() {
      wantsAll = true
      await work.now().finally(() => (wantsAll = false))
    },
    waiting: waiting.count,
    failures: work.failures,
    async close() {
      closing.dispose()
      wantsAll = true
      // So that the next server knows until when all was known.
      compareWanted = true
      await work.close(CLOSE_MS)
    },
  }
}
