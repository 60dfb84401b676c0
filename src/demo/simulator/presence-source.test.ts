import { ParticipantPermission, TrackSource } from '@livekit/protocol'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Presence } from '#shared/domain/presence.ts'
import { PresenceSource } from './presence-source.ts'
import { World } from './world.ts'

let world: World
let source: PresenceSource
let seen: Presence[]

beforeEach(() => {
  vi.useFakeTimers()
  world = new World()
  source = new PresenceSource(world)
  seen = []
  source.follow((presence) => seen.push(presence))
  for (const identity of ['mira', 'otis']) world.join({ room: 'one', identity })
  world.publish('one', 'mira', TrackSource.MICROPHONE)
})
afterEach(() => {
  source.dispose()
  world.dispose()
  vi.useRealTimers()
})

function isSpeaking(): boolean {
  return seen.at(-1)?.speaking.some(({ identity }) => identity === 'mira') ?? false
}

describe('presence in the simulator', () => {
  it('tells who speaks, at most twice a second, until they stop', () => {
    source.setLevel('one', 'mira', 0.8)
    vi.advanceTimersByTime(2000)
    expect(seen).toHaveLength(4)
    expect(isSpeaking()).toBe(true)
    expect(seen.every(({ speaking }) => speaking.every(({ level }) => level > 0 && level <= 0.8))).toBe(true)
    source.setLevel('one', 'mira', 0)
    vi.advanceTimersByTime(500)
    expect(isSpeaking()).toBe(false)
  })

  it('hears nobody who is muted, or who has left', () => {
    source.setLevel('one', 'mira', 0.8)
    const sid = world.participant('one', 'mira')?.tracks[0]?.sid ?? ''
    world.setMuted('one', 'mira', sid, true)
    vi.advanceTimersByTime(500)
    expect(isSpeaking()).toBe(false)
    world.setMuted('one', 'mira', sid, false)
    vi.advanceTimersByTime(500)
    expect(isSpeaking()).toBe(true)
    world.leave('one', 'mira')
    vi.advanceTimersByTime(500)
    expect(isSpeaking()).toBe(false)
  })

  it('X4 tells poor from unknown: who publishes nothing has no quality', () => {
    source.setQuality('one', 'mira', 'poor')
    source.setQuality('one', 'otis', 'poor')
    expect(source.observe('one').quality).toEqual([
      { identity: 'mira', quality: 'poor' },
      { identity: 'otis', quality: 'unknown' },
    ])
  })

  it('confirms a silent room every 5 s, and says nothing of hidden participants', () => {
    world.join({ room: 'one', identity: 'recorder', permission: new ParticipantPermission({ hidden: true, recorder: true }) })
    vi.advanceTimersByTime(4900)
    const before = seen.length
    vi.advanceTimersByTime(5000)
    expect(seen.length - before).toBe(1)
    expect(seen.at(-1)?.quality.map(({ identity }) => identity)).toEqual(['mira', 'otis'])
  })
})
