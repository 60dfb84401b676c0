import { openObservedRoom, type ObservedRoom } from '#server/observers/observed-room.ts'
import type { ObserveTarget, SeenPerson, Sighting } from '#server/observers/room-observer.ts'
import { applyRoomEvent } from '../apply-room-event.ts'
import { compareRoom, leftEvent, overEvents, type Comparison } from '../compare-room.ts'
import type { FeedDraft } from '../feed-draft.ts'
import { withChange } from '../room-change.ts'
import type { RoomEvent } from '../room-event.ts'
import { emptyRecord, type RoomRecord } from '../room-model.ts'
import { BEGIN, momentAt, type Signal, type TrueHistory } from './true-history.ts'

/** Who tells of a history, and how well. `lost` is out of ten webhooks; `late`: all of them by so much (ms), as where our answer was slow. */
export type Cast = {
  readonly lost: number
  readonly late: number
  readonly observers: 'always' | 'visits' | 'none'
  readonly sweeps: 'often' | 'seldom' | 'none'
}

/** An event as it came to the record, what it did, and what stood after it. */
export type Step = {
  readonly at: number
  readonly event: RoomEvent
  readonly feed: readonly FeedDraft[]
  readonly before: RoomRecord
  readonly after: RoomRecord
}

/** What an observer was told, with when. */
export type Heard = { readonly at: number; readonly observer: number; readonly room: string; readonly sighting: Sighting }

export type Testimony = {
  readonly steps: readonly Step[]
  readonly arrived: readonly RoomEvent[]
  readonly heard: readonly Heard[]
  readonly record: RoomRecord
}

/** How long LiveKit holds back what it tells of those who publish nothing, ms. */
const HOLD_MS = 3000
/** The least and the usual time between two sweeps, ms. */
const SWEEP_MS = [1000, 2000, 7000, 30_000]
/** How long a webhook takes, ms: mostly little, at worst until LiveKit gives up. */
const WEBHOOK_MS = [2, 5, 30, 300, 4000, 30_000]

type Task = { readonly at: number; readonly order: number; readonly run: () => void }

