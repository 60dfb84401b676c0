import { succeed, type Result } from '#shared/domain/failure.ts'
import { matchTimes, type MatchState, type MatchStore, type MatchTimes, type Told, type Touched } from './match-store.ts'

type Pairing = { readonly room: string; readonly partner: string }
type Person = { readonly here: Map<string, number>; till: number; pairing: Pairing | null }

/** The twin without Redis: one queue in this process. `forInstance` gives the view of one instance; tests have several. `now` in ms. */
export function createMemoryMatches(
  { leaseMs, graceMs, rememberMs }: MatchTimes = matchTimes,
  now: () => number = Date.now,
): { readonly forInstance: (instance: string) => MatchStore } {
  /** Everybody who waits or is matched; who waits longer comes first. */
  const people = new Map<string, Person>()
  const leftBehind = new Map<string, { readonly room: string; readonly until: number }>()

  function lastHeld({ here, till }: Person): number {
    return Math.max(till, ...here.values())
  }

  function touch(username: string, person: Person, state: Touched['state']): Touched {
    return { username, state, instances: [...person.here.keys()] }
  }

  function part(username: string, { room, partner }: Pairing): Touched[] {
    people.delete(username)
    const other = people.get(partner)
    if (other?.pairing?.room !== room) return []
    people.delete(partner)
    leftBehind.set(partner, { room, until: now() + rememberMs })
    return [touch(partner, other, { kind: 'left', room })]
  }

  function expire(): Touched[] {
    const at = now()
    for (const [username, { until }] of leftBehind) if (until <= at) leftBehind.delete(username)
    const touched: Touched[] = []
    for (const [username, person] of people) {
      for (const [instance, till] of person.here) if (till <= at) person.here.delete(instance)
      if (lastHeld(person) > at) continue
      if (person.pairing) touched.push(...part(username, person.pairing))
      else people.delete(username)
    }
    return touched
  }

  function waitingNow(): string[] {
    return [...people].flatMap(([username, { pairing }]) => (pairing ? [] : [username]))
  }

  function where(username: string): MatchState {
    const person = people.get(username)
    if (!person) return { kind: 'absent' }
    return person.pairing ? { kind: 'matched', ...person.pairing } : { kind: 'waiting', position: waitingNow().indexOf(username) + 1 }
  }

  /** Runs a step after what has expired was let go. */
  function step<T>(run: (touched: Touched[]) => T): Promise<Result<Told<T>>> {
    const touched = expire()
    const value = run(touched)
    return Promise.resolve(succeed({ value, touched }))
  }

  function forInstance(instance: string): MatchStore {
    function hold(username: string): void {
      const person = people.get(username) ?? { here: new Map<string, number>(), till: 0, pairing: null }
      people.set(username, person)
      person.here.set(instance, now() + leaseMs)
      person.till = 0
    }

    function pairWithNext(username: string, room: string): Touched[] {
      const [partner] = waitingNow()
      hold(username)
      leftBehind.delete(username)
      const [one, other] = [people.get(partner ?? ''), people.get(username)]
      if (partner === undefined || !one || !other) return []
      one.pairing = { room, partner: username }
      other.pairing = { room, partner }
      return [touch(partner, one, { kind: 'matched', room, partner: username })]
    }

    function letGo(username: string, person: Person, stays: boolean): void {
      person.here.delete(instance)
      if (person.here.size > 0) return
      if (stays) person.till = now() + graceMs
      else people.delete(username)
    }

    return {
      join: (username, room) =>
        step((touched) => {
          if (people.has(username)) hold(username)
          else touched.push(...pairWithNext(username, room))
          return present(where(username))
        }),
      leave: (username, room) =>
        step((touched) => {
          const person = people.get(username)
          if (person?.pairing) {
            if (room === undefined || room === person.pairing.room) touched.push(...part(username, person.pairing))
          } else if (person && room === undefined) letGo(username, person, false)
          return where(username)
        }),
      release: (usernames, departing) =>
        step(() => {
          for (const username of usernames) {
            const person = people.get(username)
            if (person) letGo(username, person, departing || person.pairing !== null)
          }
          return null
        }),
      look: (believed) =>
        step(() =>
          believed.map(({ username, state }) => {
            if (people.has(username)) hold(username)
            else if (state.kind === 'matched' && leftBehind.get(username)?.room === state.room) return { kind: 'left', room: state.room }
            return where(username)
          }),
        ),
      resume: (username, { room }) =>
        step(() => {
          // Nothing is lost here while the process lives, so a match that isn't known is over.
          if (!people.has(username)) return { kind: 'left', room }
          hold(username)
          return present(where(username))
        }),
      counts: () =>
        step(() => {
          const queueLength = waitingNow().length
          return { activeMatches: (people.size - queueLength) / 2, queueLength }
        }),
    }
  }
  return { forInstance }
}

/** Somebody who was just held is there. */
function present(state: MatchState): Exclude<MatchState, { kind: 'absent' }> {
  if (state.kind === 'absent') throw new Error('somebody who is held is nowhere')
  return state
}
