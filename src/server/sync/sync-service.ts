import { randomUUID } from 'node:crypto'
import type { SyncAnswer, SyncStatus } from '#shared/contract/http-sync.ts'
import type { FeedEvent } from '#shared/domain/feed-event.ts'
import { fail, succeed, type Result } from '#shared/domain/failure.ts'
import { Disposables } from '#shared/lib/disposables.ts'
import { Emitter } from '#shared/lib/emitter.ts'
import { boundLists, type RoomLists } from '#server/livekit/bounded-lists.ts'
import type { Bus, BusMessage } from '#server/redis/bus.ts'
import type { LiveRooms } from '#server/rooms/live-rooms.ts'
import type { Look, SweepNews } from '#server/rooms/sweep-board.ts'
import { createSweeper, type RoomReading, type Sweep } from './sweeper.ts'
import { createSweepSchedule } from './sweep-schedule.ts'
import { createSyncRecord } from './sync-record.ts'
import { createUpkeep } from './upkeep.ts'
import { createWebhookWatch, isToldByWebhooks } from './webhook-watch.ts'

/** How many lists LiveKit is asked for at once at the most. */
const CALLS_AT_ONCE = 8
/** How often LiveKit is asked for new rooms while webhooks are missing, ms. */
const SEARCH_MS = 5000

/** Keeps the rooms as LiveKit lists them, in turn with the other instances, and what is stored of them in order (S1.3, S1.4). */
export type SyncService = {
  /**
   * Sweeps now and soon once more, whichever instance holds the lease: at the start, and when what is known may be old, because only this
   * instance knows that it is. Two at once do no harm. Resolves when the first one is done. `found`: whether what it finds is news.
   */
  readonly sweepAnew: (found: 'silent' | 'told') => Promise<Sweep>
  /** Each sweep of all rooms by this instance. */
  readonly swept: Emitter<Sweep>
  /** Whether the last sweep of the service failed, by one line. */
  readonly failing: Emitter<string | null>
  readonly status: () => SyncStatus
  readonly changed: Emitter<SyncStatus>
  /** Asks LiveKit for all rooms, or one, also one that is not known here. */
  readonly sync: (room?: string) => Promise<Result<SyncAnswer>>
  /** The same, again where somebody was missing, and a clean-up where it was for all rooms. */
  readonly fullSync: (room?: string) => Promise<Result<SyncAnswer>>
  readonly cleanUp: () => Promise<Result<SyncAnswer>>
  /** Lets the sweeps of the service go on, or stops them. */
  readonly setRunning: (running: boolean) => Promise<Result<SyncAnswer>>
  /** One room as LiveKit lists it, which the rooms here are made to say too. */
  readonly readRoom: (room: string) => Promise<RoomReading>
  /** LiveKit's webhook came to this instance, at that time (ms). */
  readonly webhookCame: (at: number) => void
  /** For programs that embed the server: syncs all rooms now. Rejects with one line where that fails. */
  readonly triggerImmediateSync: () => Promise<{ readonly synced: number; readonly cleaned: number }>
  readonly isSyncServiceRunning: () => boolean
  /** Ends the sweeps of this instance and lets another one take over. */
  readonly stop: () => Promise<void>
}

type Done = { readonly sweep: Sweep; readonly repaired: number }
type Counts = { readonly synced: number; readonly cleaned: number; readonly drift: number; readonly missing: number }

type Options = {
  readonly rooms: LiveRooms
  readonly livekit: RoomLists
  readonly bus: Bus
  readonly intervalMs: number
  readonly cleanupIntervalMs: number
  /** Hears of each room whose stored keys were put right. */
  readonly onRepaired: (room: string) => void
  readonly missGapMs?: number
  readonly now?: () => number
}

const noLook = { rooms: null, strays: null } as const satisfies Look

