import { setTimeout as delay } from 'node:timers/promises'
import type { Confirmed } from '#server/redis/bus.ts'
import { Emitter } from '#shared/lib/emitter.ts'
import type { FeedEvent } from '#shared/domain/feed-event.ts'
import { applyRoomEvent } from './apply-room-event.ts'
import { withChange, type RoomChange } from './room-change.ts'
import type { RoomEvent } from './room-event.ts'
import { createRecordBook } from './record-book.ts'
import { emptyRecord, type RoomRecord } from './room-model.ts'
import type { FeedDraft } from './feed-draft.ts'
import type { CommitBody, FeedPage, LogEntry, RoomStore, ToldOutcome } from './room-store.ts'
import type { SweepBoard } from './sweep-board.ts'

/** How long an event waits for a store that is away before it is refused, ms. */
const PATIENCE_MS = 1000
/** How often it is tried meanwhile, ms. */
const RETRY_MS = 100

/** How often it is tried to write a room's keys anew while others go on writing. */
const RESTORE_ATTEMPTS = 5

/** What became of an event: written, nothing new, or refused because the store is away. */
export type Submitted =
  { readonly kind: 'committed' } | { readonly kind: 'ignored' } | { readonly kind: 'unavailable'; readonly why: string }

/** A room moved on. `change` is null where it moved by more than one revision. */
export type RoomMoved = { readonly before: RoomRecord; readonly after: RoomRecord; readonly change: RoomChange | null }

/** This instance's copy of all rooms, and the one door through which events come in. */
export type LiveRooms = {
  /** The record as the log has told it so far; what is pushed and what is read agree. */
  readonly get: (name: string) => RoomRecord
  /** The newest record known here, which may be a moment ahead of the log. */
  readonly newest: (name: string) => RoomRecord
  readonly all: () => Iterable<RoomRecord>
  /** The newest records known here. */
  readonly allNewest: () => Iterable<RoomRecord>
  /** Applies and commits one event; events of one room wait for each other. */
  readonly submit: (event: RoomEvent) => Promise<Submitted>
  /** Tells in the feed what changes no room. */
  readonly tell: (event: FeedDraft) => Promise<ToldOutcome>
  /** What the feed told after a cursor; see `RoomStore`. */
  readonly readFeed: (cursor: string, count: number) => Promise<FeedPage>
  /** Where the instances agree on the sweeps. */
  readonly sweeps: Pick<SweepBoard, 'post' | 'release' | 'setStopped'>
  /** Marks what a sweep found as it was told, here or at another instance. */
  readonly confirm: (confirmed: Pick<Confirmed, 'at' | 'only' | 'except'>) => void
  /** Hears an id that the log has come to, as other instances know it. */
  readonly reached: (id: string) => void
  /** Writes what is stored of a room anew, as it is known here. False where others were quicker for too long, or the store is away. */
  readonly restore: (name: string) => Promise<boolean>
  /** Lets go of ended rooms that need no remembering any more. */
  readonly forget: () => void
  /** Shows the rooms as they are now, after a store's new life; until then `get` answers what was shown before it. */
  readonly settle: () => void
  /** Resolves when everything that was committed here by now is shown, or after a second. */
  readonly caughtUp: () => Promise<void>
  /** An event was committed by this instance, before the log has told it: `newest` knows it. */
  readonly committed: Emitter<RoomEvent>
  readonly moved: Emitter<RoomMoved>
  readonly told: Emitter<FeedEvent>
  /** The names of rooms that a sweep confirmed. */
  readonly confirmedRooms: Emitter<readonly string[]>
  readonly reachable: Emitter<{ readonly reachable: boolean; readonly why: string | null }>
  /** The store began another life: rooms must be swept, then `settle` be called. */
  readonly lost: Emitter<void>
  /** The cursor of the newest event told. */
  readonly cursor: () => string
  readonly close: () => Promise<void>
}

