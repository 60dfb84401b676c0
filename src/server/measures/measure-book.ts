import type { Enforcement } from '#shared/contract/http-settings.ts'
import { concerns, isInForce, type Measure } from '#shared/domain/measure.ts'
import { fail, succeed, type Result } from '#shared/domain/failure.ts'
import type { FeedEvent } from '#shared/domain/feed-event.ts'
import { Disposables } from '#shared/lib/disposables.ts'
import { Emitter } from '#shared/lib/emitter.ts'
import { createDueQueue } from '#server/attention/due-queue.ts'
import type { RoleBook } from '#server/people/role-book.ts'
import type { Bus } from '#server/redis/bus.ts'
import { createMeasureIndex, isNewer, runsOutAt } from './measure-index.ts'
import { asksForRole } from './demand.ts'
import type { MeasureBook } from './measure-desk.ts'
import type { MeasureStore } from './measure-store.ts'
import { free, judge, type Verdict } from './verdict.ts'

/** How often it is compared with the database, ms: the log may lose the word of a measure. */
const RELOAD_MS = 10_000
/** The longest that the timer sleeps, ms: Node's own limit is 24 days, and a clock may be set anew meanwhile. */
const LONGEST_MS = 3_600_000
/** How many measures that are over are remembered. */
const ENDED_KEPT = 10_000

/** The book, as those who change it see it. */
export type OwnMeasureBook = MeasureBook & {
  readonly get: (id: string) => Measure | undefined
  /** How many measures are in force. */
  readonly count: () => number
  /** Says also whether it is the room that is closed. */
  readonly check: (identity: string, room: string) => Verdict
  /** The same, once the roles of the room are known, where they matter. */
  readonly checkKnown: (identity: string, room: string) => Promise<Verdict>
  /** What is in force and names this person or is for everybody, in a room; who is left out of it is not looked at. */
  readonly about: (identity: string, room: string) => readonly Measure[]
  /** One that was just stored. */
  readonly keep: (measure: Measure) => void
  /** Compares with the database. Resolves when that is done, or could not be; what is known stays in force. */
  readonly reload: () => Promise<void>
  /** While the records are still open. */
  readonly close: () => Promise<void>
}

type Options = {
  readonly store: Pick<MeasureStore, 'inForce' | 'revisions' | 'get' | 'getAll'>
  /** What the database threw, as one line. */
  readonly describe: (error: unknown) => string
  readonly rooms: { readonly told: Emitter<FeedEvent>; readonly lost: Emitter<void> }
  readonly bus: Pick<Bus, 'joined'>
  readonly roles: RoleBook
  readonly enforcement: () => Enforcement
  readonly log: { readonly warn: (line: string) => void }
  readonly now?: () => number
  readonly reloadMs?: number
}

const tellsOfMeasure: ReadonlySet<string> = new Set(['measure_imposed', 'measure_changed', 'measure_lifted'])

