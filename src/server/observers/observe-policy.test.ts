import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LOOK_MS, planObservers, promisedMs, TURNS_PER_SECOND, type Claim, type ObservableRoom } from './observe-policy.ts'

const PLAN_MS = 1000

/** Rooms, and instances that carry out plans on a clock of their own; a room is held by one of them. */
function play(count: number, slots: number, instances = 1) {
  const rooms = Array.from({ length: count }, (_, index) => ({ name: `room ${index}`, claim: 'turn' as Claim, seenAt: 0 }))
  const held = Array.from({ length: instances }, () => new Map<string, number>())
  const gaps = new Map<string, number>()
  let now = 1_000_000
  let joins = 0

  function step(): void {
    now += PLAN_MS
    for (const mine of held) {
      const view: ObservableRoom[] = rooms.map((room) => ({ ...room, since: mine.get(room.name) ?? null }))
      const plan = planObservers(view, slots, TURNS_PER_SECOND, now)
      const taken = plan.join.filter((name) => !held.some((each) => each.has(name))).slice(0, plan.count)
      for (const name of taken) mine.set(name, now)
      joins += taken.length
      for (const name of plan.leave.slice(0, Math.max(0, mine.size - slots))) mine.delete(name)
      for (const room of rooms) {
        if (!mine.has(room.name)) continue
        if (room.seenAt > 0) gaps.set(room.name, Math.max(gaps.get(room.name) ?? 0, now - room.seenAt - PLAN_MS))
        room.seenAt = now
      }
    }
  }

  return {
    rooms,
    held,
    step,
    run(ms: number) {
      for (let at = 0; at < ms; at += PLAN_MS) step()
    },
    /** The longest time that a room was not looked at, ms; infinite where one never was. */
    longestGap: () => Math.max(...rooms.map(({ name, seenAt }) => (seenAt === 0 ? Infinity : (gaps.get(name) ?? 0)))),
    joins: () => joins,
  }
}

describe('X2 which rooms are observed', () => {
  it.each([
    [10, 10],
    [11, 10],
    [30, 10],
    [150, 12],
    [1000, 100],
  ])('each of %i rooms has its look with %i slots, within the time that is promised', (count, slots) => {
    const played = play(count, slots)
    played.run(4 * promisedMs(count, slots) + 60_000)
    expect(played.longestGap()).toBeLessThanOrEqual(promisedMs(count, slots))
    expect([...(played.held[0]?.keys() ?? [])]).toHaveLength(slots)
  })

  it('two instances share them, and no room is observed twice', () => {
    const played = play(300, 50, 2)
    played.run(600_000)
    expect(played.longestGap()).toBeLessThanOrEqual(promisedMs(300, 100) + LOOK_MS)
    expect(new Set(played.held.flatMap((mine) => [...mine.keys()])).size).toBe(100)
  })

  it('where there is a slot for each nobody is ever left', () => {
    const played = play(40, 40)
    played.run(300_000)
    expect(played.joins()).toBe(40)
  })

  it('a room stays for a whole look, and no two rooms just swap places', () => {
    const played = play(11, 10)
    played.run(LOOK_MS * 20)
    expect(played.joins()).toBeLessThanOrEqual(10 + 21)
  })

  it('somebody looks at a room: it is observed with the next plan and stays, whoever has to go', () => {
    const played = play(100, 4)
    played.run(60_000)
    const rooms = played.rooms.filter(({ name }) => !played.held[0]?.has(name)).slice(0, 3)
    for (const room of rooms) room.claim = 'looked'
    played.step()
    for (let second = 0; second < 120; second += 1) {
      expect(rooms.every(({ name }) => played.held[0]?.has(name))).toBe(true)
      expect(played.held[0]?.size).toBe(4)
      played.step()
    }
  })

  it('what wants attention comes before the others, and a tenth of the slots still goes round', () => {
    const played = play(200, 20)
    for (const room of played.rooms.slice(0, 50)) room.claim = 'wanted'
    played.run(60_000)
    const claims = () => played.rooms.filter(({ name }) => played.held[0]?.has(name)).map(({ claim }) => claim)
    expect(claims().filter((claim) => claim === 'wanted')).toHaveLength(18)
    played.run(900_000)
    expect(played.rooms.every(({ seenAt }) => seenAt > 0)).toBe(true)
  })

  it('no plan ever holds more than there are slots, or leaves who is looked at for another', () => {
    const claims = fc.array(fc.constantFrom<Claim>('looked', 'wanted', 'turn'), { minLength: 1, maxLength: 40 })
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 12 }), fc.array(claims, { minLength: 1, maxLength: 6 }), (slots, phases) => {
        const played = play(40, slots)
        for (const phase of phases) {
          for (const [index, room] of played.rooms.entries()) room.claim = phase[index % phase.length] ?? 'turn'
          const looked = new Set(played.rooms.filter(({ claim }) => claim === 'looked').map(({ name }) => name))
          for (let second = 0; second < 20; second += 1) {
            const before = [...(played.held[0]?.keys() ?? [])].filter((name) => looked.has(name))
            played.step()
            expect(played.held[0]?.size ?? 0).toBeLessThanOrEqual(slots)
            if (looked.size <= slots) for (const name of before) expect(played.held[0]?.has(name)).toBe(true)
          }
          const observed = [...(played.held[0]?.keys() ?? [])].filter((name) => looked.has(name)).length
          expect(observed).toBe(Math.min(looked.size, slots))
        }
      }),
      { numRuns: 100 },
    )
  })
})
