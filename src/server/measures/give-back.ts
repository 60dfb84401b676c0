import type { Executor } from './carry-out.ts'
import type { DebtBook } from './debt-book.ts'
import type { OwnMeasureBook } from './measure-book.ts'
import type { Person } from './who-is-there.ts'

/** A person in a room, somebody in all rooms, all of a room, or all. */
export type Whose = Partial<Person>

/** Sees to it that what measures took comes back where nothing denies it any more. */
export type GivingBack = {
  /** A moment later, which leaves it to the instance that lifted something; of the same asked for meanwhile only the last. */
  readonly later: (whose: Whose) => void
  /** All that is owed, now; and what is owed to stays that are long over is forgotten. */
  readonly tidy: () => void
  readonly stop: () => void
}

type Options = {
  readonly book: Pick<OwnMeasureBook, 'concerning'>
  readonly executor: Pick<Executor, 'find' | 'giveBack'>
  readonly debts: DebtBook
  /** Somebody else acts on them now, and sees to that. */
  readonly isHeld: (person: Person) => boolean
  /** Bounds how many are acted on at once. */
  readonly inGate: (work: () => Promise<unknown>) => Promise<unknown>
  /** Has what is under way waited for at the end. */
  readonly inWork: (doing: Promise<void>) => void
  readonly graceMs: number
}

export function createGivingBack({ book, executor, debts, isHeld, inGate, inWork, graceMs }: Options): GivingBack {
  const timers = new Map<string, NodeJS.Timeout>()
  let stopped = false

  async function giveBack(whose: Whose = {}): Promise<void> {
    for (const debtor of await debts.list(whose)) {
      const present = executor.find(debtor.room, debtor.identity)
      if (stopped || present?.row.sid !== debtor.sid || isHeld(debtor)) continue
      const denied = new Set(book.concerning(debtor.identity, debtor.room).flatMap(({ sources }) => sources ?? []))
      if (debtor.sources.every((source) => denied.has(source))) continue
      await inGate(() => executor.giveBack(debtor.room, debtor.identity, null))
    }
  }

  async function tidy(): Promise<void> {
    await giveBack()
    await debts.tidy(({ room, identity, sid }) => executor.find(room, identity)?.row.sid === sid)
  }

  return {
    later(whose) {
      const key = JSON.stringify([whose.room ?? null, whose.identity ?? null])
      const timer = setTimeout(() => {
        timers.delete(key)
        inWork(giveBack(whose))
      }, graceMs).unref()
      clearTimeout(timers.get(key))
      timers.set(key, timer)
    },
    tidy: () => inWork(tidy()),
    stop() {
      stopped = true
      for (const timer of timers.values()) clearTimeout(timer)
    },
  }
}