/** Loads what is in force, and keeps it right. Fails with one line where the first load fails: a server that knows no measures would let everybody in. */
export async function openMeasureBook(options: Options): Promise<Result<OwnMeasureBook>> {
  const { store, describe, rooms, bus, roles, enforcement, log, now = () => Date.now(), reloadMs = RELOAD_MS } = options
  const index = createMeasureIndex()
  const changed = new Emitter<Measure>()
  const due = createDueQueue()
  const closing = new Disposables()
  let timer: NodeJS.Timeout | undefined
  /** What came by another way while a reload was under way, which may not know it yet. */
  let meanwhile: Map<string, Measure> | null = null
  let reloading: Promise<void> | null = null
  let isAway = false
  /** At which revision measures were over, so that an older word of one doesn't bring it back. */
  const ended = new Map<string, number>()
  const underWay = new Set<Promise<void>>()

  function put(measure: Measure, at = now()): void {
    // What the book holds goes out with each room, and the versions are the history's.
    const { changes: _versions, ...kept } = measure
    if (isInForce(kept, at)) {
      index.put(kept)
      ended.delete(kept.id)
    } else end(kept)
    due.set(kept.id, runsOutAt(kept, at))
    arm()
    changed.emit(kept)
  }

  function end({ id, revision }: Measure): void {
    index.remove(id)
    ended.delete(id)
    ended.set(id, revision)
    const [oldest] = ended.keys()
    if (ended.size > ENDED_KEPT && oldest !== undefined) ended.delete(oldest)
  }

  function keep(measure: Measure): void {
    if (measure.revision <= (ended.get(measure.id) ?? 0)) return
    if (!isNewer(measure, meanwhile?.get(measure.id))) return
    meanwhile?.set(measure.id, measure)
    if (isNewer(measure, index.get(measure.id)) && (isInForce(measure, now()) || index.get(measure.id))) put(measure)
  }

  function arm(): void {
    clearTimeout(timer)
    const next = due.next()
    if (next !== null) timer = setTimeout(expire, Math.min(Math.max(0, next - now()), LONGEST_MS)).unref()
  }

  function expire(): void {
    const at = now()
    for (let id = due.take(at); id !== null; id = due.take(at)) {
      const measure = index.get(id)
      if (!measure) continue
      end(measure)
      changed.emit(measure)
    }
    arm()
  }

  async function loadOne(id: string): Promise<void> {
    const measure = await store.get(id)
    if (measure) keep(measure)
  }

  /** Whatever is not as the database has it is made so, but for what has changed since that was asked. */
  async function compare(): Promise<void> {
    const arrived = new Map<string, Measure>()
    meanwhile = arrived
    try {
      const revisions = await store.revisions(now())
      const differing = [...revisions].filter(([id, revision]) => index.get(id)?.revision !== revision).map(([id]) => id)
      const gone = [...index.all()].filter(({ id }) => !revisions.has(id)).map(({ id }) => id)
      const found = differing.length + gone.length === 0 ? [] : await store.getAll([...differing, ...gone])
      const isFresh = ({ id }: Pick<Measure, 'id'>) => !arrived.has(id)
      for (const measure of found.filter(isFresh)) if (isInForce(measure, now()) || index.get(measure.id)) put(measure)
      const stored = new Set(found.map(({ id }) => id))
      for (const id of gone) {
        const measure = index.get(id)
        // Nobody lifted it: the database knows nothing of it, as after a backup was put back.
        if (measure && !stored.has(id) && isFresh(measure)) put({ ...measure, liftedAt: now() })
      }
    } finally {
      meanwhile = null
    }
  }

  function reload(): Promise<void> {
    reloading ??= compare()
      .then(() => told(null))
      .catch((error: unknown) => told(describe(error)))
      .finally(() => (reloading = null))
    return reloading
  }

  function told(why: string | null): void {
    if ((why !== null) === isAway) return
    isAway = why !== null
    log.warn(why === null ? 'the measures can be read again' : `the measures can't be read (${why}): what is known stays in force`)
  }

  function watch(work: Promise<void>): void {
    const quiet = work.catch(() => undefined).finally(() => underWay.delete(quiet))
    underWay.add(quiet)
  }

  // First, so that nothing is missed that is told while all of it is read.
  closing.add(
    rooms.told.subscribe(({ type, data }) => {
      if (tellsOfMeasure.has(type) && data.measureId !== undefined) watch(loadOne(data.measureId))
    }),
  )
  const arrived = new Map<string, Measure>()
  meanwhile = arrived
  try {
    const found = await store.inForce(now())
    for (const measure of found) if (!arrived.has(measure.id)) put(measure)
  } catch (error) {
    closing.dispose()
    await Promise.all(underWay)
    return fail('unavailable', describe(error))
  } finally {
    meanwhile = null
  }
  const regularly = setInterval(() => void reload(), reloadMs).unref()
  closing.add(
    () => clearInterval(regularly),
    () => clearTimeout(timer),
    bus.joined.subscribe(() => void reload()),
    rooms.lost.subscribe(() => void reload()),
  )

  const about = (identity: string, room: string) => index.about(identity, room).filter((measure) => isInForce(measure, now()))

  function concerning(identity: string, room: string): readonly Measure[] {
    if (index.size() === 0) return []
    const subject = { identity, room, role: roles.roleOf(room, identity) }
    return about(identity, room).filter((measure) => concerns(measure, subject))
  }

  const check = (identity: string, room: string) => (enforcement() === 'on' ? judge(concerning(identity, room)) : free)

  return succeed({
    inForce: () => [...index.all()].filter((measure) => isInForce(measure, now())),
    ofRoom: (room) => index.ofRoom(room).filter((measure) => isInForce(measure, now())),
    concerning,
    about,
    check,
    async checkKnown(identity, room) {
      if (about(identity, room).some(asksForRole)) await roles.known(room)
      return check(identity, room)
    },
    changed,
    get: index.get,
    count: index.size,
    keep,
    reload,
    async close() {
      closing.dispose()
      await Promise.all([reloading, ...underWay])
    },
  })
}
