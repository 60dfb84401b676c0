import type { ObserverStatus } from '#shared/contract/observer-status.ts'
import type { Presence } from '#shared/domain/presence.ts'
import { describeError } from '#shared/lib/describe-error.ts'
import { Disposables } from '#shared/lib/disposables.ts'
import type { LiveRooms } from '#server/rooms/live-rooms.ts'
import { hasPeople } from '#server/rooms/room-model.ts'
import { createCooling } from './cooling.ts'
import type { ObserveLeases } from './leases.ts'
import { planObservers, promisedMs, TURNS_PER_SECOND, type Claim, type ObservableRoom } from './observe-policy.ts'
import { openObservedRoom, type ObservedRoom } from './observed-room.ts'
import type { ObserverEnd, RoomObserver } from './room-observer.ts'

/** How often it is decided anew who is observed, ms, and how soon again at the earliest when something happened that matters for it. */
const PLAN_MS = 1000
const PLAN_AGAIN_MS = 100
/** How often leases are asked for again, ms. */
const KEEP_MS = 800
/** The time between two joins, ms, and how many may wait for theirs. */
const JOIN_SPACING_MS = 50
const JOINS_WAITING = 20
/** How long a room is still observed that everybody has left, ms: people come back, and a room that ends tells so. */
const EMPTY_MS = 5000

/** What is worth a line in the log, or a count: never one a room. */
export type ObserverNews =
  | { readonly kind: 'joined' }
  | { readonly kind: 'ended'; readonly room: string; readonly end: ObserverEnd }
  | { readonly kind: 'no_media'; readonly room: string; readonly why: string }
  /** Nothing could be decided this time, which must not happen. */
  | { readonly kind: 'failed'; readonly why: string }

/** Keeps an eye on as many rooms as it may. */
export type Observers = {
  readonly status: () => ObserverStatus
  /** What the observers of this instance see now. */
  readonly seeing: () => readonly Presence[]
  /** Decides anew at once, because somebody looks elsewhere. */
  readonly lookAgain: () => void
  /** Leaves all rooms, and lets other instances have them. */
  readonly stop: () => Promise<void>
}

type Options = {
  readonly rooms: Pick<LiveRooms, 'allNewest' | 'newest' | 'submit' | 'moved' | 'reachable' | 'lost'>
  readonly observer: RoomObserver
  readonly leases: ObserveLeases
  /** How many rooms at the most. */
  readonly slots: number
  /** What claim each room has now. */
  readonly claims: () => (room: string) => Claim
  /** When anybody observed the room last, ms; 0 for never. */
  readonly seenAt: (room: string) => number
  readonly settled: (room: string, identity: string) => Promise<void> | null
  readonly onPresence: (presence: Presence) => void
  /** LiveKit has another session of the room than is known here, or none. */
  readonly onStale: (room: string) => void
  readonly onNews: (news: ObserverNews) => void
  /** The time of day, ms. */
  readonly now?: () => number
}

/** Times in ms of a clock that never jumps. */
type Visit = {
  readonly sid: string
  readonly since: number
  joinedAt: number | null
  emptySince: number | null
  mediaTrouble: string | null
  presence: Presence | null
  timer: NodeJS.Timeout | undefined
  observed: ObservedRoom | null
}

