import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { ObserverStatus } from '#shared/contract/observer-status.ts'
import { watchObservers, type ObserverWatch } from './observer-watch.ts'

/** Twelve rooms, all observed. */
const calm: ObserverStatus = { slots: 300, observed: 12, rooms: 12, turnMs: 0, withoutMedia: 0, trouble: null }
/** A thousand rooms that take turns in a hundred slots. */
const turning: ObserverStatus = { slots: 100, observed: 100, rooms: 1000, turnMs: 132_000, withoutMedia: 0, trouble: null }

let watch: ObserverWatch | null = null
let base: ObserverStatus
let read: ObserverStatus
let told: ObserverStatus[]

beforeEach(() => void vi.useFakeTimers())
afterEach(() => {
  watch?.stop()
  vi.useRealTimers()
})

function begin(status: ObserverStatus): void {
  watch?.stop()
  base = status
  read = status
  told = []
  watch = watchObservers(() => read)
  watch.changed.subscribe((news) => told.push(news))
}

/** What is read at one look after the other, as changes of how it began. */
function looks(...changes: readonly Partial<ObserverStatus>[]): void {
  for (const change of changes) {
    read = { ...base, ...change }
    vi.advanceTimersByTime(2000)
  }
}

describe('the news of the observers', () => {
  it('S0.1 are none while nothing changes', () => {
    begin(calm)
    vi.advanceTimersByTime(600_000)
    expect(told).toEqual([])
    expect(watch?.status()).toEqual(calm)
  })

  it('come at most every 2 s, with what is newest', () => {
    begin({ ...calm, observed: 0 })
    read = { ...calm, observed: 1 }
    vi.advanceTimersByTime(1000)
    read = { ...calm, observed: 5 }
    vi.advanceTimersByTime(999)
    expect(told).toEqual([])
    vi.advanceTimersByTime(1)
    expect(told).toEqual([{ ...calm, observed: 5 }])
    expect(watch?.status()).toEqual({ ...calm, observed: 5 })
  })

  it.each<[what: string, from: ObserverStatus, to: Partial<ObserverStatus>]>([
    ['another room', calm, { rooms: 13 }],
    ['a room that is over', calm, { rooms: 11, observed: 11 }],
    ['more than there are slots for', calm, { rooms: 301, turnMs: 36_000 }],
    ['one more observed', { ...calm, observed: 11 }, { observed: 12 }],
    ['one without quality', calm, { withoutMedia: 1, trouble: 'the media connection failed' }],
    ['why nobody is let in', calm, { trouble: 'LiveKit lets nobody in now (503)' }],
    ['all slots in use', { ...turning, observed: 98 }, { observed: 100 }],
  ])('are told at once: %s', (_what, from, to) => {
    begin(from)
    looks(to)
    expect(told).toEqual([{ ...from, ...to }])
  })

  it('are told of one room less once that lasts, and not of one that is away for a moment', () => {
    begin(calm)
    looks({ observed: 11 }, { observed: 11 }, { observed: 12 })
    expect(told).toEqual([])
    looks({ observed: 11 }, { observed: 11 }, { observed: 11 })
    expect(told).toEqual([{ ...calm, observed: 11 }])
  })

  it('are told of trouble that is over once it stays so', () => {
    const trouble = { withoutMedia: 2, trouble: 'the media connection failed' }
    begin({ ...calm, ...trouble })
    const over = { withoutMedia: 0, trouble: null }
    looks(over, over, trouble, over, over)
    expect(told).toEqual([])
    looks(over)
    expect(told).toEqual([calm])
  })

  it('are none while rooms take turns, also where there are few slots', () => {
    begin(turning)
    looks(...Array.from({ length: 100 }, (_, index) => ({ observed: 92 + (index % 8) })))
    expect(told).toEqual([])
    begin({ ...turning, slots: 8, observed: 8, rooms: 12 })
    looks(...Array.from({ length: 100 }, (_, index) => ({ observed: index % 3 === 0 ? 8 : 4 })))
    expect(told).toEqual([])
  })

  it('are told where many slots stay empty while rooms take turns, and where all are', () => {
    begin(turning)
    looks({ observed: 80 }, { observed: 80 }, { observed: 80 })
    expect(told.map(({ observed }) => observed)).toEqual([80])
    begin({ ...turning, observed: 5 })
    looks({ observed: 0 }, { observed: 0 }, { observed: 0 })
    expect(told.map(({ observed }) => observed)).toEqual([0])
  })

  it('are not looked for where nothing is observed', () => {
    begin({ ...calm, slots: 0, observed: 0, rooms: 0 })
    expect(vi.getTimerCount()).toBe(0)
  })
})
