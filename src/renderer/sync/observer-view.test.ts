import { describe, expect, it } from 'vitest'
import type { ObserverStatus } from '#shared/contract/observer-status.ts'
import { makeSummary } from '../testing/make-facts.ts'
import {
  groupByFreshness,
  readFreshness,
  readObserverState,
  readObserverTrouble,
  type Freshness,
  type ObserverState,
} from './observer-view.ts'

const NOW = 1_000_000
const status: ObserverStatus = { slots: 300, observed: 12, rooms: 12, turnMs: 0, withoutMedia: 0, trouble: null }

describe('how fresh the last look into a room is', () => {
  it.each<[what: string, observedAt: number | null, online: number, freshness: Freshness]>([
    ['a moment ago', NOW - 1000, 3, 'now'],
    ['just within 15 s', NOW - 14_999, 3, 'now'],
    ['15 s ago', NOW - 15_000, 3, 'earlier'],
    ['by a clock that is ahead', NOW + 5000, 3, 'now'],
    ['never', null, 3, 'never'],
    ['never, and nobody is in it', null, 0, 'empty'],
    ['once, and everybody has left', NOW - 60_000, 0, 'empty'],
    ['a moment ago, and everybody has just left', NOW - 1000, 0, 'now'],
  ])('%s', (_what, observedAt, online, freshness) => {
    expect(readFreshness({ observedAt, online }, NOW)).toBe(freshness)
  })

  it('groups the rooms in their order, those seen earlier from the longest ago on', () => {
    const seen = { b: NOW, a: NOW - 20_000, d: NOW - 90_000, c: NOW - 1, e: null, f: NOW - 40_000 }
    const rooms = Object.entries(seen).map(([room, observedAt]) => makeSummary(room, { observedAt }))
    const groups = groupByFreshness([...rooms, makeSummary('g', { online: 0 })], NOW)
    const names = Object.fromEntries(Object.entries(groups).map(([group, each]) => [group, each.map(({ room }) => room)]))
    expect(names).toEqual({ now: ['b', 'c'], earlier: ['d', 'f', 'a'], never: ['e'], empty: ['g'] })
  })
})

describe('what is said of the observers', () => {
  it.each<[Partial<ObserverStatus>, ObserverState]>([
    [{ slots: 0, rooms: 0, observed: 0 }, 'off'],
    [{ rooms: 0, observed: 0 }, 'none'],
    [{}, 'all'],
    [{ slots: 12 }, 'all'],
    [{ observed: 7 }, 'some'],
    [{ slots: 10, rooms: 12, observed: 10, turnMs: 36_000 }, 'turns'],
  ])('%j: %s', (change, state) => {
    expect(readObserverState({ ...status, ...change })).toBe(state)
  })

  it('tells a missing media connection from a LiveKit that lets nobody in', () => {
    expect(readObserverTrouble(status)).toBeNull()
    expect(readObserverTrouble({ ...status, withoutMedia: 2, trouble: 'it failed' })).toEqual({ kind: 'media', why: 'it failed' })
    expect(readObserverTrouble({ ...status, observed: 0, trouble: 'refused (401)' })).toEqual({ kind: 'shut', why: 'refused (401)' })
  })
})
