import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { HistoryFact } from './history-sink.ts'
import { overlapSpans, totalMs } from './spans.ts'
import { openWatchedRoom, type SeenTrack } from './testing/watched-room.ts'
import { PAUSE_MS, TICK_MS } from './turn.ts'

const who = fc.constantFrom('ana', 'ben')
const tracks = fc.constantFrom<readonly SeenTrack[]>([], [{ source: 'microphone' }], [{ source: 'microphone', muted: true }])
const step = fc.record({
  pass: fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom(0, 0.1, 0.3, 0.5, 1) },
    { weight: 3, arbitrary: fc.constantFrom(1.5, 5, 8) },
    { weight: 1, arbitrary: fc.constantFrom(31, 3600, -1, -90) },
  ),
  what: fc.oneof(
    { weight: 6, arbitrary: fc.record({ kind: fc.constant('level' as const), who, level: fc.constantFrom(0, 0.2, 0.9) }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('quality' as const), who, quality: fc.constantFrom('good', 'lost') }) },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('see' as const),
        who,
        tracks,
        state: fc.constantFrom('joining', 'active', 'gone'),
        stay: fc.nat(1),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('alive' as const, 'visit' as const, 'leave' as const, 'lost' as const) }) },
  ),
})
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

function play(steps: readonly Step[]) {
  const room = openWatchedRoom()
  const enter = () => {
    room.leave()
    room.visit()
    room.join(room.person('ana', 'active'), room.person('ben', 'active', []))
  }
  enter()
  for (const { pass, what } of steps) {
    room.pass(pass)
    if (what.kind === 'level') room.level(what.who, what.level)
    else if (what.kind === 'quality') room.quality(what.who, what.quality)
    else if (what.kind === 'see') room.people(room.person(what.who, what.state, what.tracks, what.stay === 0 ? what.who : `${what.who}-2`))
    else if (what.kind === 'alive') room.alive()
    else if (what.kind === 'visit') enter()
    else if (what.kind === 'leave') room.leave()
    else room.end('lost')
  }
  room.leave()
  return room.told
}

/** As a store has them: what is told again replaces what was told. */
function stored(told: readonly HistoryFact[]) {
  const observed = new Map<number, { from: number; to: number }>()
  const spoke = new Map<string, { sid: string; from: number; to: number; peak: number }>()
  for (const fact of told) {
    if (fact.kind === 'observed') observed.set(fact.from, fact)
    if (fact.kind === 'spoke') spoke.set(`${fact.participant.sid} ${fact.from}`, { ...fact, sid: fact.participant.sid })
  }
  return { observed: [...observed.values()], spoke: [...spoke.values()] }
}

describe('the record of a visit', () => {
  const steps = fc.array(step, { maxLength: 80, size: 'max' })

  it('S2.6 has, whatever happens, speaking only where the room was observed, and what is told again only grows', () => {
    fc.assert(
      fc.property(steps, (some) => {
        const told = play(some)
        const { observed, spoke } = stored(told)
        for (const interval of spoke) {
          expect(interval.to).toBeGreaterThan(interval.from)
          expect(interval.peak).toBeGreaterThan(0)
          expect(totalMs(overlapSpans([interval], observed))).toBe(interval.to - interval.from)
        }
        const last = new Map<string, HistoryFact & { kind: 'spoke' }>()
        for (const fact of told) {
          if (fact.kind !== 'spoke') continue
          const key = `${fact.participant.sid} ${fact.from}`
          const before = last.get(key)
          expect(before === undefined || (before.to <= fact.to && before.peak <= fact.peak)).toBe(true)
          last.set(key, fact)
        }
      }),
      { seed: 6, numRuns: 2000 },
    )
  })

  it('has, where no clock is set and no visit ends, intervals of a stay that do not overlap, and are further apart than a pause where nobody goes', () => {
    const calm = steps.map((some) =>
      some.filter(({ pass, what }) => pass >= 0 && pass < 30 && what.kind !== 'visit' && what.kind !== 'leave' && what.kind !== 'lost'),
    )
    fc.assert(
      fc.property(calm, (some) => {
        const nobodyGoes = some.every(({ what }) => what.kind !== 'see')
        const intervals = stored(play(some)).spoke.toSorted((a, b) => a.from - b.from)
        for (const sid of ['ana', 'ben', 'ana-2', 'ben-2']) {
          const own = intervals.filter((interval) => interval.sid === sid)
          for (const [index, { from }] of own.entries()) {
            const before = own[index - 1]
            // One that was cut off may be told from a tick earlier.
            if (before) expect(from - before.to).toBeGreaterThanOrEqual(nobodyGoes ? PAUSE_MS - TICK_MS : 0)
          }
        }
      }),
      { seed: 6, numRuns: 2000 },
    )
  })

  it('X4 never tells the quality twice that somebody has', () => {
    fc.assert(
      fc.property(steps, (some) => {
        const calm = some.filter(({ what }) => what.kind !== 'visit' && what.kind !== 'see')
        const qualities = new Map<string, string>()
        for (const fact of play(calm)) {
          if (fact.kind !== 'quality_changed') continue
          expect(qualities.get(fact.participant.sid)).not.toBe(fact.quality)
          qualities.set(fact.participant.sid, fact.quality)
        }
      }),
      { seed: 6, numRuns: 500 },
    )
  })
})