/** Reads the store and follows its log. Fails with one line where the store can't be read. */
export async function openLiveRooms(store: RoomStore): Promise<LiveRooms> {
  const opened = await store.open()
  let shown = createRecordBook(opened.records)
  let working = createRecordBook(opened.records)
  let frozen = false
  let cursor = opened.cursor
  // Each for as long as its room lives: the tables that a map leaves behind as it gains and loses would keep what they held until a full collection.
  const queues = new Map<string, { last: Promise<void> | null }>()
  const committed = new Emitter<RoomEvent>()
  const moved = new Emitter<RoomMoved>()
  const told = new Emitter<FeedEvent>()
  const confirmedRooms = new Emitter<readonly string[]>()
  const reachable = new Emitter<{ readonly reachable: boolean; readonly why: string | null }>()
  const lost = new Emitter<void>()
  const advanced = new Emitter<void>()

  function get(name: string): RoomRecord {
    return shown.get(name) ?? emptyRecord(name)
  }

  function newest(name: string): RoomRecord {
    return working.get(name) ?? emptyRecord(name)
  }

  async function submitNow(event: RoomEvent, deadline: number): Promise<Submitted> {
    const { name } = event.room
    for (;;) {
      const record = newest(name)
      const applied = applyRoomEvent(record, event)
      if (!applied) return { kind: 'ignored' }
      const outcome = await store.commit(record, applied)
      if (outcome.kind === 'committed') {
        // The log may have told it before the store answered.
        if (newest(name).revision < outcome.revision) advance(withChange(record, applied.change, outcome.revision))
        committed.emit(event)
        return { kind: 'committed' }
      }
      const late = Date.now() + RETRY_MS > deadline
      if (outcome.kind === 'conflict') {
        if (late) return { kind: 'unavailable', why: 'others changed the room again and again' }
        working.keep(outcome.record)
      } else {
        if (late) return outcome
        await delay(RETRY_MS)
      }
    }
  }

  function submit(event: RoomEvent): Promise<Submitted> {
    const { name } = event.room
    const deadline = Date.now() + PATIENCE_MS
    const queue = queues.get(name) ?? { last: null }
    queues.set(name, queue)
    const turn = queue.last ? queue.last.then(() => submitNow(event, deadline)) : submitNow(event, deadline)
    const over = () => {
      if (queue.last !== settled) return
      queue.last = null
      if (!newest(name).room) queues.delete(name)
    }
    const settled = turn.then(over, over)
    queue.last = settled
    return turn
  }

  function commitTold(entry: LogEntry, body: CommitBody): void {
    if (body.change) changeTold(entry, body.room, body.change)
    if (body.feed) tellHere(entry, body.feed)
  }

  function tellHere({ cursor: at }: LogEntry, event: FeedDraft): void {
    told.emit({ ...event, data: { ...event.data, cursor: at } })
  }

  function changeTold(entry: LogEntry, name: string, change: RoomChange): void {
    const known = newest(name)
    if (known.revision < entry.revision && !follows(known, entry)) return void reload(name)
    if (known.revision < entry.revision) advance(withChange(known, change, entry.revision))
    const before = get(name)
    if (frozen || before.revision >= entry.revision) return
    // Where what is shown lags behind, as after a room was forgotten, it moves to the newest at once.
    const isNext = follows(before, entry)
    const newestNow = newest(name)
    // Mostly that is the newest record, so the two books share it.
    if (!isNext || newestNow.revision === entry.revision) show(before, newestNow, isNext ? change : null)
    else show(before, withChange(before, change, entry.revision), change)
  }

  function show(before: RoomRecord, after: RoomRecord, change: RoomChange | null): void {
    shown.keep(after)
    moved.emit({ before, after, change })
  }

  /** A first revision comes from a counter: it follows nothing. */
  function follows(record: RoomRecord, entry: LogEntry): boolean {
    return record.revision === 0 || record.revision + 1 === entry.revision
  }

  function advance(next: RoomRecord): void {
    if (newest(next.name).revision < next.revision) working.keep(next)
  }

  /** An entry was missed: the room is read whole. */
  async function reload(name: string): Promise<void> {
    const record = await store.load(name).catch(() => null)
    if (!record) return
    advance(record)
    const before = get(name)
    if (!frozen && record.revision > before.revision) show(before, record, null)
  }

  function confirm({ at, only, except }: Pick<Confirmed, 'at' | 'only' | 'except'>): void {
    const names = new Set<string>()
    const spared = new Set(except)
    // After a loss what is shown stays as it was, marked as old.
    for (const records of frozen ? [working] : [shown, working]) {
      for (const { name } of only === null ? [...records.values()] : only.map((each) => ({ name: each }))) {
        const record = records.get(name)
        if (!record?.room || spared.has(name) || record.room.confirmed.at >= at) continue
        records.keep({ ...record, room: { ...record.room, confirmed: { at, by: 'sweep' } } })
        names.add(name)
      }
    }
    if (names.size > 0) confirmedRooms.emit([...names])
  }

  async function restore(name: string): Promise<boolean> {
    for (let attempt = 0; attempt < RESTORE_ATTEMPTS && !frozen; attempt += 1) {
      if (await store.sweeps.restore(newest(name), cursor)) return true
      await nextOf(advanced, RETRY_MS)
    }
    return false
  }

  const unfollow = store.follow(opened.cursor, {
    entries(entries) {
      for (const entry of entries) {
        cursor = entry.cursor
        if (entry.body.kind === 'commit') commitTold(entry, entry.body)
        else if (entry.body.kind === 'told') tellHere(entry, entry.body.feed)
      }
      advanced.emit()
    },
    lost(snapshot) {
      frozen = true
      working = createRecordBook(snapshot.records)
      cursor = snapshot.cursor
      lost.emit()
    },
    reachable: (now, why) => reachable.emit({ reachable: now, why }),
  })

  return {
    get,
    newest,
    all: () => shown.values(),
    allNewest: () => working.values(),
    submit,
    tell: (event) => store.tell(event),
    readFeed: (from, count) => store.readFeed(from, count),
    sweeps: store.sweeps,
    confirm,
    reached: store.reached,
    restore,
    forget() {
      shown.forget()
      working.forget()
      // Those of rooms that another instance ended.
      for (const [name, { last }] of queues) if (last === null && !newest(name).room) queues.delete(name)
    },
    settle() {
      if (!frozen) return
      frozen = false
      const before = shown
      shown = createRecordBook(working.values())
      for (const record of before.values()) {
        // A room that the new life doesn't know has ended: at a revision of its own, or those who follow it would not hear of it.
        if (record.room && !shown.get(record.name)) shown.keep({ ...emptyRecord(record.name), revision: record.revision + 1 })
      }
      for (const after of [...shown.values()])
        moved.emit({ before: before.get(after.name) ?? emptyRecord(after.name), after, change: null })
      advanced.emit()
    },
    async caughtUp() {
      const awaited = [...working.values()]
      const lags = () => awaited.some((record) => get(record.name).revision < record.revision)
      const deadline = Date.now() + PATIENCE_MS
      while (lags() && Date.now() < deadline) await nextOf(advanced, PATIENCE_MS)
    },
    committed,
    moved,
    told,
    confirmedRooms,
    reachable,
    lost,
    cursor: () => cursor,
    async close() {
      unfollow()
      for (const { last } of [...queues.values()]) await last
      await store.close()
    },
  }
}

/** Resolves at the next event, or after so many ms. */
function nextOf(emitter: Emitter<void>, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      unsubscribe()
      clearTimeout(timer)
      resolve()
    }
    const unsubscribe = emitter.subscribe(done)
    const timer = setTimeout(done, ms)
  })
}
