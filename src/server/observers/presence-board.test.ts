import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Presence } from '#shared/domain/presence.ts'
import { createPresenceBoard, type PresenceBoard } from './presence-board.ts'

const HOUR_MS = 3_600_000
let board: PresenceBoard
let live: Set<string>
let told: Presence[]

beforeEach(() => {
  vi.useFakeTimers({ now: new Date('2026-01-31T12:00:00Z') })
  live = new Set(['a', 'b'])
  told = []
  board = createPresenceBoard((room) => live.has(room))
  board.changed.subscribe((presence) => told.push(presence))
})
afterEach(() => {
  board.stop()
  expect(vi.getTimerCount()).toBe(0)
  vi.useRealTimers()
})

/** What was seen so many ms from now. */
function seen(room: string, level: number, inMs = 0): Presence {
  const speaking = level > 0 ? [{ identity: 'ana', level }] : []
  return { room, at: Date.now() + inMs, speaking, quality: [{ identity: 'ana', quality: 'good' }] }
}

describe('X2 the newest presence of each room', () => {
  it('is kept and told, whoever tells it; what is older is not', () => {
    const newer = seen('a', 0.5)
    board.put(newer)
    board.put(seen('a', 0.9, -100))
    expect([board.get('a'), board.get('b'), told]).toEqual([newer, null, [newer]])
  })

  it('is only of rooms that are live, and goes when they end', () => {
    board.put(seen('c', 0.5))
    expect([board.get('c'), told]).toEqual([null, []])
    board.put(seen('a', 0.5))
    board.forget('a')
    expect(board.get('a')).toBeNull()
  })

  it('nobody counts as speaking when nothing was heard for 15 s, as where the one who told it died; how connections fared stays', () => {
    board.put(seen('a', 0.5))
    board.put(seen('b', 0))
    vi.advanceTimersByTime(14_000)
    expect(board.get('a')?.speaking).toHaveLength(1)
    vi.advanceTimersByTime(7000)
    expect(board.get('a')).toMatchObject({ speaking: [], quality: [{ quality: 'good' }], at: Date.now() - 21_000 })
    expect(told).toHaveLength(3)
    vi.advanceTimersByTime(60_000)
    expect(told).toHaveLength(3)
  })

  it('goes on at once after this clock was set back', () => {
    board.put(seen('a', 0.5))
    vi.setSystemTime(Date.now() - HOUR_MS)
    board.put(seen('a', 0.9))
    expect(board.get('a')).toMatchObject({ at: Date.now(), speaking: [{ level: 0.9 }] })
  })

  it('is not held up by an instance whose clock is ahead, when another one observes the room after it', () => {
    board.put(seen('a', 0.5, HOUR_MS))
    expect(board.get('a')?.at).toBe(Date.now())
    vi.advanceTimersByTime(10)
    board.put(seen('a', 0.9))
    expect(board.get('a')?.speaking).toEqual([{ identity: 'ana', level: 0.9 }])
  })
})
