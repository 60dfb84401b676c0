import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RecentEntries } from './recent-entries.ts'

const keys = Array.from({ length: 400 }, (_, index) => `k${index}`)

/** The same, the plain way. */
function edited(entries: readonly (readonly [string, number])[], add: readonly (readonly [string, number])[], drop: readonly string[]) {
  const next = new Map(entries)
  const before = new Set(next.keys())
  for (const [key, value] of add) if (!next.has(key)) next.set(key, value)
  for (const key of drop) if (before.has(key)) next.delete(key)
  return [...next]
}

describe('recent entries', () => {
  it('are, after any steps, what a map would be, and every earlier value stays what it was', () => {
    const step = fc.record({
      from: fc.nat(),
      add: fc.nat(12),
      front: fc.nat(12),
      drop: fc.array(fc.constantFrom(...keys), { maxLength: 2 }),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 50, size: 'max' }), (steps) => {
        let serial = 0
        const known: { value: RecentEntries<number>; plain: readonly (readonly [string, number])[] }[] = [
          { value: RecentEntries.of(), plain: [] },
        ]
        for (const { from, add, front, drop } of steps) {
          // Mostly the newest goes on, sometimes an older one.
          const base = from % 4 === 0 ? known[from % known.length] : known.at(-1)
          if (!base) continue
          const added = Array.from({ length: add }, (): [string, number] => [keys[(serial += 1) % keys.length] ?? '', serial])
          const fresh = added.filter(([key]) => !drop.includes(key))
          const dropped = [...base.plain.slice(0, front).map(([key]) => key), ...drop]
          known.push({ value: base.value.edited(fresh, dropped), plain: edited(base.plain, fresh, dropped) })
        }
        for (const { value, plain } of known) {
          expect([...value]).toEqual(plain)
          expect(value.size).toBe(plain.length)
          const held = new Set(plain.map(([key]) => key))
          expect(keys.filter((key) => value.has(key))).toEqual(keys.filter((key) => held.has(key)))
        }
      }),
      { numRuns: 100, seed: 20_266 },
    )
  }, 30_000)
})
