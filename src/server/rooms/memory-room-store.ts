import { withChange } from './room-change.ts'
import { createRecordBook } from './record-book.ts'
import { createFeedLog } from './feed-log.ts'
import { emptyRecord } from './room-model.ts'
import { splitCursor, type LogBody, type LogEntry, type LogListener, type RoomStore } from './room-store.ts'

/** How many entries the log keeps for followers that are behind: they are of this process. What the feed told is kept apart. */
const LOG_SIZE = 2000

/** The store of a single instance: it lives as long as the process. `now` in ms. */
export function createMemoryRoomStore(epoch: string, now: () => number = Date.now): RoomStore {
  const records = createRecordBook([], now)
  const followers = new Set<{ next: number; listener: LogListener; scheduled: boolean }>()
  const told = createFeedLog(now)
  let log: LogEntry[] = []
  let last = 0
  let counter = 0
  let stopped = false

  function cursorOf(id: number): string {
    return `${epoch}-${id}`
  }

  function append(revision: number, body: LogBody): void {
    last += 1
    if (body.kind !== 'confirmed' && body.feed) told.append(last, body.feed)
    log.push({ cursor: cursorOf(last), revision, body })
    if (log.length > 2 * LOG_SIZE) forgetOld()
    for (const follower of followers) wake(follower)
  }

  /** What a follower of this process has yet to hear stays: a burst comes whole before it has its turn. */
  function forgetOld(): void {
    const behind = Math.max(0, ...[...followers].map(({ next }) => last + 1 - next))
    if (log.length > 2 * Math.max(LOG_SIZE, behind)) log = log.slice(-Math.max(LOG_SIZE, behind))
  }

  function wake(follower: { next: number; listener: LogListener; scheduled: boolean }): void {
    if (follower.scheduled) return
    follower.scheduled = true
    setImmediate(() => {
      follower.scheduled = false
      if (!followers.has(follower)) return
      const first = last - log.length + 1
      const entries = log.slice(follower.next - first)
      follower.next = last + 1
      if (entries.length > 0) follower.listener.entries(entries)
    })
  }

  function snapshot() {
    return { cursor: cursorOf(last), records: [...records.values()].filter((record) => record.room) }
  }

  return {
    open: () => Promise.resolve(snapshot()),
    load: (name) => Promise.resolve(records.get(name) ?? emptyRecord(name)),
    commit(record, { change, feed }) {
      const held = records.get(record.name) ?? emptyRecord(record.name)
      if (held.revision !== record.revision) return Promise.resolve({ kind: 'conflict', record: held })
      const revision = held.revision === 0 ? counter + 1 : held.revision + 1
      counter = Math.max(counter, revision)
      const next = withChange(held, change, revision)
      records.keep(next)
      const [first = null, ...others] = feed
      append(revision, { v: 1, kind: 'commit', room: record.name, change, feed: first })
      for (const other of others) append(revision, { v: 1, kind: 'commit', room: record.name, change: null, feed: other })
      return Promise.resolve({ kind: 'committed', revision })
    },
    tell(feed) {
      append(0, { v: 1, kind: 'told', feed })
      return Promise.resolve({ kind: 'committed' })
    },
    readFeed(cursor, count) {
      const [from, id] = splitCursor(cursor)
      const after = /^\d+$/.test(id) ? Number(id) : Infinity
      const read = from === epoch && after <= last ? told.read(after, count) : null
      if (!read) return Promise.resolve({ kind: 'gone' })
      const entries = read.map(({ id: at, event }) => ({ ...event, data: { ...event.data, cursor: cursorOf(at) } }))
      const end = read.length < count ? last : (read.at(-1)?.id ?? last)
      return Promise.resolve({ kind: 'entries', entries, cursor: cursorOf(end) })
    },
    follow(cursor, listener) {
      const [from, id] = splitCursor(cursor)
      const next = Number(id) + 1
      const follower = { next, listener, scheduled: false }
      followers.add(follower)
      if (from !== epoch || next < last - log.length + 1) {
        follower.next = last + 1
        queueMicrotask(() => followers.has(follower) && listener.lost(snapshot()))
      } else {
        wake(follower)
      }
      return () => void followers.delete(follower)
    },
    reached: () => undefined,
    sweeps: {
      // There is one instance, and what it holds can't be damaged.
      post() {
        const { cursor, records: live } = snapshot()
        const nothing = { damaged: [], next: { rooms: null, strays: null } }
        return Promise.resolve({ holds: true, stopped, cursor, indexed: live.length, ...nothing })
      },
      release: () => Promise.resolve(),
      setStopped(wanted) {
        stopped = wanted
        return Promise.resolve(true)
      },
      restore: () => Promise.resolve(true),
    },
    close() {
      followers.clear()
      return Promise.resolve()
    },
  }
}