/** Lets all three tell a history, each in its own time, and answers what came of it. `draw()` decides all that is left to chance. */
export async function testify(history: TrueHistory, cast: Cast, draw: () => number): Promise<Testimony> {
  const tasks: Task[] = []
  const steps: Step[] = []
  const heard: Heard[] = []
  const arrived: RoomEvent[] = []
  const open: ObservedRoom[] = []
  const { name } = history
  let record = emptyRecord(name)
  let now = BEGIN
  let order = 0
  let serial = 0
  const pick = <T>(items: readonly [T, ...T[]] | readonly T[]): T => {
    const found = items[draw() % items.length]
    if (found === undefined) throw new Error('there is nothing to choose from')
    return found
  }

  function plan(at: number, run: () => void): void {
    tasks.push({ at, order: (order += 1), run })
  }

  function apply(event: RoomEvent): void {
    const applied = applyRoomEvent(record, event)
    if (!applied) return
    const before = record
    record = withChange(record, applied.change, record.revision + 1)
    steps.push({ at: now, event, feed: applied.feed, before, after: record })
  }

  function planWebhooks(): void {
    for (const event of history.webhooks) {
      if (draw() % 10 < cast.lost) continue
      const copies = draw() % 6 === 0 ? 2 : 1
      for (let copy = 0; copy < copies; copy += 1) {
        const at = event.at + 1 + cast.late + (draw() % pick(WEBHOOK_MS))
        plan(at, () => {
          arrived.push({ ...event, at })
          apply({ ...event, at })
        })
      }
    }
  }

  // Sweeps, as the sweeper makes them: who is missing is gone if the next sweep misses them, too.
  let missed = new Set<string>()

  function planSweep(askedAt: number): void {
    const readAt = askedAt + (draw() % 20)
    const comparedAt = readAt + (draw() % 60)
    plan(comparedAt, () => {
      const moment = momentAt(history, readAt)
      const look: Comparison = { cause: 'sweep', at: askedAt, asOf: askedAt, newId: nextId }
      const missing = new Set<string>()
      const again = (sid: string) => (missing.add(sid), missed.has(sid))
      const events: RoomEvent[] = []
      if (moment.facts) {
        const { facts } = moment
        const listed = [
          ...moment.people.map((each) => ({ facts: each, active: true })),
          ...moment.arriving.map((each) => ({ facts: each, active: false })),
        ]
        const found = compareRoom(record, { name, facts }, listed, look)
        events.push(...found.events)
        for (const row of found.missing) if (again(row.sid)) events.push(leftEvent(row, { name, sid: facts.sid }, look))
      } else if (record.room && record.room.confirmed.at <= askedAt && again(record.room.facts.sid)) {
        events.push(...overEvents(record, look))
      }
      missed = missing
      submitInTurn(events)
    })
  }

  function submitInTurn([event, ...others]: readonly RoomEvent[]): void {
    if (!event) return
    apply(event)
    if (others.length > 0) plan(now + (draw() % 3), () => submitInTurn(others))
  }

  function nextId(): string {
    return `ID_${(serial += 1)}`
  }

  function submit(event: RoomEvent): Promise<{ kind: 'committed' }> {
    return new Promise((resolve) => {
      const wait = draw() % 8
      const run = () => (apply(event), resolve({ kind: 'committed' }))
      if (wait < 5) run()
      else plan(now + (draw() % 40), run)
    })
  }

  /** An observer enters if the record says that there is a room, and stays for so long (ms). */
  function enter(stay: number): void {
    const target = record.room && { room: name, sid: record.room.facts.sid }
    const live = momentAt(history, now).facts
    if (!target || live?.sid !== target.sid) return
    const observer = open.length
    const until = now + stay
    const room = openObservedRoom({
      target,
      observer: (_target, tell) =>
        visit(target, until, (sighting) => {
          heard.push({ at: now, observer, room: target.sid, sighting })
          tell(sighting)
        }),
      rooms: { newest: () => record, submit },
      settled: () => null,
      onJoined: () => undefined,
      onPresence: () => undefined,
      onMedia: () => undefined,
      onEnded: () => undefined,
      now: () => now,
    })
    open.push(room)
    plan(until, room.close)
    if (draw() % 4 === 0) plan(now + (draw() % stay), room.compareAgain)
  }

  /** What LiveKit tells somebody who enters now: all that is there, then what changes, in order. */
  function visit({ sid }: ObserveTarget, until: number, tell: (sighting: Sighting) => void): () => void {
    const asOf = now
    const enteredAt = cast.observers === 'always' ? now : now + (draw() % 200)
    const moment = momentAt(history, enteredAt)
    let stays = true
    let last = enteredAt + (draw() % 30)
    const say = (at: number, sighting: Sighting) => {
      last = Math.max(last, at)
      if (last < until) plan(last, () => stays && tell(sighting))
    }
    if (moment.facts?.sid !== sid) {
      say(last, { type: 'ended', end: { kind: 'other_session', why: 'the room has ended' } })
      return () => (stays = false)
    }
    const people: SeenPerson[] = [
      ...moment.people.filter(({ hidden }) => !hidden).map((facts) => ({ facts, state: 'active' as const })),
      ...moment.arriving.filter(({ hidden }) => !hidden).map((facts) => ({ facts, state: 'joining' as const })),
    ]
    say(last, { type: 'joined', facts: moment.facts, people, asOf })
    for (const { at, sighting } of delivered(history.signals, sid, enteredAt)) say(at + 1 + (draw() % pick([2, 20, 300])), sighting)
    return () => (stays = false)
  }

  planWebhooks()
  const end = history.end + 40_000
  if (cast.sweeps !== 'none') {
    for (let at = BEGIN + 200; at < end; at += pick(cast.sweeps === 'often' ? SWEEP_MS.slice(0, 3) : SWEEP_MS)) planSweep(at)
  }
  if (cast.observers === 'always') {
    // Somebody has to say that there is a room; then one observer follows the other, with a moment of both.
    const watch = () => {
      if (!record.room) {
        const { facts } = momentAt(history, now)
        if (facts) apply({ id: nextId(), at: now, asOf: now, cause: 'sweep', room: { name, sid: facts.sid, facts }, type: 'room_started' })
      }
      enter(pick([4000, 12_000, 60_000]) + 600)
    }
    for (let at = BEGIN + 1; at < end; at += 3500) plan(at, watch)
    for (const { facts, at } of history.moments) if (facts?.startedAt === at) plan(at + 1, watch)
  }
  if (cast.observers === 'visits') {
    for (let at = BEGIN + (draw() % 5000); at < end; at += pick([300, 3000, 20_000])) {
      plan(at, () => enter(pick([500, 5000, 30_000])))
    }
  }
  while (tasks.length > 0) {
    let next = 0
    for (const [index, task] of tasks.entries()) {
      const best = tasks[next]
      if (best && (task.at < best.at || (task.at === best.at && task.order < best.order))) next = index
    }
    const [task] = tasks.splice(next, 1)
    if (!task) break
    now = Math.max(now, task.at)
    task.run()
    for (let turn = 0; turn < 12; turn += 1) await Promise.resolve()
  }
  for (const room of open) room.close()
  return { steps, arrived, heard, record }
}

/** What is told in a room after a moment, by when it is told: of those who publish nothing only the newest, at intervals. */
function delivered(signals: readonly Signal[], sid: string, after: number): { at: number; sighting: Sighting }[] {
  const out: { at: number; sighting: Sighting }[] = []
  const held = new Map<string, SeenPerson>()
  let flushAt = after + HOLD_MS
  const flush = (until: number) => {
    while (flushAt <= until) {
      if (held.size > 0) out.push({ at: flushAt, sighting: { type: 'people', people: [...held.values()] } })
      held.clear()
      flushAt += HOLD_MS
    }
  }
  for (const signal of signals) {
    if (signal.room !== sid || signal.at <= after) continue
    flush(signal.at)
    if (signal.kind === 'over') {
      out.push({ at: signal.at, sighting: { type: 'ended', end: { kind: 'over', why: 'the room has ended' } } })
      return out
    }
    if (signal.kind === 'room') out.push({ at: signal.at, sighting: { type: 'room', facts: signal.facts } })
    else if (signal.held) held.set(signal.seen.facts.sid, signal.seen)
    else {
      held.delete(signal.seen.facts.sid)
      out.push({ at: signal.at, sighting: { type: 'people', people: [signal.seen] } })
    }
  }
  flush(flushAt)
  return out
}
