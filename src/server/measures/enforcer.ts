import { isInForce, type Measure } from '#shared/domain/measure.ts'
import { Disposables } from '#shared/lib/disposables.ts'
import type { Unsubscribe } from '#shared/lib/emitter.ts'
import { createCallGate } from '#server/livekit/call-gate.ts'
import type { LiveRooms } from '#server/rooms/live-rooms.ts'
import type { RoomEvent } from '#server/rooms/room-event.ts'
import type { RoleBook } from '#server/people/role-book.ts'
import type { Acting } from '#server/moderation/acting.ts'
import type { CarriedOut, Executor } from './carry-out.ts'
import type { DebtBook } from './debt-book.ts'
import { asksForRole } from './demand.ts'
import type { EnforcementNews } from './enforcement-news.ts'
import { createGivingBack } from './give-back.ts'
import type { OwnMeasureBook } from './measure-book.ts'
import { concernedBy, everybodyIn, keyOf, namesOf, type Person } from './who-is-there.ts'

/** How long who only hears of something leaves it to the instance that did it, ms: that may have died, or not know the measure. */
const GRACE_MS = 250
/** How much longer for each further person, ms. */
const GRACE_EACH_MS = 10
/** How long a failed call waits before it is tried again, ms, twice as long each time. */
const RETRY_MS = 500
const RETRY_LONGEST_MS = 30_000
/** How many people are acted on at once. */
const AT_ONCE = 8
/** How much is remembered that is said once only. */
const SAID_KEPT = 10_000

export type Enforcer = {
  /** Leaves these people to whoever acts on them; the answer ends that, and looks at them. */
  readonly hold: (people: readonly Person[]) => () => void
  /** Resolves when nothing is under way. */
  readonly settled: () => Promise<void>
  readonly stop: () => Promise<void>
}

/** Something happened; what, is of no interest. */
export type Signal = { readonly subscribe: (listener: () => void) => Unsubscribe }

type Options = {
  readonly rooms: Pick<LiveRooms, 'newest' | 'allNewest' | 'committed' | 'moved'>
  readonly book: OwnMeasureBook
  readonly executor: Executor
  readonly news: EnforcementNews
  readonly debts: DebtBook
  readonly roles: RoleBook
  readonly acting: Pick<Acting, 'settled'>
  /** Each sweep of all rooms by this instance. */
  readonly swept: Signal
  /** The switch was set. */
  readonly switched: Signal
  readonly onEnforced: (kind: Measure['kind']) => void
  readonly log: { readonly warn: (line: string) => void }
  readonly now: () => number
  readonly graceMs?: number
  readonly retryMs?: number
}

type Job = { again: boolean; isThorough: boolean; attempts: number; timer: NodeJS.Timeout | null }

/**
 * Sees to it that everybody who is there obeys what is in force. Whoever commits that somebody came looks at once, everybody who hears of it a moment later, and each sweep looks at all: nobody slips
 * between.
 */
