import fc from 'fast-check'
import { expect } from 'vitest'
import type { Result } from '#shared/domain/failure.ts'
import type { Match, MatchStore, Told, Touched, Waiting } from '../match-store.ts'

const INSTANCES = ['one', 'two', 'three'] as const
const USERS = ['ana', 'bo', 'cy', 'di', 'eve'] as const
type Instance = (typeof INSTANCES)[number]
type User = (typeof USERS)[number]

type Step =
  | { readonly kind: 'join' | 'leave' | 'disconnect'; readonly instance: Instance; readonly user: User }
  | { readonly kind: 'crash' | 'look'; readonly instance: Instance }
  | { readonly kind: 'depart'; readonly instance: Instance }
  | { readonly kind: 'pass'; readonly ms: number }
  | { readonly kind: 'lose' }

/** One thing that happens to a few instances and users. */
export function steps({ canLose }: { readonly canLose: boolean }): fc.Arbitrary<Step> {
  const instance = fc.constantFrom(...INSTANCES)
  const ofUser = (kind: 'join' | 'leave' | 'disconnect') =>
    fc.record({ kind: fc.constant(kind), instance, user: fc.constantFrom(...USERS) })
  return fc.oneof(
    { weight: 8, arbitrary: ofUser('join') },
    { weight: 2, arbitrary: ofUser('leave') },
    { weight: 3, arbitrary: ofUser('disconnect') },
    { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('crash', 'depart'), instance }) },
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('look'), instance }) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('pass'), ms: fc.integer({ min: 1, max: 30_000 }) }) },
    ...(canLose ? [{ weight: 1, arbitrary: fc.constant<Step>({ kind: 'lose' }) }] : []),
  )
}

type Belief = Match | Waiting
/** What instances believe in the end, and which rooms ever had whom. */
type Played = {
  readonly held: ReadonlyMap<Instance, ReadonlyMap<User, Belief>>
  readonly pairs: ReadonlyMap<string, ReadonlySet<string>>
  readonly counts: { readonly activeMatches: number; readonly queueLength: number }
}

type Stage = {
  readonly store: (instance: string) => MatchStore
  readonly pass: (ms: number) => Promise<void>
  readonly lose: (() => Promise<void>) | null
}

/**
 * Plays a history on instances that never tell each other anything, so that each finds out by looking alone. In the end time passes while they
 * look, until what nobody holds is gone.
 */
export async function playMatching(lab: Stage, history: readonly Step[]): Promise<Played> {
  const held = new Map(INSTANCES.map((instance) => [instance, new Map<User, Belief>()]))
  const stores = new Map(INSTANCES.map((instance) => [instance, lab.store(instance)]))
  const pairs = new Map<string, Set<string>>()
  let rooms = 0

  function note(username: string, state: { readonly kind: string; readonly room?: string; readonly partner?: string }): void {
    if (state.kind !== 'matched' || state.room === undefined || state.partner === undefined) return
    const pair = pairs.get(state.room) ?? new Set()
    pairs.set(state.room, pair.add(username).add(state.partner))
  }
  function take<T>(answer: Result<Told<T>>): T {
    if (!answer.ok) throw new Error(answer.message)
    for (const { username, state } of answer.value.touched satisfies readonly Touched[]) note(username, state)
    return answer.value.value
  }
  function at(instance: Instance): { readonly store: MatchStore; readonly users: Map<User, Belief> } {
    const [store, users] = [stores.get(instance), held.get(instance)]
    if (!store || !users) throw new Error(`no instance ${instance}`)
    return { store, users }
  }
  async function join(instance: Instance, user: User): Promise<void> {
    const { store, users } = at(instance)
    rooms += 1
    const state = take(await store.join(user, `room ${rooms}`))
    note(user, state)
    users.set(user, state)
  }
  async function look(instance: Instance): Promise<void> {
    const { store, users } = at(instance)
    const believed = [...users].map(([username, state]) => ({ username, state }))
    const found = take(await store.look(believed))
    for (const [index, { username, state }] of believed.entries()) {
      const now = found[index] ?? { kind: 'absent' }
      note(username, now)
      if (now.kind === 'matched' || now.kind === 'waiting') users.set(username, now)
      else if (now.kind === 'left') users.delete(username)
      else if (state.kind === 'waiting') await join(instance, username)
      else {
        const resumed = take(await store.resume(username, state))
        note(username, resumed)
        if (resumed.kind === 'left') users.delete(username)
        else users.set(username, resumed)
      }
    }
  }
  async function play(step: Step): Promise<void> {
    switch (step.kind) {
      case 'join':
        return join(step.instance, step.user)
      case 'leave': {
        const { store, users } = at(step.instance)
        if (users.delete(step.user)) take(await store.leave(step.user))
        return
      }
      case 'disconnect': {
        const { store, users } = at(step.instance)
        if (users.delete(step.user)) take(await store.release([step.user], false))
        return
      }
      case 'depart': {
        const { store, users } = at(step.instance)
        take(await store.release([...users.keys()], true))
        return users.clear()
      }
      case 'crash':
        return at(step.instance).users.clear()
      case 'look':
        return look(step.instance)
      case 'pass':
        return lab.pass(step.ms)
      case 'lose':
        return lab.lose?.()
    }
  }

  for (const step of history) await play(step)
  for (let round = 0; round < 6; round += 1) {
    for (const instance of INSTANCES) await look(instance)
    await lab.pass(10_000)
  }
  for (const instance of INSTANCES) await look(instance)
  return { held, pairs, counts: take(await at('one').store.counts()) }
}

/** That no room ever had anyone but one pair, and that everybody who is held is either in one living pair or the only one who waits. */
export function expectSound({ held, pairs, counts }: Played): void {
  for (const pair of pairs.values()) expect([...pair]).toHaveLength(2)
  const states = new Map<User, Belief>()
  for (const users of held.values()) {
    for (const [user, state] of users) {
      // Two instances that hold the same user agree.
      expect(states.get(user) ?? state).toEqual(state)
      states.set(user, state)
    }
  }
  const matches = new Set<string>()
  let waiting = 0
  for (const [user, state] of states) {
    if (state.kind === 'waiting') waiting += 1
    if (state.kind !== 'matched') continue
    matches.add(state.room)
    expect(state.partner).not.toBe(user)
    const partner = [...states].find(([name]) => name === state.partner)
    expect(partner?.[1]).toEqual({ kind: 'matched', room: state.room, partner: user })
  }
  expect(waiting).toBeLessThanOrEqual(1)
  expect(counts).toEqual({ activeMatches: matches.size, queueLength: waiting })
}
