import { Agenda } from './agenda.ts'
import { castRoom } from './cast.ts'
import { plans } from './plans.ts'
import { seededRandom } from './random.ts'
import { RoomScript } from './room-script.ts'
import type { Fact, Step } from './step.ts'

export type ScriptOptions = {
  readonly seed: number
  readonly size: 'full' | 'small'
  /** How many may speak at once, in all rooms together. */
  readonly speakers: number
}

/** What happens in all rooms, without end. Times are ms from the start; the same seed and facts give the same steps. */
export type Script = {
  readonly nextAt: () => number
  /** The steps that are due by then, in order. Time never goes back. */
  readonly advance: (to: number) => readonly Step[]
  readonly tell: (fact: Fact) => void
}

/** The rooms open one after the other, in 10 s. */
const OPENING_MS = 10_000

export function createScript(options: ScriptOptions): Script {
  const agenda = new Agenda()
  const random = seededRandom(options.seed)
  const floor = { limit: options.speakers, taken: 0 }
  const rooms = new Map<string, RoomScript>()
  let steps: Step[] = []
  let now = 0
  let people = 0

  for (const [index, plan] of plans.entries()) {
    const members = castRoom(plan, options.size, people)
    people += members.length
    const room = new RoomScript({ plan, members, agenda, random, floor, emit: (step) => void steps.push(step) })
    rooms.set(plan.name, room)
    agenda.plan(Math.round((index * OPENING_MS) / plans.length), (at) => room.begin(at))
  }

  return {
    nextAt: () => (steps.length > 0 ? now : agenda.nextAt()),
    advance: (to) => {
      now = Math.max(now, to)
      agenda.runUntil(now)
      const due = steps
      steps = []
      return due
    },
    tell: (fact) => {
      const room = rooms.get(fact.room)
      if (fact.type === 'gone') room?.tellGone(now, fact.identity)
      else room?.tellMuted(now, fact.identity)
    },
  }
}
