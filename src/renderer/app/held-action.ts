import { expectedSid, identitiesOf, type PendingAction } from '#shared/domain/action.ts'
import type { Participant } from '#shared/domain/participant.ts'
import type { Turn } from '../room/permissions/switches.ts'

export type People = ReadonlyMap<string, Participant>

/** What only this window knows of an action. */
type Notes = {
  /** The switch that was turned; its refusal is told beside that switch. */
  readonly switched?: Turn | undefined
  /** The people of the open room when it was sent: what they had before. */
  readonly before?: People | undefined
  /** The people of the open room when it was settled: whoever is still the same there, of them no newer fact has come. */
  readonly settledOn?: People | undefined
  /** What it imposed. */
  readonly measureId?: string | undefined
}

/** An action beside the facts, as this window holds it. */
export type HeldAction = PendingAction & Notes
export type Held = ReadonlyMap<string, HeldAction>

/**
 * The actions with what is newly told of one. A settled one stays settled and only learns what it imposed and each target's result, but for a timeout: LiveKit may have acted, and a
 * fact can prove it.
 */
export function changeHeld(held: Held, entry: HeldAction, people: People | undefined): Held {
  const { actionId } = entry.action
  const earlier = held.get(actionId)
  if (earlier === undefined || earlier.outcome.state === 'pending' || isProof(earlier, entry)) {
    const settledOn = entry.outcome.state === 'done' ? people : undefined
    return new Map(held).set(actionId, { ...earlier, ...entry, ...(settledOn !== undefined && { settledOn }) })
  }
  const targets = earlier.targets ?? entry.targets
  const measureId = earlier.measureId ?? entry.measureId
  if (targets === earlier.targets && measureId === earlier.measureId) return held
  return new Map(held).set(actionId, { ...earlier, ...(targets !== undefined && { targets }), measureId })
}

function isProof({ outcome }: HeldAction, entry: HeldAction): boolean {
  return outcome.state === 'failed' && outcome.detail === 'timeout_unknown' && entry.outcome.state === 'done'
}

/** The actions about somebody's present stay in a room, the oldest first. */
export function actionsOn(held: Held, room: string, person: Participant): readonly HeldAction[] {
  const about = indexByPerson(held).get(person.identity) ?? []
  return about.filter(({ action }) => action.room === room && isSameStay(expectedSid(action, person.identity), person))
}

/** The newest action about somebody in a room. */
export function newestOn(held: Held, room: string, identity: string): HeldAction | null {
  return (
    indexByPerson(held)
      .get(identity)
      ?.findLast(({ action }) => action.room === room) ?? null
  )
}

function isSameStay(expected: string | undefined, { sid }: Participant): boolean {
  return expected === undefined || expected === sid
}

const indexes = new WeakMap<Held, ReadonlyMap<string, readonly HeldAction[]>>()

/** By person, made once for each state: 5,000 rows ask each for their own. */
function indexByPerson(held: Held): ReadonlyMap<string, readonly HeldAction[]> {
  const known = indexes.get(held)
  if (known !== undefined) return known
  const index = new Map<string, HeldAction[]>()
  for (const entry of held.values())
    for (const identity of identitiesOf(entry.action)) {
      const list = index.get(identity)
      if (list === undefined) index.set(identity, [entry])
      else list.push(entry)
    }
  indexes.set(held, index)
  return index
}
