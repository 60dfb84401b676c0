import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { RateLimit, RateLimitOptions } from '../rate-limit.ts'

/** What a suite needs of a kind of limit: limits that remember the same, on a clock that stands until it is moved. */
export type RateLimitLab = {
  /** Another limit on the same data; where limits can't share, the same one. */
  readonly create: (options: RateLimitOptions) => RateLimit
  readonly advance: (ms: number) => Promise<void>
  readonly dispose: () => Promise<void>
}

const minute = { limit: 20, windowMs: 60_000 }

/** What every limit does, on whatever it stands. */
export function describeRateLimit(kind: string, open: () => Promise<RateLimitLab>): void {
  describe(`a rate limit: ${kind}`, () => {
    let lab: RateLimitLab
    beforeEach(async () => {
      lab = await open()
    })
    afterEach(() => lab.dispose())

    /** How long an attempt must wait; 0 where it was allowed. */
    async function waitMs(limit: RateLimit, user = 'ana'): Promise<number> {
      const verdict = await limit.take(user)
      return verdict.kind === 'refused' ? verdict.waitMs : 0
    }
    /** How many of so many attempts were allowed. */
    async function take(limit: RateLimit, times: number, user = 'ana'): Promise<number> {
      let allowed = 0
      for (let time = 0; time < times; time += 1) if ((await limit.take(user)).kind === 'allowed') allowed += 1
      return allowed
    }

    it('S3.3 allows as many as the limit, then says how long to wait, and after that it is so', async () => {
      const limit = lab.create(minute)
      expect(await take(limit, 20)).toBe(20)
      await lab.advance(1500)
      expect(await waitMs(limit)).toBeCloseTo(58_500, 2)
      await lab.advance(58_490)
      expect((await limit.take('ana')).kind).toBe('refused')
      await lab.advance(10)
      expect(await limit.take('ana')).toEqual({ kind: 'allowed' })
    })

    it('S3.3 lets no burst of twice the limit slip through at the edge of a window', async () => {
      const limit = lab.create(minute)
      expect(await take(limit, 1)).toBe(1)
      await lab.advance(59_000)
      expect(await take(limit, 40)).toBe(19)
      await lab.advance(2000)
      expect(await take(limit, 40)).toBe(1)
      await lab.advance(57_000)
      expect(await take(limit, 40)).toBe(0)
      await lab.advance(1000)
      expect(await take(limit, 40)).toBe(19)
    })

    it('S3.3 makes nobody wait longer for having asked', async () => {
      const limit = lab.create(minute)
      await take(limit, 20)
      for (let second = 0; second < 59; second += 1) {
        await lab.advance(1000)
        expect(await take(limit, 5)).toBe(0)
      }
      await lab.advance(1000)
      expect(await take(limit, 40)).toBe(20)
    })

    it('counts each user apart, whatever the name', async () => {
      const names = ['a:b', '{x}', '👩‍🚀', '__proto__', 'constructor', 'x'.repeat(512), '', '"\\\n', 'A', 'a']
      const limit = lab.create({ limit: 2, windowMs: 1000 })
      for (const name of names) expect(await take(limit, 3, name)).toBe(2)
    })

    it('never allows more than the limit in any stretch of a window, nor refuses what fits', async () => {
      const steps = fc.array(fc.tuple(fc.constantFrom('ana', 'bo'), fc.integer({ min: 0, max: 700 })), { minLength: 1, maxLength: 40 })
      let run = 0
      await fc.assert(
        fc.asyncProperty(steps, fc.integer({ min: 1, max: 5 }), async (taken, most) => {
          run += 1
          const limit = lab.create({ limit: most, windowMs: 1000 })
          const allowed = new Map<string, number[]>()
          let clock = 0
          for (const [user, pause] of taken) {
            await lab.advance(pause)
            clock += pause
            const inWindow = (allowed.get(user) ?? []).filter((at) => at > clock - 1000)
            const inTheWay = inWindow.at(-most)
            const expected = inTheWay === undefined ? 0 : inTheWay + 1000 - clock
            expect(await waitMs(limit, `${user} ${run}`)).toBeCloseTo(expected, 2)
            if (inTheWay === undefined) allowed.set(user, [...inWindow, clock])
          }
        }),
        { numRuns: 60, seed: 20_262 },
      )
    })
  })
}
