import { describe, expect, it } from 'vitest'
import { plans } from './plans.ts'
import { createScript, type ScriptOptions } from './script.ts'
import type { Step } from './step.ts'

const MINUTE = 60_000
const small: ScriptOptions = { seed: 7, size: 'small', speakers: 4 }

type Timed = { readonly at: number; readonly step: Step }

function playFor(ms: number, options: ScriptOptions = small): readonly Timed[] {
  const script = createScript(options)
  const timed: Timed[] = []
  for (let at = script.nextAt(); at <= ms; at = script.nextAt()) timed.push(...script.advance(at).map((step) => ({ at, step })))
  return timed
}

const key = (room: string, identity: string) => `${room}/${identity}`

describe('the script of the demo', () => {
  it('gives the same steps for the same seed, and others for another', () => {
    expect(playFor(MINUTE)).toEqual(playFor(MINUTE))
    expect(playFor(MINUTE)).not.toEqual(playFor(MINUTE, { ...small, seed: 8 }))
  })

  it('has somebody in the first room within 2 s and in at least 12 rooms within 15 s', () => {
    const joins = playFor(15_000).filter(({ step }) => step.type === 'join')
    expect(joins[0]?.at).toBeLessThan(2000)
    expect(new Set(joins.map(({ step }) => step.room)).size).toBe(plans.length)
    expect(plans.length).toBeGreaterThanOrEqual(12)
  })

  it('opens a room before anybody joins it, and again when it was empty', () => {
    expect.hasAssertions()
    const present = new Map<string, number>()
    let opened: string | null = null
    for (const { step } of playFor(15 * MINUTE)) {
      const count = present.get(step.room) ?? 0
      if (step.type === 'open') expect(count).toBe(0)
      if (step.type === 'join' && count === 0) expect(opened).toBe(step.room)
      if (step.type === 'join') present.set(step.room, count + 1)
      if (step.type === 'leave') present.set(step.room, count - 1)
      opened = step.type === 'open' ? step.room : null
    }
  })

  it.each([
    ['small', 4],
    ['full', 12],
  ] as const)('lets at most so many speak at once, unmuted and present (%s: %i)', (size, speakers) => {
    const unmuted = new Map<string, boolean>()
    const speaking = new Set<string>()
    let most = 0
    for (const { step } of playFor(15 * MINUTE, { seed: 3, size, speakers })) {
      if (step.type === 'join') unmuted.set(key(step.room, step.person.identity), !step.muted)
      if (step.type === 'mute') unmuted.set(key(step.room, step.identity), !step.muted)
      if (step.type === 'leave') {
        expect(speaking).not.toContain(key(step.room, step.identity))
        expect(unmuted.delete(key(step.room, step.identity))).toBe(true)
      }
      if (step.type !== 'speak') continue
      if (step.level === 0) speaking.delete(key(step.room, step.identity))
      else {
        expect(unmuted.get(key(step.room, step.identity))).toBe(true)
        speaking.add(key(step.room, step.identity))
      }
      most = Math.max(most, speaking.size)
    }
    expect(most).toBe(speakers)
  })

  it('never seats more than a room takes', () => {
    const limits = new Map<string, number>()
    const present = new Map<string, number>()
    for (const { step } of playFor(15 * MINUTE, { ...small, size: 'full' })) {
      if (step.type === 'open' && step.maxParticipants > 0) limits.set(step.room, step.maxParticipants)
      if (step.type === 'join') present.set(step.room, (present.get(step.room) ?? 0) + 1)
      if (step.type === 'leave') present.set(step.room, (present.get(step.room) ?? 0) - 1)
      expect(present.get(step.room) ?? 0).toBeLessThanOrEqual(limits.get(step.room) ?? Infinity)
    }
    expect(limits.size).toBe(1)
  })

  it('lets nobody publish what their part may not', () => {
    expect.hasAssertions()
    for (const { step } of playFor(5 * MINUTE, { ...small, size: 'full' })) {
      if (step.type === 'join') expect(step.person.sources).toEqual(expect.arrayContaining([...step.publish]))
    }
  })

  it('gives every identity to one person only', () => {
    const people = new Map<string, string>()
    for (const { step } of playFor(MINUTE, { ...small, size: 'full' })) {
      if (step.type !== 'join') continue
      expect(people.get(step.person.identity) ?? step.room).toBe(step.room)
      people.set(step.person.identity, step.room)
    }
    expect(people.size).toBeGreaterThan(100)
  })

  it('ends the room that comes in cycles and starts it again', () => {
    const opened = playFor(15 * MINUTE).filter(({ step }) => step.type === 'open' && step.room === 'daily-standup')
    expect(opened.length).toBeGreaterThan(3)
  })

  it('brings back who was removed, and unmutes who was muted, after a while', () => {
    const script = createScript(small)
    script.advance(20_000)
    script.tell({ type: 'gone', room: 'waiting-room', identity: identityOf('waiting-room') })
    script.tell({ type: 'muted', room: 'podcast-studio', identity: identityOf('podcast-studio') })
    const soon = script.advance(40_000)
    const later = script.advance(120_000)
    const concerns = (step: Step) => step.type === 'join' && step.room === 'waiting-room'
    const unmutes = (step: Step) => step.type === 'mute' && step.room === 'podcast-studio' && !step.muted
    expect(soon.some((step) => concerns(step) || unmutes(step))).toBe(false)
    expect(later.some(concerns)).toBe(true)
    expect(later.some(unmutes)).toBe(true)
  })
})

function identityOf(room: string): string {
  const join = playFor(20_000).find(({ step }) => step.type === 'join' && step.room === room)?.step
  return join?.type === 'join' ? join.person.identity : ''
}
