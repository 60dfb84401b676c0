import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readRange } from './insights-range.ts'

const DAY_MS = 86_400_000
const NOW = 1_800_000_000_000
const MINUTE_MS = 60_000

describe('S2.6 the time that insights are asked for', () => {
  it('is the last 24 hours where none is given, and ends now where it would end later', () => {
    expect(readRange({}, NOW)).toMatchObject({ ok: true, value: { from: NOW - DAY_MS, until: NOW, bucketMs: 10 * MINUTE_MS } })
    expect(readRange({ from: NOW - 1000, to: NOW + DAY_MS }, NOW)).toMatchObject({
      ok: true,
      value: { until: NOW, bucketMs: 1000, buckets: 1 },
    })
    expect(readRange({ to: NOW - DAY_MS }, NOW)).toMatchObject({ ok: true, value: { from: NOW - 2 * DAY_MS, until: NOW - DAY_MS } })
  })

  it.each([
    [{ from: NOW - 1, to: NOW - 1 }, 'before to'],
    [{ from: NOW - 1, to: NOW - 2 }, 'before to'],
    [{ from: NOW }, 'before to'],
    [{ from: NOW + 1, to: NOW + 2 }, 'future'],
    [{ from: NOW - 366 * DAY_MS - 1 }, '366 days'],
    [{ from: 0, to: NOW + DAY_MS }, '366 days'],
  ])('refuses %j', (asked, why) => {
    const read = readRange(asked, NOW)
    expect(read).toMatchObject({ ok: false, code: 'invalid' })
    expect(read.ok ? '' : read.message).toContain(why)
  })

  it('is cut into at most 200 buckets at round times, which hold all of it', () => {
    const lengths = fc.integer({ min: 1, max: 366 * DAY_MS })
    fc.assert(
      fc.property(fc.integer({ min: 366 * DAY_MS, max: NOW }), lengths, (until, length) => {
        const read = readRange({ from: until - length, to: until }, NOW)
        if (!read.ok) throw new Error(read.message)
        const { from, bucketMs, firstAt, buckets } = read.value
        expect(buckets).toBeLessThanOrEqual(200)
        expect(firstAt % bucketMs).toBe(0)
        expect(firstAt).toBeLessThanOrEqual(from)
        expect(firstAt + bucketMs).toBeGreaterThan(from)
        expect(firstAt + (buckets - 1) * bucketMs).toBeLessThan(until)
        expect(firstAt + buckets * bucketMs).toBeGreaterThanOrEqual(until)
      }),
      { seed: 20_261_122 },
    )
  })
})
