import { randomUUID } from 'node:crypto'
import type { Enforcement } from '#shared/contract/http-settings.ts'
import type { TargetResult } from '#shared/domain/action.ts'
import { fail, succeed, type Failure, type Result } from '#shared/domain/failure.ts'
import type { FeedType } from '#shared/domain/feed-event.ts'
import { concerns, isInForce, type Measure } from '#shared/domain/measure.ts'
import { whyNotMeasure, type Operator } from '#shared/domain/operator.ts'
import { createTurns } from '#server/moderation/in-turn.ts'
import type { LiveRooms } from '#server/rooms/live-rooms.ts'
import type { Attribution } from '#server/rooms/room-event.ts'
import type { ParticipantRow } from '#server/rooms/room-model.ts'
import type { CarriedOut, Executor } from './carry-out.ts'
import type { DebtBook } from './debt-book.ts'
import type { Enforcer } from './enforcer.ts'
import { planExemptions, type Exemption } from './exemptions.ts'
import type { OwnMeasureBook } from './measure-book.ts'
import type { Course, MeasureDesk } from './measure-desk.ts'
import type { MeasureStore, MeasureUpdate } from './measure-store.ts'
import { describeMeasure } from './measure-words.ts'
import { concernedBy, type Person } from './who-is-there.ts'

/** How many people are acted on at once. */
const AT_ONCE = 8
/** How often it is tried anew to leave somebody out of measures that others change at the same time. */
const ATTEMPTS = 10

type Options = {
  readonly store: MeasureStore
  /** What the database threw, as one line. */
  readonly describe: (error: unknown) => string
  readonly book: OwnMeasureBook
  readonly executor: Executor
  readonly enforcer: Pick<Enforcer, 'hold'>
  readonly debts: DebtBook
  readonly rooms: Pick<LiveRooms, 'newest' | 'allNewest' | 'tell'>
  readonly enforcement: () => Enforcement
  readonly now: () => number
}

