import { fail, type Result } from '#shared/domain/failure.ts'
import type { MatchStore } from '../match-store.ts'

/** A store that can be out of reach, and tells what it was asked. */
export type BreakableStore = { readonly store: MatchStore; readonly calls: string[]; isAway: boolean }

export function breakable(store: MatchStore): BreakableStore {
  const state: BreakableStore = {
    calls: [],
    isAway: false,
    store: {
      join: (...args) => reach('join', () => store.join(...args)),
      leave: (...args) => reach('leave', () => store.leave(...args)),
      release: (...args) => reach('release', () => store.release(...args)),
      look: (...args) => reach('look', () => store.look(...args)),
      resume: (...args) => reach('resume', () => store.resume(...args)),
      counts: () => reach('counts', () => store.counts()),
    },
  }
  function reach<T>(name: string, ask: () => Promise<Result<T>>): Promise<Result<T>> {
    state.calls.push(name)
    return state.isAway ? Promise.resolve(fail('unavailable', 'the store is away')) : ask()
  }
  return state
}