export function createEnforcer(options: Options): Enforcer {
  const { rooms, book, executor, news, debts, roles, acting, swept, switched, onEnforced, log, now } = options
  const { graceMs = GRACE_MS, retryMs = RETRY_MS } = options
  const jobs = new Map<string, Job>()
  const later = new Map<string, NodeJS.Timeout>()
  const held = new Map<string, number>()
  const said = new Set<string>()
  const work = new Set<Promise<void>>()
  const inGate = createCallGate(AT_ONCE)
  const givingBack = createGivingBack({ book, executor, debts, isHeld: (person) => held.has(keyOf(person)), inGate, inWork, graceMs })
  let stopped = false

  const isAsked = ({ room, identity }: Person, isThorough = false) => executor.demand(room, identity, isThorough).kind !== 'none'

  function look(person: Person, isThorough = false): void {
    const key = keyOf(person)
    if (stopped || held.has(key) || !isAsked(person, isThorough)) return
    const job = jobs.get(key)
    if (!job) return begin(key, person, { again: false, isThorough, attempts: 0, timer: null })
    job.isThorough ||= isThorough
    job.again = true
    // What has failed is tried at once where something has happened.
    if (!job.timer) return
    clearTimeout(job.timer)
    begin(key, person, { ...job, timer: null })
  }

  function begin(key: string, person: Person, job: Job): void {
    jobs.set(key, job)
    const run = enforce(key, person, job)
      .catch((error: unknown) => log.warn(`measures could not be enforced on ${person.identity}: ${String(error)}`))
      .finally(() => {
        work.delete(run)
        if (jobs.get(key) !== job || job.timer) return
        jobs.delete(key)
        if (job.again) look(person, job.isThorough)
      })
    work.add(run)
  }

  async function enforce(key: string, person: Person, job: Job): Promise<void> {
    const { room, identity } = person
    do {
      job.again = false
      if (book.about(identity, room).some(asksForRole)) await roles.known(room)
      await acting.settled(room, identity)
      if (stopped || held.has(key)) return
      // Many may have had to wait for their turn.
      const came = await inGate(async () => (stopped ? null : executor.enforce(room, identity, null, job.isThorough)))
      if (!came) return
      await report(room, came)
      if (came.kind === 'failed' && !refuses(came)) return tryAgain(key, person, job)
    } while (job.again)
  }

  async function report(room: string, came: CarriedOut): Promise<void> {
    if (came.kind === 'nothing') return
    if (came.kind === 'done' && !came.isDry) {
      onEnforced(came.measure.kind)
      return news.tell(room, came)
    }
    if (came.kind === 'failed' && !refuses(came)) return
    if (!isFirst(`${came.measure.id} ${came.present.row.sid}`)) return
    if (came.kind === 'done') return news.tell(room, came)
    const { message } = came.failure
    if (isFirst(message)) log.warn(`a measure can't be enforced: ${message}`)
    await news.tell(room, { ...came, detail: `${came.detail.split(':')[0]}: could not be enforced, ${message}` })
  }

  /** Whether this was never said, as far as that is remembered: each sweep comes to it again. */
  function isFirst(what: string): boolean {
    if (said.has(what)) return false
    const [oldest] = said
    if (said.size >= SAID_KEPT && oldest !== undefined) said.delete(oldest)
    said.add(what)
    return true
  }

  function tryAgain(key: string, person: Person, job: Job): void {
    if (stopped) return
    const wait = Math.min(retryMs * 2 ** job.attempts, RETRY_LONGEST_MS)
    job.attempts += 1
    job.timer = setTimeout(() => {
      if (isAsked(person, job.isThorough)) begin(key, person, { ...job, timer: null })
      else jobs.delete(key)
    }, wait).unref()
  }

  function lookLater(person: Person, place = 0): void {
    const key = keyOf(person)
    if (stopped || later.has(key) || !isAsked(person)) return
    const wait = graceMs + place * GRACE_EACH_MS
    later.set(key, setTimeout(() => (later.delete(key), look(person)), wait).unref())
  }

  function lookAtAll(isThorough = false): void {
    if (book.count() === 0) return
    for (const person of everybodyIn(rooms, namesOf(rooms))) look(person, isThorough)
  }

  function inWork(doing: Promise<void>): void {
    const quiet = doing
      .catch((error: unknown) => log.warn(`what measures took could not be given back: ${String(error)}`))
      .finally(() => work.delete(quiet))
    work.add(quiet)
  }

  function heardMeasure(measure: Measure): void {
    const isOver = !isInForce(measure, now())
    if (!isOver) concernedBy(rooms, measure).forEach((person, place) => lookLater(person, place))
    if (isOver || measure.revision > 1) {
      const { room, identity } = measure
      givingBack.later({ ...(room === undefined ? {} : { room }), ...(identity === undefined ? {} : { identity }) })
    }
  }

  function committed(event: RoomEvent): void {
    if (book.count() === 0 || !('participant' in event) || !event.participant || event.type === 'noted') return
    const person = { room: event.room.name, identity: event.participant.identity }
    look(person)
    if (event.type === 'participant_joined' && book.about(person.identity, person.room).some(({ sources }) => sources))
      inWork(executor.inherit(person.room, person.identity))
    if (event.type === 'role_changed') givingBack.later(person)
  }

  const subscriptions = new Disposables()
  subscriptions.add(
    rooms.committed.subscribe(committed),
    rooms.moved.subscribe(({ after, change }) => {
      if (book.count() === 0 || !after.room) return
      const rows = change ? change.participants : after.room.participants.values()
      for (const { identity } of rows) lookLater({ room: after.name, identity })
    }),
    book.changed.subscribe(heardMeasure),
    swept.subscribe(() => {
      lookAtAll(true)
      givingBack.tidy()
    }),
    switched.subscribe(() => lookAtAll()),
  )

  async function settled(): Promise<void> {
    while (work.size > 0) await Promise.all(work)
  }

  return {
    hold(people) {
      const keys = people.map(keyOf)
      for (const key of keys) held.set(key, (held.get(key) ?? 0) + 1)
      let isOver = false
      return () => {
        if (isOver) return
        isOver = true
        for (const key of keys) {
          const left = (held.get(key) ?? 1) - 1
          if (left > 0) held.set(key, left)
          else held.delete(key)
        }
        for (const person of people) look(person)
      }
    },
    settled,
    async stop() {
      stopped = true
      subscriptions.dispose()
      givingBack.stop()
      for (const timer of later.values()) clearTimeout(timer)
      for (const { timer } of jobs.values()) if (timer) clearTimeout(timer)
      await settled()
      await news.stop()
    },
  }
}

/** Whether trying again is of no use until somebody mends it. */
function refuses({ failure }: Extract<CarriedOut, { kind: 'failed' }>): boolean {
  return failure.code !== 'unavailable' && failure.code !== 'conflict'
}