export function createMeasureDesk({ store, describe, book, executor, enforcer, debts, rooms, enforcement, now }: Options): MeasureDesk {
  const inTurn = createTurns()

  async function asked<T>(query: () => Promise<T>): Promise<Result<T>> {
    try {
      return succeed(await query())
    } catch (error) {
      return fail('unavailable', `nothing was done: ${describe(error)}`)
    }
  }

  /** Every instance hears of it; where the log is away they find it in the database. */
  async function tell(type: FeedType, measure: Measure, { operator, actionId, reason }: Attribution): Promise<void> {
    const { room, identity } = measure
    const live = room === undefined ? null : rooms.newest(room).room
    const row = identity === undefined ? undefined : (live?.participants.get(identity) ?? findAnywhere(measure, identity))
    await rooms.tell({
      type,
      timestamp: now(),
      data: {
        id: randomUUID(),
        ...(room === undefined ? {} : { room: { name: room, sid: live?.facts.sid ?? '' } }),
        ...(identity === undefined ? {} : { participant: { identity, sid: live === null ? '' : (row?.sid ?? ''), name: row?.name ?? '' } }),
        cause: 'action',
        operator,
        actionId,
        ...(reason === undefined ? {} : { reason }),
        measureId: measure.id,
        detail: describeMeasure(measure),
      },
    })
  }

  /** Somebody whom a measure for all rooms is about, where they are: a stay there stands for their name only. */
  function findAnywhere(measure: Measure, identity: string): ParticipantRow | null {
    const [place] = concernedBy(rooms, measure)
    return place === undefined ? null : (executor.find(place.room, identity)?.row ?? null)
  }

  /** Carries something out on people, each one's result once. The enforcer leaves them alone until it is over, and then sees to what has failed. */
  async function onEach(
    people: readonly Person[],
    release: () => void,
    onTarget: Course['onTarget'],
    act: (person: Person) => Promise<TargetResult>,
  ) {
    const results = new Map<string, TargetResult>()
    const left = Map.groupBy(people, ({ identity }) => identity).entries()
    async function next(): Promise<void> {
      for (const [identity, places] of left) {
        let result: TargetResult = { identity, ok: true }
        for (const place of places) {
          const came = await act(place)
          if (result.ok) result = came
        }
        results.set(identity, result)
        onTarget(result)
      }
    }
    try {
      await Promise.all(Array.from({ length: AT_ONCE }, next))
    } finally {
      release()
    }
    return [...results.values()]
  }

  async function enforceOn({ room, identity }: Person, by: Attribution): Promise<TargetResult> {
    return { identity, ...describeOutcome(await executor.enforce(room, identity, by)) }
  }

  /** Whether it is for them: who is left out has no result. */
  function isMeant(measure: Measure, { room, identity }: Person): boolean {
    const role = executor.find(room, identity)?.row.role
    return role !== undefined && concerns(measure, { identity, room, role })
  }

  function describeOutcome(came: CarriedOut): Omit<TargetResult, 'identity'> {
    if (came.kind === 'failed') return came.failure
    if (enforcement() === 'off') return { ok: true, message: 'measures are switched off: it is recorded, and nothing is done' }
    return came.kind === 'done' && came.isDry ? { ok: true, message: came.detail } : { ok: true }
  }

  const impose: MeasureDesk['impose'] = async (wanted, by, { onTarget }) => {
    const at = now()
    if (isOverBy(wanted.until, at)) return fail('invalid', overAlready)
    const version = { revision: 1, at, by: by.operator, until: wanted.until, reason: wanted.reason }
    const measure: Measure = { ...wanted, id: randomUUID(), ...version, changes: [version] }
    const stored = await asked(() => store.insert(measure))
    if (!stored.ok) return stored
    const people = concernedBy(rooms, measure).filter((person) => isMeant(measure, person))
    const release = enforcer.hold(people)
    book.keep(measure)
    await tell('measure_imposed', measure, by)
    const targets = await onEach(people, release, onTarget, (person) => enforceOn(person, by))
    if (measure.identity === undefined || targets.length > 0) return succeed({ measure, targets })
    const absent = { identity: measure.identity, ok: true }
    onTarget(absent)
    return succeed({ measure, targets: [absent] })
  }

  /** A measure that this operator may change now. */
  async function find(id: string, operator: Operator, until?: number | null): Promise<Result<Measure>> {
    const read = await asked(() => store.get(id))
    if (!read.ok) return read
    const measure = read.value
    if (!measure) return fail('not_found', 'there is no such measure')
    const why = whyNotMeasure(operator, measure, until, now())
    if (why !== null) return fail('forbidden', why)
    return isInForce(measure, now()) ? succeed(measure) : over(measure)
  }

  async function change(measure: Measure, update: MeasureUpdate, by: Attribution): Promise<Result<Measure>> {
    const changed = await asked(() => store.change(measure.id, measure.revision, update))
    if (!changed.ok) return changed
    if (!changed.value) return changedMeanwhile(await asked(() => store.get(measure.id)))
    book.keep(changed.value)
    await tell('measure_changed', changed.value, by)
    return succeed(changed.value)
  }

  async function lift(
    measure: Measure,
    by: Attribution,
  ): Promise<Result<{ readonly measure: Measure; readonly targets: readonly TargetResult[] }>> {
    const { id, room, identity } = measure
    const stored = await asked(() => store.lift(id, now(), by.operator))
    if (!stored.ok) return stored
    if (!stored.value) return changedMeanwhile(await asked(() => store.get(id)))
    const lifted = stored.value
    const owed = await debts.list({ ...(room === undefined ? {} : { room }), ...(identity === undefined ? {} : { identity }) })
    const people = owed.filter((debtor) => executor.find(debtor.room, debtor.identity)?.row.sid === debtor.sid)
    const release = enforcer.hold(people)
    book.keep(lifted)
    await tell('measure_lifted', lifted, by)
    const targets = await onEach(
      people,
      release,
      () => undefined,
      async (person) => {
        const given = await executor.giveBack(person.room, person.identity, by)
        return given.ok || given.code === 'not_found' ? { identity: person.identity, ok: true } : { identity: person.identity, ...given }
      },
    )
    return succeed({ measure: lifted, targets })
  }

  /** Frees somebody of each measure that denies them these sources, as the measure is now: where another instance has just changed one, its newest version is looked at. */
  async function exemptNow(
    ...[room, identity, sources, operator, by]: Parameters<MeasureDesk['exempt']>
  ): Promise<Result<readonly Measure[]>> {
    const freed: Measure[] = []
    for (let attempt = 0; ; attempt += 1) {
      const plan = planExemptions(book.concerning(identity, room), identity, sources)
      if (!plan.ok) return plan
      for (const { measure } of plan.value) {
        const why = whyNotMeasure(operator, measure, undefined, now())
        if (why !== null) return fail('forbidden', why)
      }
      const failed = await free(plan.value, operator, by, freed)
      if (!failed) return succeed(freed)
      if (failed.detail !== 'changed_meanwhile' || attempt === ATTEMPTS) return failed
      await book.reload()
    }
  }

  /** Does what was planned until something fails; `freed` takes what was done. */
  async function free(plan: readonly Exemption[], operator: Operator, by: Attribution, freed: Measure[]): Promise<Failure | null> {
    for (const { measure, update } of plan) {
      const reason = by.reason ?? measure.reason
      const done = update ? await change(measure, { ...update, at: now(), by: operator.name, reason }, by) : await lift(measure, by)
      if (!done.ok) return done
      freed.push('measure' in done.value ? done.value.measure : done.value)
    }
    return null
  }

  return {
    impose,
    async edit({ id, revision, until, reason }, operator, by) {
      const found = await find(id, operator, until)
      if (!found.ok) return found
      if (found.value.revision !== revision) return changedMeanwhile(found)
      if (isOverBy(until, now())) return fail('invalid', `${overAlready}: lift it instead`)
      return change(found.value, { at: now(), by: operator.name, reason, ...(until === undefined ? {} : { until }) }, by)
    },
    async lift(id, operator, by) {
      const found = await find(id, operator)
      return found.ok ? lift(found.value, by) : found
    },
    async exempt(room, identity, sources, operator, by) {
      // Each leaves somebody out of the newest version: of two at once the second would be left out of an older one.
      const exempted = await inTurn(room, () => exemptNow(room, identity, sources, operator, by))
      // Before anything else is set by hand, after which nothing is owed any more.
      if (exempted.ok && exempted.value.length > 0) await executor.giveBack(room, identity, by)
      return exempted
    },
    // Where that can't be stored, what is given back later is no more than they had.
    setByHand: debts.forget,
  }
}

const overAlready = 'the time until when it is to hold is over already'

function isOverBy(until: number | null | undefined, at: number): boolean {
  return until !== null && until !== undefined && until <= at
}

function over({ liftedBy }: Measure): Failure {
  return fail('conflict', liftedBy === undefined ? 'it has run out already' : `${liftedBy} has lifted it already`, 'changed_meanwhile')
}

function changedMeanwhile(read: Result<Measure | null>): Failure {
  if (!read.ok) return read
  const measure = read.value
  if (!measure) return fail('not_found', 'there is no such measure any more')
  if (measure.liftedBy !== undefined) return over(measure)
  return fail('conflict', `${measure.changes?.at(-1)?.by ?? measure.by} has changed it meanwhile: look at it again`, 'changed_meanwhile')
}