export function createSyncService(options: Options): SyncService {
  const { rooms, livekit, bus, intervalMs, cleanupIntervalMs, onRepaired, now = Date.now } = options
  const { instance } = bus
  const gap = options.missGapMs === undefined ? {} : { missGapMs: options.missGapMs }
  const sweeper = createSweeper({ rooms, lists: boundLists(livekit, CALLS_AT_ONCE), missLifeMs: 2 * intervalMs + 60_000, now, ...gap })
  const webhooks = createWebhookWatch(now())
  const record = createSyncRecord({ intervalMs, cleanupIntervalMs, webhooks })
  const upkeep = createUpkeep({ rooms, instance, intervalMs: cleanupIntervalMs, now, onRepaired })
  const swept = new Emitter<Sweep>()
  const failing = new Emitter<string | null>()
  let turn: Promise<unknown> = Promise.resolve()
  // A sweep that somebody asked for and that has not begun.
  let waiting: Promise<Done> | null = null
  // Whether the next sweep is the first look since the start or a loss.
  let isFirst = false

  const schedule = createSweepSchedule({
    intervalMs,
    isRunning: record.isRunning,
    sweep: () => inTurn(sweepAll),
    claim: async (leaseMs) => heardState(await rooms.sweeps.post({ instance, leaseMs, report: null, look: noLook })),
    now,
  })

  /** Sweeps and clean-ups wait for each other. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = turn.then(work)
    turn = mine.catch(() => undefined)
    return mine
  }

  async function sweepAll(): Promise<Done> {
    const sweep = await sweeper.all(isFirst)
    if (sweep.listed !== null) isFirst = false
    const repaired = await finish(sweep, null)
    schedule.swept(sweep.listed !== null, sweep.failure === null)
    swept.emit(sweep)
    return { sweep, repaired }
  }

  /** Tells everybody what a sweep found, in one command, and keeps the store in order on its way. Answers how many rooms' keys were put right. */
  async function finish(sweep: Sweep, only: readonly string[] | null): Promise<number> {
    const look = upkeep.look()
    const news: SweepNews = {
      kind: 'confirmed',
      at: sweep.at,
      next: only ? null : schedule.next(),
      only: sweep.listed === null ? [] : only && [...only],
      except: [...sweep.except],
      listed: only ? null : sweep.listed,
      drift: sweep.drift,
      untold: sweep.untold,
      error: sweep.failure?.message ?? null,
      running: record.isRunning(),
      lastCleanup: upkeep.last(),
    }
    // Who can't reach LiveKit leaves the lease to those who can.
    const leaseMs = only === null && sweep.listed !== null ? schedule.leaseMs() : 0
    const state = heardState(await rooms.sweeps.post({ instance, leaseMs, report: news, look }))
    heard(news)
    if (webhooks.swept(news.at, news.untold)) tellWebhooksMissing()
    if (!state) return 0
    const repaired = await upkeep.take(look, state)
    if (repaired > 0) await bus.publish({ kind: 'repaired', count: repaired })
    return repaired
  }

  type State = Awaited<ReturnType<typeof rooms.sweeps.post>>
  /** An instance that was away hears only from the store that an operator stopped the sweeps, or let them go on. */
  function heardState(state: State): State {
    if (!state) return state
    schedule.setHolds(state.holds)
    record.setRunning(!state.stopped)
    return state
  }

  /** Another instance believes otherwise: one of the two has missed what an operator did, and the store knows. */
  async function askWhetherRunning(): Promise<void> {
    const before = record.isRunning()
    heardState(await rooms.sweeps.post({ instance, leaseMs: 0, report: null, look: noLook }))
    if (record.isRunning() !== before) schedule.lookAgain()
  }

  function heard(news: SweepNews): void {
    rooms.confirm(news)
    record.swept(news)
    if (news.error !== null || news.only === null) failing.emit(news.error)
  }

  function heardEvent({ type, timestamp, data }: FeedEvent): void {
    if (data.cause === 'webhook') return webhooks.came(timestamp)
    const isNews = data.cause === 'observer' && isToldByWebhooks(type) && webhooks.observed(timestamp)
    if (isNews && schedule.holds()) tellWebhooksMissing()
  }

  /** Where no webhook tells of them, new rooms are found here, and observers tell what happens in them. */
  async function searchIfLate(): Promise<void> {
    if (!webhooks.areLate(now())) return
    const sweep = await inTurn(sweeper.search)
    if (sweep.failure || sweep.except.length > 0) await finish(sweep, sweep.except)
  }

  function tellWebhooksMissing(): void {
    const last = webhooks.lastWebhook()
    const detail = `no webhook came ${last === null ? 'since the start' : `since ${new Date(last).toISOString()}`}, while there are changes`
    void rooms.tell({ type: 'webhooks_missing', timestamp: now(), data: { id: randomUUID(), cause: 'server', detail } })
  }

  function hear(message: BusMessage, from: string): void {
    switch (message.kind) {
      case 'confirmed':
        rooms.reached(message.newest)
        if (message.lastCleanup !== record.status().lastCleanup) rooms.forget()
        heard(message)
        webhooks.swept(message.at, message.untold)
        if (message.error === null) schedule.heardOthers()
        if (message.running !== record.isRunning()) void askWhetherRunning()
        break
      case 'sync_control':
        record.setRunning(message.running)
        schedule.lookAgain()
        break
      case 'repaired':
        record.repaired(message.count)
        break
      case 'sweep_free':
        if (from !== instance) schedule.lookAgain()
        break
      default:
        // The others' subjects.
        break
    }
  }

  const subscriptions = new Disposables()
  subscriptions.add(
    bus.subscribe(hear),
    rooms.told.subscribe(heardEvent),
    schedule.planned.subscribe(record.planned),
    schedule.every(cleanupIntervalMs, () => inTurn(upkeep.pass)),
    schedule.every(SEARCH_MS, searchIfLate),
  )

  async function sync(room?: string): Promise<Result<Counts>> {
    const { sweep, repaired } = await (room === undefined ? sweepSoon() : inTurn(() => sweepOne(room)))
    if (sweep.failure) return sweep.failure
    return succeed({ synced: sweep.listed ?? 0, cleaned: sweep.ended + repaired, drift: sweep.drift, missing: sweep.missing })
  }

  function sweepSoon(): Promise<Done> {
    waiting ??= inTurn(() => {
      waiting = null
      return sweepAll()
    })
    return waiting
  }

  async function sweepOne(room: string): Promise<Done> {
    const { sweep } = await sweeper.one(room)
    return { sweep, repaired: await finish(sweep, [room]) }
  }

  async function fullSync(room?: string): Promise<Result<SyncAnswer>> {
    const first = await sync(room)
    if (!first.ok) return first
    const second = first.value.missing > 0 ? await sync(room) : null
    if (second && !second.ok) return second
    const cleaned = room === undefined ? await cleanUp() : null
    if (cleaned && !cleaned.ok) return cleaned
    return succeed({
      synced: second?.value.synced ?? first.value.synced,
      cleaned: first.value.cleaned + (second?.value.cleaned ?? 0) + (cleaned?.value.cleaned ?? 0),
      drift: first.value.drift + (second?.value.drift ?? 0),
    })
  }

  async function cleanUp(): Promise<Result<SyncAnswer>> {
    const cleaned = await inTurn(upkeep.pass)
    if (cleaned === null) return fail('unavailable', 'the sync server has lost Redis: nothing was cleaned')
    if (cleaned > 0) await bus.publish({ kind: 'repaired', count: cleaned })
    return succeed({ cleaned })
  }

  return {
    async sweepAnew(found) {
      if (found === 'silent') isFirst = true
      schedule.owe()
      return (await inTurn(sweepAll)).sweep
    },
    swept,
    failing,
    status: record.status,
    changed: record.changed,
    async sync(room) {
      const synced = await sync(room)
      if (!synced.ok) return synced
      const { missing: _missing, ...answer } = synced.value
      return succeed(answer)
    },
    fullSync,
    cleanUp,
    async setRunning(running) {
      if (!(await rooms.sweeps.setStopped(!running))) return fail('unavailable', 'the sync server has lost Redis: nothing was changed')
      await bus.publish({ kind: 'sync_control', running })
      return succeed({ running })
    },
    async readRoom(room) {
      const reading = await sweeper.one(room)
      if (reading.sweep.drift > 0) await finish(reading.sweep, [room])
      return reading
    },
    webhookCame: webhooks.came,
    async triggerImmediateSync() {
      const synced = await sync()
      if (!synced.ok) throw new Error(synced.message)
      return { synced: synced.value.synced, cleaned: synced.value.cleaned }
    },
    isSyncServiceRunning: record.isRunning,
    async stop() {
      subscriptions.dispose()
      if (!schedule.stop()) return
      await rooms.sweeps.release(instance)
      await bus.publish({ kind: 'sweep_free' })
    },
  }
}