export function startObservers(options: Options): Observers {
  const { rooms, observer, leases, slots, claims, seenAt, settled, onPresence, onStale, onNews, now = Date.now } = options
  const visits = new Map<string, Visit>()
  const cooling = createCooling()
  let nextJoinAt = 0
  let plannedAt = performance.now()
  let candidates = 0
  let planning: Promise<void> | null = null
  let stopped = false
  let shutWhy: string | null = null
  let soon: NodeJS.Timeout | undefined

  function* observable(at: number): Generator<ObservableRoom> {
    candidates = 0
    const claimOf = claims()
    for (const { name, room } of rooms.allNewest()) {
      if (!room) continue
      const visit = visits.get(name)
      if (!visit && !hasPeople(room)) continue
      candidates += 1
      if (!visit && cooling.isCooling(name)) continue
      const seen = seenAt(name)
      // What was seen in the future was seen by a clock that was set back: nobody knows how long ago.
      yield { name, claim: claimOf(name), seenAt: seen > at ? 0 : seen, since: visit ? at - (performance.now() - visit.since) : null }
    }
  }

  function plan(): Promise<void> {
    planning ??= decide()
      .catch((error: unknown) => onNews({ kind: 'failed', why: describeError(error) }))
      .finally(() => void (planning = null))
    return planning
  }

  async function decide(): Promise<void> {
    if (stopped) return
    const since = performance.now() - plannedAt
    const turns = Math.min(TURNS_PER_SECOND, Math.floor((since / 1000) * TURNS_PER_SECOND))
    if (turns > 0) plannedAt += since
    await leaveEmpty()
    const at = now()
    const { join, count, leave } = planObservers(observable(at), slots, turns, at)
    const most = Math.min(count, joinsLeft())
    const answer = most > 0 ? await leases.hold({ keep: [], want: join, count: most }) : null
    const spare = (answer?.taken ?? []).filter((room) => !begin(room))
    await leases.release(spare)
    const surplus = visits.size - slots
    if (surplus > 0) await close(leave.slice(0, surplus))
    cooling.forget()
  }

  /** How many joins may begin. After LiveKit let nobody in, one at a time finds out whether it does again. */
  function joinsLeft(): number {
    if (cooling.isShut()) return 0
    const joining = [...visits.values()].filter(({ joinedAt }) => joinedAt === null)
    if (shutWhy !== null) return joining.length === 0 ? 1 : 0
    return JOINS_WAITING - joining.filter(({ timer }) => timer !== undefined).length
  }

  /** Leaves rooms that ended, began again, or that everybody has left. */
  async function leaveEmpty(): Promise<void> {
    const at = performance.now()
    const over: string[] = []
    for (const [name, visit] of visits) {
      const { room } = rooms.newest(name)
      if (!room || room.facts.sid !== visit.sid) over.push(name)
      else if (hasPeople(room)) visit.emptySince = null
      else {
        visit.emptySince ??= at
        if (at - visit.emptySince >= EMPTY_MS) over.push(name)
      }
    }
    await close(over)
  }

  /** False where there is nothing to observe any more. */
  function begin(name: string): boolean {
    const { room } = rooms.newest(name)
    if (stopped || !room || visits.has(name)) return false
    const at = performance.now()
    const start = Math.max(at, nextJoinAt)
    nextJoinAt = start + JOIN_SPACING_MS
    const visit: Visit = {
      sid: room.facts.sid,
      since: start,
      joinedAt: null,
      emptySince: null,
      mediaTrouble: null,
      presence: null,
      timer: setTimeout(() => open(name, visit), start - at),
      observed: null,
    }
    visits.set(name, visit)
    return true
  }

  function open(name: string, visit: Visit): void {
    visit.timer = undefined
    visit.observed = openObservedRoom({
      target: { room: name, sid: visit.sid },
      observer,
      rooms,
      settled,
      onJoined() {
        visit.joinedAt = performance.now()
        shutWhy = null
        cooling.joined()
        onNews({ kind: 'joined' })
      },
      onPresence(presence) {
        visit.presence = presence
        onPresence(presence)
      },
      onMedia(trouble) {
        const isNew = trouble !== null && visit.mediaTrouble === null
        visit.mediaTrouble = trouble
        if (isNew) onNews({ kind: 'no_media', room: name, why: trouble })
      },
      onEnded: (end) => ended(name, visit, end),
      now,
    })
  }

  function ended(name: string, visit: Visit, end: ObserverEnd): void {
    if (visits.get(name) !== visit) return
    visits.delete(name)
    void leases.release([name])
    const lasted = visit.joinedAt === null ? 0 : performance.now() - visit.joinedAt
    const wasShut = cooling.isShut()
    if (cooling.ended(name, end.kind, lasted)) {
      shutWhy = end.why
      // Those whose join had begun are told the same: it is no news.
      if (wasShut) return
      void close([...visits].filter(([, { timer }]) => timer !== undefined).map(([waiting]) => waiting))
    }
    onNews({ kind: 'ended', room: name, end })
    if (end.kind === 'other_session' || end.kind === 'not_live') onStale(name)
    planSoon()
  }

  async function close(names: readonly string[]): Promise<void> {
    drop(names)
    await leases.release(names)
  }

  function drop(names: readonly string[]): void {
    for (const name of names) {
      const visit = visits.get(name)
      visits.delete(name)
      clearTimeout(visit?.timer)
      visit?.observed?.close()
    }
  }

  async function keep(): Promise<void> {
    const answer = await leases.hold({ keep: [...visits.keys()], want: [], count: 0 })
    // Another instance has these, and its observer is there or comes.
    drop(answer?.lost ?? [])
  }

  function planSoon(): void {
    if (stopped || slots === 0) return
    soon ??= setTimeout(() => {
      soon = undefined
      void plan()
    }, PLAN_AGAIN_MS)
  }

  const timers = slots === 0 ? [] : [setInterval(() => void plan(), PLAN_MS), setInterval(() => void keep(), KEEP_MS)]
  const subscriptions = new Disposables()
  subscriptions.add(
    rooms.moved.subscribe(({ change }) => change?.session !== 'same' && planSoon()),
    rooms.reachable.subscribe(({ reachable }) => {
      if (reachable) for (const visit of visits.values()) visit.observed?.compareAgain()
    }),
    // Everything is read anew, and so are these.
    rooms.lost.subscribe(() => void close([...visits.keys()])),
  )
  planSoon()

  return {
    status() {
      const troubled = [...visits.values()].flatMap(({ mediaTrouble }) => mediaTrouble ?? [])
      const observed = [...visits.values()].filter(({ joinedAt }) => joinedAt !== null).length
      const rest = { slots, observed, rooms: candidates, withoutMedia: troubled.length }
      return { ...rest, turnMs: promisedMs(candidates, slots), trouble: shutWhy ?? troubled[0] ?? null }
    },
    seeing: () => [...visits.values()].flatMap(({ presence }) => presence ?? []),
    lookAgain: planSoon,
    async stop() {
      stopped = true
      subscriptions.dispose()
      for (const timer of timers) clearInterval(timer)
      clearTimeout(soon)
      await planning
      await close([...visits.keys()])
      leases.close()
    },
  }
}
